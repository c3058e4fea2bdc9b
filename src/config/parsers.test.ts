import { describe, expect, test } from 'bun:test'
import * as parsers from './parsers.ts'

/** What each parser makes of a text; undefined: not valid. */
const CASES: Record<string, [parsers.Parser<unknown>, Record<string, unknown>]> = {
  boolean: [
    parsers.boolean(),
    {
      true: true,
      FALSE: false,
      1: true,
      0: false,
      on: true,
      no: false,
      maybe: undefined,
      constructor: undefined,
    },
  ],
  integer: [
    parsers.integer(1, 10),
    {
      1: 1,
      10: 10,
      0: undefined,
      11: undefined,
      1.5: undefined,
      '-1': undefined,
      '1e1': undefined,
      '0x5': undefined,
    },
  ],
  choice: [parsers.choice({ a: 'x', b: 'y' }), { a: 'x', B: 'y', c: undefined, toString: undefined }],
  aligned: [parsers.aligned, { 'a; b;;c': ['a', 'b', '', 'c'], ';': ['', ''] }],
  url: [
    parsers.url('http', 'https'),
    {
      'https://a.example/v1/': 'https://a.example/v1',
      'http://localhost:11434': 'http://localhost:11434',
      'ftp://a': undefined,
      'a.example': undefined,
    },
  ],
  urls: [parsers.urls('http'), { 'http://a;http://b/': ['http://a', 'http://b'], 'http://a;b': undefined }],
  duration: [
    parsers.duration,
    {
      '4w': 2_419_200_000,
      '1h30m': 5_400_000,
      '90s': 90_000,
      '1.5d': 129_600_000,
      '-1': null,
      '0': null,
      '5': undefined,
      '5 days': undefined,
    },
  ],
  size: [
    parsers.size,
    {
      100: 100,
      '5MB': 5 * 1024 ** 2,
      '512kb': 524_288,
      '1 GB': 1024 ** 3,
      '5TB': undefined,
      '0': undefined,
      MB: undefined,
    },
  ],
  bindAddress: [
    parsers.bindAddress,
    {
      '127.0.0.1:8080': { host: '127.0.0.1', port: 8080 },
      ':8065': { host: '0.0.0.0', port: 8065 },
      '[::1]:80': { host: '::1', port: 80 },
      'localhost:0': { host: 'localhost', port: 0 },
      '127.0.0.1': undefined,
      '::1:80': undefined,
      'a:70000': undefined,
    },
  ],
  hostPorts: [
    parsers.hostPorts,
    {
      'LocalHost:1, 10.0.0.1:80': ['localhost:1', '10.0.0.1:80'],
      '[::1]:9': ['[::1]:9'],
      localhost: undefined,
      'http://a:1': undefined,
    },
  ],
  trustProxy: [
    parsers.trustProxy,
    {
      2: { hops: 2 },
      true: { hops: 1 },
      false: { hops: 0 },
      '10.0.0.0/8, ::1': { networks: ['10.0.0.0/8', '::1'] },
      11: undefined,
      '10.0.0.0/40': undefined,
      '*': undefined,
    },
  ],
  origins: [
    parsers.origins,
    {
      '*': ['*'],
      'https://a.example/;http://b.example:81': ['https://a.example', 'http://b.example:81'],
      'a.example': undefined,
      'file:///etc': undefined,
    },
  ],
  frontEnds: [
    parsers.frontEnds,
    {
      '/srv/a': [{ host: null, port: null, dir: '/srv/a' }],
      'Chat.example=/a;:8065=/b;m.example:81=c': [
        { host: 'chat.example', port: null, dir: '/a' },
        { host: null, port: 8065, dir: '/b' },
        { host: 'm.example', port: 81, dir: 'c' },
      ],
      '=/a': undefined,
      ':70000=/a': undefined,
    },
  ],
  logLevel: [
    parsers.logLevel,
    {
      DEBUG: 'debug',
      warning: 'warn',
      'tower_http=debug,info': 'info',
      'groupchat=debug': 'debug',
      loud: undefined,
      constructor: undefined,
    },
  ],
}

for (const [name, [parser, expected]] of Object.entries(CASES)) {
  describe(name, () => {
    test.each(Object.entries(expected))('%s', (raw, value) => {
      expect(parser.read(raw)).toEqual(value as never)
    })
  })
}
