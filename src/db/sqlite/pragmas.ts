/** How each SQLite connection is set up. The order matters: the first makes the others wait instead of fail. */
import type { Database as Sqlite } from 'bun:sqlite'

/** While starting, nobody else is served: wait for another program as long as Open WebUI does. */
const STARTING_MS = 5000
/**
 * While serving, SQLite's waiting would stop the event loop: it only bridges moments, and the writer tries BEGIN
 * again by itself, asleep in between.
 */
const SERVING_MS = 10

export function preparePragmas(raw: Sqlite): void {
  raw.run(`PRAGMA busy_timeout = ${STARTING_MS}`)
  // Readers go on while the writer commits. Stays in the file; Open WebUI uses the same.
  raw.run('PRAGMA journal_mode = WAL')
  // With WAL a crash of the process loses nothing; only a power cut may lose the last commits, never the file.
  raw.run('PRAGMA synchronous = NORMAL')
  // Open WebUI declares its foreign keys but never enforces them on SQLite; we do, for what we write.
  raw.run('PRAGMA foreign_keys = ON')
  // Sorting and temporary indexes in memory.
  raw.run('PRAGMA temp_store = MEMORY')
  // 16 MB of page cache a connection (negative means KiB): the kernel keeps the rest, and there are two connections.
  raw.run('PRAGMA cache_size = -16000')
  // A WAL that a long read made large is cut back to 200 MB after the next checkpoint.
  raw.run('PRAGMA journal_size_limit = 200000000')
}

export function servingPragmas(raw: Sqlite): void {
  // Folding the WAL into the file after 12 MB instead of 4: pages that each message changes are copied less often, and no copy takes long.
  raw.run('PRAGMA wal_autocheckpoint = 3000')
  raw.run(`PRAGMA busy_timeout = ${SERVING_MS}`)
}

/** What a reader has besides: it cannot write by mistake, and so never waits for the writer. */
export function readOnlyPragmas(raw: Sqlite): void {
  raw.run('PRAGMA query_only = ON')
}

/** On the last close: statistics for the planner, and the WAL folded into the file, so that it is one file again. */
export function closingPragmas(raw: Sqlite): void {
  raw.run('PRAGMA optimize')
  raw.run('PRAGMA wal_checkpoint(TRUNCATE)')
}
