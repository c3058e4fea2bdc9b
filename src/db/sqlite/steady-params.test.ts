import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { steadyParams } from './steady-params.ts'

test.each<[string, unknown[], string, unknown[]]>([
  ['select * from t where id = ? limit ?', ['x', 1], 'select * from t where id = +? limit 1', ['x']],
  ['select * from t limit ? offset ?', [10, 20], 'select * from t limit 10 offset 20', []],
  ['select * from t limit ?', [{ name: 'n' }], 'select * from t limit (?+0)', [{ name: 'n' }]],
  ['select (select 1 limit ?) where a = ?', [1, 2], 'select (select 1 limit 1) where a = +?', [2]],
  [`select 'limit ?', "a?" where b = ?`, [3], `select 'limit ?', "a?" where b = +?`, [3]],
  ['select * from t where speed_limit = ?', [5], 'select * from t where speed_limit = +?', [5]],
  [
    'select * from t where "rate limit" > ? LIMIT ?',
    [5, 6],
    'select * from t where "rate limit" > +? LIMIT 6',
    [5],
  ],
])('%s', (sql, params, expectedSql, expectedParams) => {
  expect(steadyParams({ sql, params })).toEqual({ sql: expectedSql, params: expectedParams })
})

test('a value stays what it is, and compares as before', () => {
  const raw = new Database(':memory:', { strict: true, safeIntegers: true })
  raw.run('create table t(a text, n integer)')
  const sql = 'select typeof(?), ? from t where a = ? and n in (?, ?) and a -> ? is null'
  const statement = raw.prepare(steadyParams({ sql, params: [] }).sql)
  raw.run(`insert into t values ('"1"', 7)`)
  for (const value of ['text', '12', 12n, 1.5, null, new Uint8Array([1, 2])]) {
    const plain = raw.prepare('select typeof(?), ?').values(value, value)
    // Text beside an integer column and a number beside a text column are still turned into what the column holds.
    expect(statement.values(value, value, '"1"', '7', 8n, '$.x')).toEqual(plain)
  }
  raw.close()
})
