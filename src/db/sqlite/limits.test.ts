import { expect, test } from 'bun:test'
import { steadyLimits } from './limits.ts'

test.each<[string, unknown[], string, unknown[]]>([
  ['select * from t where id = ? limit ?', ['x', 1], 'select * from t where id = ? limit 1', ['x']],
  ['select * from t limit ? offset ?', [10, 20], 'select * from t limit 10 offset 20', []],
  ['select * from t limit ?', [{ name: 'n' }], 'select * from t limit (?+0)', [{ name: 'n' }]],
  ['select (select 1 limit ?) where a = ?', [1, 2], 'select (select 1 limit 1) where a = ?', [2]],
  [`select 'limit ?', "a?" where b = ?`, [3], `select 'limit ?', "a?" where b = ?`, [3]],
  ['select * from t where speed_limit = ?', [5], 'select * from t where speed_limit = ?', [5]],
  [
    'select * from t where "rate limit" > ? LIMIT ?',
    [5, 6],
    'select * from t where "rate limit" > ? LIMIT 6',
    [5],
  ],
])('%s', (sql, params, expectedSql, expectedParams) => {
  expect(steadyLimits({ sql, params })).toEqual({ sql: expectedSql, params: expectedParams })
})
