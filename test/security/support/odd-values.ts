// What no honest client sends.

/** Texts that are no sensible JSON body, with what they are. */
export const oddBodies: readonly (readonly [name: string, text: string])[] = [
  ['nothing', ''],
  ['no JSON', '{"a":'],
  ['two values', '{}{}'],
  ['null', 'null'],
  ['a number', '1'],
  ['a text', '"text"'],
  ['true', 'true'],
  ['a list', '[]'],
  ['a list of objects', '[{"username":"ann","password":"x","content":"y","name":"z"}]'],
  ['own prototype', '{"__proto__":{"role":"admin","isAdmin":true}}'],
  [
    'own constructor',
    '{"constructor":{"prototype":{"role":"admin"}},"toString":1,"valueOf":null,"hasOwnProperty":1}',
  ],
  ['deep lists', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['deep objects', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
  ['NUL outside of a text', '{"a":\u0000}'],
  ['a number too large', '{"a":1e400}'],
  ['half a character', '{"\\ud800":"\\udfff"}'],
  ['a byte order mark', '\ufeff{"a":1}'],
]

/** Put in the place of each field in turn. */
export const oddValues: readonly (readonly [name: string, value: unknown])[] = [
  ['null', null],
  ['a number', 1],
  ['a negative number', -1],
  ['a huge number', 1e308],
  ['true', true],
  ['an empty text', ''],
  ['an empty list', []],
  ['a nested list', [[['x']]]],
  ['an empty object', {}],
  ['an operator', { $ne: null, $gt: '' }],
  ['an object that pretends', { length: 1, toString: 1, valueOf: 2, toJSON: 3 }],
  ['NUL', 'a\u0000b'],
  ['half a character', 'a\ud800b'],
  ['path', '../../../../etc/passwd'],
  ['SQL', `x' OR '1'='1'; DROP TABLE "user"; --`],
  ['a long text', 'x'.repeat(100_000)],
  ['a list of many', Array.from({ length: 500 }, () => 'x')],
  ['a prototype', JSON.parse('{"__proto__":{"role":"admin"}}')],
]
