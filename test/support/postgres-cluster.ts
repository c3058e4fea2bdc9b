// A PostgreSQL server of our own in a temporary folder, without durability. test/run.ts starts one for all tests; a test
// that is run alone gets its own (postgres.ts).
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

export interface PostgresCluster {
  /** Superuser, database `postgres`. */
  readonly url: string
  /** Stops the server at once and removes its folder. */
  stop(): Promise<void>
}

const VERSIONS_DIR = '/usr/lib/postgresql'

/** Folder of the newest installed server's programs, or null when there is none. */
export function postgresBin(): string | null {
  const versions = existsSync(VERSIONS_DIR)
    ? readdirSync(VERSIONS_DIR).map(Number).filter(Number.isFinite)
    : []
  const newest = versions
    .toSorted((a, b) => b - a)
    .find((version) => existsSync(join(VERSIONS_DIR, `${version}`, 'bin', 'initdb')))
  if (newest !== undefined) return join(VERSIONS_DIR, `${newest}`, 'bin')
  const initdb = Bun.which('initdb')
  return initdb === null ? null : join(initdb, '..')
}

export async function startPostgres(): Promise<PostgresCluster> {
  const bin = postgresBin()
  if (bin === null)
    throw new Error(
      'PostgreSQL is not installed: run `bun run test` as root, or `apt-get install postgresql`',
    )
  const dir = mkdtempSync(join(tmpdir(), 'hubbub-postgres-'))
  const account = process.getuid?.() === 0 ? await giveToPostgres(dir) : []
  const port = await freePort()
  const data = join(dir, 'data')
  const stop = guard([...account, join(bin, 'pg_ctl'), '-D', data, '-m', 'immediate', 'stop'], dir)
  try {
    await run(
      [
        ...account,
        join(bin, 'initdb'),
        '-D',
        data,
        '-U',
        'postgres',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        '--no-sync',
      ],
      dir,
    )
    await run(
      [
        ...account,
        join(bin, 'pg_ctl'),
        '-D',
        data,
        '-w',
        '-l',
        join(dir, 'log'),
        '-o',
        serverOptions(dir, port),
        'start',
      ],
      dir,
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop }
}

/**
 * A process that cleans up as soon as its standard input ends: when we close it, or when we are gone, however that came
 * about (`bun test` runs no exit handlers, and a kill runs none anywhere).
 */
function guard(stopCommand: string[], dir: string): () => Promise<void> {
  const script = 'dir="$1"; shift; read -r _; "$@" >/dev/null 2>&1; rm -rf "$dir"'
  const child = Bun.spawn(['setsid', 'sh', '-c', script, 'guard', dir, ...stopCommand], {
    cwd: '/',
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
  })
  child.unref()
  return async () => {
    await child.stdin.end()
    await child.exited
  }
}

/** PostgreSQL refuses to run as root: its folder and its processes then belong to the package's own account. */
async function giveToPostgres(dir: string): Promise<string[]> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number(await run(['id', flag, 'postgres'], dir))),
  )
  chownSync(dir, uid ?? 0, gid ?? 0)
  return ['runuser', '-u', 'postgres', '--']
}

function serverOptions(dir: string, port: number): string {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: dir,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 200,
    shared_buffers: '32MB',
  }
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
}

async function run(command: string[], cwd: string): Promise<string> {
  // To a file, not a pipe: the server that pg_ctl leaves running would hold a pipe open.
  const out = join(cwd, `out-${Bun.randomUUIDv7()}`)
  const child = Bun.spawn(command, { cwd, stdin: 'ignore', stdout: Bun.file(out), stderr: Bun.file(out) })
  const code = await child.exited
  const text = await Bun.file(out).text()
  if (code !== 0) throw new Error(`${command.join(' ')} failed:\n${text}`)
  return text.trim()
}
