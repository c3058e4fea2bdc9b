// Goal: a SQLite file is used by one server at a time, survives kill -9 with all that was acknowledged, and can be
// copied while it is written to.
import { afterAll, describe, expect, test } from 'bun:test'
import { Database as Sqlite } from 'bun:sqlite'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BackupFailed,
  backupBeside,
  backupInWorker,
  BACKUPS_KEPT,
  backupsOf,
  checkDatabase,
  restoreDatabase,
} from '../../src/db/backup.ts'
import type { Database } from '../../src/db/conn.ts'
import { DatabaseBusy, DatabaseFull, UnitOver } from '../../src/db/errors.ts'
import { refuseNetworkFileSystem } from '../../src/db/lock.ts'
import { DatabaseRefused } from '../../src/db/migrations/plan.ts'
import { openDatabase } from '../../src/db/open.ts'
import { SqliteConnection } from '../../src/db/sqlite/connection.ts'
import { connectSqlite } from '../../src/db/sqlite/database.ts'
import { SqliteWriter } from '../../src/db/sqlite/writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'hubbub-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let made = 0
const newPath = () => join(folder, `db${++made}.db`)
const open = (path: string, options = {}) => openDatabase({ dialect: 'sqlite', path }, options)

const put = (db: Database, key: string, value: unknown) =>
  db.tx(async (tx) => void (await tx.db.insert(tx.tables.hbSetting).values({ key, value, updatedAt: 1 })))

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error as Error,
  )

/** Starts the child that writes, and collects what it says it has written. */
async function startWriting(path: string) {
  const child = Bun.spawn(['bun', join(import.meta.dir, '../support/children/write-until-killed.ts'), path], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const lines: string[] = []
  let wake = () => {}
  const reading = (async () => {
    let rest = ''
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
      wake()
    }
    wake()
  })()
  const until = async (count: number) => {
    while (lines.length < count && child.exitCode === null)
      await new Promise<void>((resume) => (wake = resume))
  }
  return { child, lines, until, reading }
}

describe('kill -9', () => {
  test('in the middle of writing loses nothing that was acknowledged, and frees the lock', async () => {
    const path = newPath()
    const { child, lines, until, reading } = await startWriting(path)
    await until(500)
    const second = await failureOf(open(path))
    expect(second).toBeInstanceOf(DatabaseRefused)
    expect(second.message).toContain(`Another Hubbub (process ${child.pid}) is using ${path}`)
    await until(1500)
    child.kill('SIGKILL')
    await child.exited
    await reading
    const db = await open(path)
    const rows = await db.read.db.select({ key: db.read.tables.hbSetting.key }).from(db.read.tables.hbSetting)
    await db.close()
    const kept = new Set(rows.map(({ key }) => key))
    const acknowledged = lines.filter((line) => line !== 'ready')
    expect(acknowledged.length).toBeGreaterThan(1000)
    expect(acknowledged.filter((key) => !kept.has(key))).toEqual([])
    checkDatabase(path)
  })
})

describe('a database that is in use', () => {
  test('is refused to a second opener, also in one process, until the first has closed', async () => {
    const path = newPath()
    const first = await open(path)
    const error = await failureOf(open(path))
    expect(error.message).toContain(`(process ${process.pid})`)
    const reader = await open(path, { lock: false })
    await reader.close()
    await put(first, 'still', 'writing')
    await first.close()
    const second = await open(path)
    expect(await second.read.db.$count(second.read.tables.hbSetting)).toBe(1)
    await second.close()
  })

  test('waits for another program that holds it, without blocking, and says so when that lasts', async () => {
    const path = newPath()
    const db = await open(path)
    const other = new Sqlite(path)
    other.run('BEGIN IMMEDIATE')
    const waiting = put(db, 'a', 1)
    let turns = 0
    const counting = setInterval(() => turns++, 5)
    expect(await db.read.db.$count(db.read.tables.hbSetting)).toBe(0)
    while (turns < 10) await new Promise<void>((resume) => setImmediate(resume))
    other.run('COMMIT')
    await waiting
    clearInterval(counting)
    await db.close()
    const slow = new SqliteConnection(connectSqlite(path))
    slow.raw.run('PRAGMA busy_timeout = 0')
    const writer = new SqliteWriter(slow, () => {}, { tries: 2, pauseMs: 1 })
    other.run('BEGIN IMMEDIATE')
    expect(await failureOf(writer.tx(async () => 1))).toBeInstanceOf(DatabaseBusy)
    other.run('ROLLBACK')
    expect(await writer.tx(async () => 2)).toBe(2)
    other.close()
    await writer.close()
    slow.close()
  })
})

