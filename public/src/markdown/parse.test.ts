import { describe, expect, test } from 'bun:test'
import { parseBlocks, plainLine, safeHref } from './parse.ts'

const html = (text: string) => parseBlocks(text).join('')

describe('raw HTML', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'hello <b onmouseover="alert(1)">you</b>',
    '<svg/onload=alert(1)>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
    '<div\n><script>alert(1)</script></div>',
  ]
  test.each(attacks)('%s is shown as text', (attack) => {
    const out = html(attack)
    expect(out).not.toMatch(/<(script|img|b|svg|iframe|math|style|div)\b/i)
    expect(out).toContain('&lt;')
  })

  test('an attack inside a code block or its language stays text', () => {
    const out = html('```"><script>alert(1)</script>\n</code><script>alert(2)</script>\n```')
    expect(out).not.toContain('<script')
    expect(out).toMatch(/^<pre><code(?: class="language-[\w+#.-]+")?>/)
  })
})

describe('links', () => {
  test.each([
    ['javascript:alert(1)', null],
    [' JaVaScRiPt:alert(1)', null],
    ['data:text/html,x', null],
    ['vbscript:x', null],
    ['//evil.example/x', null],
    ['/\\evil.example', null],
    ['https://example.com/a', 'https://example.com/a'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
    ['/rooms/1', '/rooms/1'],
  ])('%s', (href, expected) => {
    expect(safeHref(href)).toBe(expected)
  })

  test('a bad link leaves only its label', () => {
    expect(html('[click](javascript:alert(1))')).toBe('<p>click</p>\n')
  })

  test('links to elsewhere open beside and tell nothing about us', () => {
    expect(html('https://example.com')).toContain('target="_blank" rel="noopener noreferrer nofollow"')
    expect(html('[here](/rooms/1)')).not.toContain('_blank')
  })

  test('attributes cannot be broken out of', () => {
    const out = html('[x](https://example.com/"onmouseover="alert(1) "a\\"onclick=\\"b")')
    expect(out).not.toMatch(/"\s*on\w+="/)
  })
})

describe('pictures', () => {
  test('from elsewhere become links, so that nobody is tracked', () => {
    const out = html('![cat](https://tracker.example/cat.png)')
    expect(out).not.toContain('<img')
    expect(out).toContain('href="https://tracker.example/cat.png"')
  })

  test('our own uploads are shown', () => {
    expect(html('![cat](/uploads/chat-images/1.png)')).toContain('<img src="/uploads/chat-images/1.png"')
  })
})

describe('mentions', () => {
  test('a name is marked', () => {
    expect(html('hi @Ada.N, look')).toContain('<span class="mention" data-name="ada.n">@Ada.N</span>, look')
  })

  test('mail addresses and code are no mentions', () => {
    expect(html('write to ada@example.com')).not.toContain('mention')
    expect(html('`@ada`')).not.toContain('mention')
  })

  test('a model with slash and colon', () => {
    expect(html('@openai/gpt-4o:free go')).toContain('data-name="openai/gpt-4o:free"')
  })
})

describe('maths', () => {
  test.each([
    ['the $x^2$ term', '<span class="math">x^2</span>'],
    ['\\(a<b\\)', '<span class="math">a&lt;b</span>'],
    ['$$\n\\frac{a}{b}\n$$', '<div class="math math-block">\\frac{a}{b}</div>'],
    ['\\[x\\]', '<div class="math math-block">x</div>'],
  ])('%s', (text, expected) => {
    expect(html(text)).toContain(expected)
  })

  test('prices are no maths', () => {
    expect(html('between $5 and $6')).not.toContain('math')
    expect(html('costs US$ 5, or 10 $ abroad')).not.toContain('math')
  })
})

describe('blocks', () => {
  test('only the last block changes while a text grows', () => {
    const before = parseBlocks('# Title\n\nfirst paragraph\n\nsecond par')
    const after = parseBlocks('# Title\n\nfirst paragraph\n\nsecond paragraph')
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
    expect(after).toHaveLength(3)
  })

  test('an open code fence is already code', () => {
    expect(html('```ts\nconst a')).toContain('<pre><code class="language-ts">const a')
  })

  test('absurd nesting does not break the page', () => {
    expect(parseBlocks('>'.repeat(20_000) + ' x')).toHaveLength(1)
    expect(parseBlocks('$$\na\n'.repeat(8_000))).toHaveLength(1)
  })

  test('a line break in a message is a line break', () => {
    expect(html('a\nb')).toContain('a<br>b')
  })

  test('known short codes become emoji, others stay', () => {
    expect(html(':rocket: :nonsense: 10:30:20')).toContain('🚀 :nonsense: 10:30:20')
  })
})

test('a preview is one line without markup', () => {
  expect(plainLine('# Hi **you**\n\n```js\ncode\n```\n[link](https://x.example)')).toBe('Hi you [code] link')
})
