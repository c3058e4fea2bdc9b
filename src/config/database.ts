// Which database DATABASE_URL means. Spellings of SQLAlchemy (Open WebUI) and of sqlx (RustChat, GroupChat) are both
// accepted; opening it is the business of src/db.
import { existsSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'

export type DatabaseConfig =
  | {
      readonly dialect: 'sqlite'
      readonly url: string
      /** Absolute, or `:memory:`. */ readonly path: string
    }
  | { readonly dialect: 'postgres'; readonly url: string }

export const DATABASE_FORMS =
  'sqlite:chat.db, sqlite:///chat.db, sqlite:////var/lib/chat.db or postgres://user:password@host/name'

/** The database of a URL, or what is wrong with it (without repeating it: it may hold a password). */
export function parseDatabaseUrl(url: string, cwd: string): DatabaseConfig | string {
  const scheme = /^([a-z0-9]+)(?:\+[a-z0-9_]+)?:/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === 'postgres' || scheme === 'postgresql') return parsePostgres(url)
  if (scheme !== 'sqlite' || /^sqlite\+sqlcipher/i.test(url))
    return `is not a database we know; expected ${DATABASE_FORMS}`
  return parseSqlite(url.slice(url.indexOf(':') + 1), cwd)
}

export function sqliteAt(path: string): DatabaseConfig {
  return { dialect: 'sqlite', url: path === ':memory:' ? 'sqlite::memory:' : `sqlite:${path}`, path }
}

function parsePostgres(url: string): DatabaseConfig | string {
  const plain = url.replace(/^[a-z]+(?:\+[a-z0-9_]+)?:/i, 'postgres:')
  const parsed = URL.parse(plain)
  if (parsed === null) return `is not a PostgreSQL address; expected postgres://user:password@host:5432/name`
  if (parsed.pathname.length < 2) return 'names no database; expected postgres://user:password@host:5432/name'
  return { dialect: 'postgres', url: plain }
}

function parseSqlite(rest: string, cwd: string): DatabaseConfig | string {
  const [location = '', query = ''] = rest.split('?', 2)
  if (new URLSearchParams(query).get('mode') === 'ro')
    return 'opens the database read-only (mode=ro); expected mode=rwc or none'
  const name = decodePath(location)
  if (name === undefined || name === '') return `names no file; expected ${DATABASE_FORMS}`
  if (name === ':memory:' || name === '//' || name === '///:memory:') return sqliteAt(':memory:')
  return sqliteAt(sqlitePath(name, cwd))
}

/**
 * After `sqlite:`: `chat.db` and `//chat.db` lie in the working folder, `////abs` is absolute. `///path` is relative for
 * SQLAlchemy and absolute for sqlx; it is taken as relative unless only the absolute one can be meant.
 */
function sqlitePath(name: string, cwd: string): string {
  if (name.startsWith('////')) return name.slice(3)
  if (!name.startsWith('///')) return resolve(cwd, name.startsWith('//') ? name.slice(2) : name)
  const relative = resolve(cwd, name.slice(3))
  const absolute = name.slice(2)
  if (existsSync(relative)) return relative
  if (existsSync(absolute)) return absolute
  const atHome = existsSync(dirname(relative)) || !isAbsolute(absolute) || !existsSync(dirname(absolute))
  return atHome ? relative : absolute
}

function decodePath(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined
  }
}