describe('a unit that hangs', () => {
  test('is given up, alone, and can do nothing any more; the next ones run', async () => {
    const path = newPath()
    await (await open(path)).close()
    const connection = new SqliteConnection(connectSqlite(path))
    const writer = new SqliteWriter(connection, () => {}, { unitMs: 20 })
    const write = (key: string, wait?: Promise<void>) =>
      writer.tx(async (tx) => {
        await tx.db.insert(tx.tables.hbSetting).values({ key, value: 1, updatedAt: 1 })
        await wait
        await tx.db.insert(tx.tables.hbSetting).values({ key: `${key} later`, value: 1, updatedAt: 1 })
      })
    const never = Promise.withResolvers<void>()
    const [before, hanging, after] = await Promise.allSettled([
      write('a'),
      write('b', never.promise),
      write('c'),
    ])
    expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(hanging.status === 'rejected' && hanging.reason).toBeInstanceOf(UnitOver)
    never.resolve()
    await write('d')
    const keys = connection.raw.query('SELECT key FROM hb_setting ORDER BY key').values().flat()
    expect(keys).toEqual(['a', 'a later', 'c', 'c later', 'd', 'd later'])
    await writer.close()
    connection.close()
  })
})

describe('a full disk', () => {
  test('fails every unit of the batch, keeps what was there, and writing goes on when there is room', async () => {
    const path = newPath()
    const db = await open(path)
    await put(db, 'before', 1)
    await db.close()
    const connection = new SqliteConnection(connectSqlite(path))
    const pages = Number(Object.values(connection.raw.query('PRAGMA page_count').get() as object)[0])
    connection.raw.run(`PRAGMA max_page_count = ${pages + 4}`)
    const writer = new SqliteWriter(connection, () => {})
    const write = (key: string, size: number) =>
      writer.tx(async (tx) => {
        await tx.db.insert(tx.tables.hbSetting).values({ key, value: 'x'.repeat(size), updatedAt: 1 })
      })
    const batch = await Promise.allSettled([write('small', 1), write('huge', 200_000), write('next', 1)])
    const reasons = batch.map((result) => (result.status === 'rejected' ? result.reason : 'done'))
    expect(reasons[1]).toBeInstanceOf(DatabaseFull)
    const keys = connection.raw.query('SELECT key FROM hb_setting').values().flat().map(String)
    const acknowledged = ['small', 'huge', 'next'].filter((_, at) => reasons[at] === 'done')
    expect(keys.toSorted()).toEqual(['before', ...acknowledged].toSorted())
    connection.raw.run('PRAGMA max_page_count = 1000000')
    await write('huge', 200_000)
    await writer.close()
    connection.close()
    checkDatabase(path)
  })
})

