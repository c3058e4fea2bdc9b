// What no line of ours may say, and how long a file may be.
import { describe, expect, test } from 'bun:test'
import { places, readSource } from './source.ts'

const files = readSource().filter((file) => !file.path.startsWith('test/structure/'))
const core = files.filter((file) => file.path.startsWith('src/core/') && !file.isTest)

/** Markers that need a reason on their line or do not belong at all. */
const BANNED: readonly (readonly [name: string, pattern: RegExp, excused?: (line: string) => boolean])[] = [
  ['TODO and FIXME', /\b(TODO|FIXME|XXX|HACK)\b/],
  ['as any', /\bas any\b|: any\b|<any>/, isComment],
  ['silenced type errors', /@ts-(ignore|nocheck)|@ts-expect-error\s*$/],
  ['silenced lint without a reason', /(oxlint|eslint)-disable(?!.*--)/],
  [
    'tests that do not run, without a reason',
    /\b(test|describe|it)\.(skip|todo|only)\(/,
    (line) => /\.skip\(.*\/\/ \S/.test(line),
  ],
  ['mock.module', /\bmock\.module\(/],
]

/** In the core, time, chance and ids come in through ports, so that tests decide them. */
const BANNED_IN_CORE: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['the clock of the machine', /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/],
  ['chance', /\bMath\.random\(|\bcrypto\.(randomUUID|getRandomValues)\(|\brandomUUIDv7\(|\brandomBytes\(/],
  ['a server or a database', /\bBun\.(serve|SQL|sql|redis|s3|S3Client)\b/],
  ['the environment', /\bprocess\.env\b|\bBun\.env\b/],
]

describe.each(BANNED)('no %s', (_, pattern, excused) => {
  test('anywhere', () => {
    expect(files.flatMap((file) => places(file, pattern, excused))).toEqual([])
  })
})

describe.each(BANNED_IN_CORE)('not %s', (_, pattern) => {
  test('in the core', () => {
    expect(core.flatMap((file) => places(file, pattern, isComment))).toEqual([])
  })
})

test('SQL is written in src/db only', () => {
  const sql =
    /\b(SELECT\b.+\bFROM\b|INSERT INTO\b|UPDATE\b.+\bSET\b|DELETE FROM\b|CREATE (TABLE|INDEX)\b|ALTER TABLE\b)/
  const outside = files.filter(
    (file) => file.path.startsWith('src/') && !file.path.startsWith('src/db/') && !file.isTest,
  )
  expect(outside.flatMap((file) => places(file, sql, isComment))).toEqual([])
})

test('the environment is read in src/config and src/main.ts only', () => {
  const free = /^src\/(config\/|main\.ts|cli\/)/
  const outside = files.filter(
    (file) => file.path.startsWith('src/') && !free.test(file.path) && !file.isTest,
  )
  expect(outside.flatMap((file) => places(file, /\bprocess\.env\b|\bBun\.env\b/, isComment))).toEqual([])
})

test('tests do not sleep', () => {
  const tests = files.filter((file) => /\.test\.tsx?$/.test(file.path))
  expect(
    tests.flatMap((file) => places(file, /\bBun\.sleep(Sync)?\(/, (line) => /\/\/ \S/.test(line))),
  ).toEqual([])
})

/** Tables, one line an entry: splitting them would only hide them. */
const TABLES = [
  'src/core/core.ts', // all actions of the core, as the faces see them
  'src/core/open-webui-config/defaults.ts',
  'src/faces/mattermost/routes-data.ts',
  'src/faces/openwebui/config-forms.ts',
  'src/faces/openwebui/known-routes.ts',
  'src/faces/openwebui/routes-table.ts',
]

test('no file of the program has more than 400 lines', () => {
  const long = files.filter(
    (file) => !file.isTest && !TABLES.includes(file.path) && file.text.split('\n').length > 401,
  )
  expect(long.map((file) => file.path)).toEqual([])
})

test('every module says first what it is for', () => {
  const silent = files.filter(
    (file) => file.path.startsWith('src/') && !file.isTest && !/^(#!.*\n)?\/[/*]/.test(file.text),
  )
  expect(silent.map((file) => file.path)).toEqual([])
})

function isComment(line: string): boolean {
  return /^\s*(\/\/|\*|\/\*)/.test(line)
}
