import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseDatabaseUrl } from './database.ts'

let cwd: string
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'hubbub-database-'))
  mkdirSync(join(cwd, 'other'))
  writeFileSync(join(cwd, 'other', 'abs.db'), '')
})
afterAll(() => rmSync(cwd, { recursive: true }))

const path = (url: string, from = cwd) => {
  const database = parseDatabaseUrl(url, from)
  return typeof database === 'string'
    ? { problem: database }
    : database.dialect === 'sqlite'
      ? database.path
      : database.url
}

describe('SQLite', () => {
  test('a name lies in the working folder, with or without two slashes', () => {
    expect(path('sqlite:chat.db?mode=rwc')).toBe(join(cwd, 'chat.db'))
    expect(path('sqlite://chat.db')).toBe(join(cwd, 'chat.db'))
    expect(path('sqlite:a%20b.db')).toBe(join(cwd, 'a b.db'))
  })

  test('four slashes, or one, are absolute', () => {
    expect(path('sqlite:////var/lib/chat.db')).toBe('/var/lib/chat.db')
    expect(path('sqlite:/var/lib/chat.db')).toBe('/var/lib/chat.db')
  })

  test('three slashes are relative as in SQLAlchemy', () => {
    expect(path('sqlite:///chat.db')).toBe(join(cwd, 'chat.db'))
    expect(path('sqlite:///other/new.db')).toBe(join(cwd, 'other', 'new.db'))
  })

  test('three slashes are absolute as in sqlx where only that place exists', () => {
    expect(path(`sqlite://${join(cwd, 'other', 'abs.db')}`, '/')).toBe(join(cwd, 'other', 'abs.db'))
    expect(path(`sqlite://${join(cwd, 'other', 'abs.db')}`)).toBe(join(cwd, 'other', 'abs.db'))
  })

  test('in memory', () => {
    expect(path('sqlite::memory:')).toBe(':memory:')
    expect(path('sqlite://')).toBe(':memory:')
  })

  test.each([
    'sqlite:',
    'sqlite:chat.db?mode=ro',
    'sqlite+sqlcipher:///a.db',
    'mysql://a/b',
    'chat.db',
    'sqlite:%zz',
  ])('%s is refused', (url) => {
    expect(path(url)).toHaveProperty('problem')
  })
})

describe('PostgreSQL', () => {
  test.each([
    ['postgres://u:p@h:5432/chat', 'postgres://u:p@h:5432/chat'],
    ['postgresql://u:p@h/chat?sslmode=require', 'postgres://u:p@h/chat?sslmode=require'],
    ['postgresql+psycopg2://u@h/chat', 'postgres://u@h/chat'],
  ])('%s', (url, expected) => {
    expect(path(url)).toBe(expected)
  })

  test('a problem never repeats the password', () => {
    expect(parseDatabaseUrl('postgres://u:hunter2@h', cwd)).toBe(
      'names no database; expected postgres://user:password@host:5432/name',
    )
  })
})