describe('a backup', () => {
  test('is made while the database is written to, and holds a moment of it', async () => {
    const path = newPath()
    const { child, until, reading } = await startWriting(path)
    await until(300)
    const copy = `${path}.copy`
    await backupInWorker(path, copy)
    child.kill('SIGKILL')
    await reading
    const raw = new Sqlite(copy, { readonly: true })
    const [row] = raw.query('SELECT count(*) AS n, max(updated_at) + 1 AS next FROM hb_setting').all() as {
      n: number
      next: number
    }[]
    raw.close()
    expect(row?.n).toBeGreaterThan(250)
    // Sixteen writers: at a moment there may be that many gaps, not more.
    expect((row?.next ?? 0) - (row?.n ?? 0)).toBeLessThanOrEqual(16)
  })

  test('says why it cannot be made', async () => {
    const path = newPath()
    await (await open(path)).close()
    const target = join(folder, 'no such folder', 'copy.db')
    expect((await failureOf(backupInWorker(path, target))).message).toContain(`cannot be copied to ${target}`)
    expect((await failureOf(backupInWorker(path, path))).message).toContain('is there already')
    expect(await failureOf(backupInWorker(newPath(), `${path}.copy`))).toBeInstanceOf(BackupFailed)
  })

  test('made automatically pushes out those beyond the ten newest, and nothing else', async () => {
    const path = newPath()
    await (await open(path)).close()
    await Bun.write(`${path}.my-own.backup`, 'mine')
    const paths = Array.from({ length: BACKUPS_KEPT + 2 }, (_, at) => backupBeside(path, at * 86_400_000))
    expect(backupsOf(path)).toEqual(paths.slice(2).toReversed())
    expect(await Bun.file(`${path}.my-own.backup`).exists()).toBe(true)
  })

  test('is put back whole, and the file before it is kept', async () => {
    const path = newPath()
    const db = await open(path)
    await put(db, 'old', 1)
    const copy = `${path}.copy`
    await backupInWorker(path, copy)
    await put(db, 'new', 1)
    await db.close()
    restoreDatabase(copy, path)
    const keys = (file: string) => {
      const raw = new Sqlite(file, { readonly: true })
      const found = raw.query('SELECT key FROM hb_setting ORDER BY key').values().flat()
      raw.close()
      return found
    }
    expect([keys(path), keys(`${path}.before-restore`)]).toEqual([['old'], ['new', 'old']])
  })

  test('that is damaged is refused before anything is touched', async () => {
    const path = newPath()
    await (await open(path)).close()
    const before = readFileSync(path)
    const cut = `${path}.cut`
    await Bun.write(cut, before)
    truncateSync(cut, 8192)
    const scribbled = `${path}.scribbled`
    await Bun.write(scribbled, before)
    const file = openSync(scribbled, 'r+')
    writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, 4096 * 3)
    closeSync(file)
    for (const bad of [cut, scribbled, join(folder, 'missing')])
      expect(() => restoreDatabase(bad, path)).toThrow(BackupFailed)
    expect(Buffer.compare(readFileSync(path), before)).toBe(0)
  })
})

describe('a network file system', () => {
  const mounts = [
    '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '30 22 0:40 / /mnt/share rw - nfs4 server:/export rw',
    '31 30 0:41 / /mnt/share/local rw - ext4 /dev/vdb rw',
    '32 22 0:42 / /mnt/my\\040files rw - fuse.sshfs me@host: rw',
    '33 22 0:43 / /mnt/win rw shared:1 - cifs //host/share rw',
    '34 22 0:44 / /mnt/over rw - nfs4 server:/export rw',
    '35 34 0:45 / /mnt/over rw - ext4 /dev/vdc rw',
  ].join('\n')

  test.each(['/mnt/share/chat.db', '/mnt/my files/chat.db', '/mnt/win/a/b/chat.db'])(
    'is refused: %s',
    (path) => {
      expect(() => refuseNetworkFileSystem(path, mounts)).toThrow(DatabaseRefused)
    },
  )

  test.each(['/var/chat.db', '/mnt/share/local/chat.db', '/mnt/shared/chat.db', '/mnt/over/chat.db'])(
    'is not what this is: %s',
    (path) => {
      expect(() => refuseNetworkFileSystem(path, mounts)).not.toThrow()
    },
  )

  test('is found behind a symbolic link', () => {
    const link = join(folder, 'link')
    const real = mkdtempSync(join(tmpdir(), 'hubbub-real-'))
    symlinkSync(real, link)
    const nfs = `40 22 0:50 / ${real} rw - nfs server:/x rw`
    expect(() => refuseNetworkFileSystem(join(link, 'chat.db'), nfs)).toThrow('network file system (nfs)')
    rmSync(real, { recursive: true })
  })
})
