// The server under measurement and the floor beside it, with an account, a room and what else the scenarios share.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type ServerProcess, startProcess } from './process.ts'

const root = join(import.meta.dir, '..')
export const binary = process.env['BENCH_BINARY'] ?? join(root, 'dist', 'hubbub')

export type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>

export interface World {
  hubbub: ServerProcess
  floor: ServerProcess
  /** The model provider; its API is under `/v1`. */
  upstream: ServerProcess
  token: string
  /** Somebody else, in the same room: who only listens is not who posts. */
  listener: string
  roomId: string
  dataDir: string
  env: Record<string, string>
  call: Call
  stop(): Promise<void>
  /** The server started again on the same data, after `hubbub.stop()`. */
  restart(): Promise<World>
}

export function caller(url: string, token = ''): Call {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
}

export function startProvider(): Promise<ServerProcess> {
  const port = freePort()
  return startProcess({
    command: ['bun', join(import.meta.dir, 'upstream.ts')],
    env: { PORT: String(port) },
    port,
    readyPath: '/v1/models',
  })
}

/** Runs the binary; build it first (`bun run build`). */
export async function createWorld(): Promise<World> {
  if (!existsSync(binary)) throw new Error('dist/hubbub is not there: run `bun run build` first.')
  const dataDir = mkdtempSync(join(tmpdir(), 'hubbub-bench-'))
  const upstream = await startProvider()
  const port = freePort()
  const env = {
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'error',
    RATE_LIMIT_ENABLED: 'false',
    WEBUI_SECRET_KEY: 'only for the bench, only for the bench',
    OPENAI_API_BASE_URL: `${upstream.url}/v1`,
    DEFAULT_USER_ROLE: 'user',
    OPENAI_API_KEY: 'none',
    DEFAULT_MODEL: 'test-echo',
  }
  const first = await start(env, port)
  const url = `http://127.0.0.1:${port}`
  const account = async (username: string) => {
    const given = { username, password: 'bench password 1' }
    return (await caller(url)<{ token: string }>('POST', '/api/auth/register', given)).token
  }
  const token = await account('bench')
  const listener = await account('listener')
  const call = caller(url, token)
  const { id: roomId } = await call<{ id: string }>('POST', '/api/rooms', { name: 'Bench', kind: 'public' })
  await caller(url, listener)('POST', `/api/rooms/${roomId}/join`)
  await first.stop()
  // What is measured is a start on a database that is there already.
  const hubbub = await start(env, port)
  const floorPort = freePort()
  const floor = await startProcess({
    command: ['bun', join(import.meta.dir, 'floor.ts')],
    env: { PORT: String(floorPort), FLOOR_DB: join(dataDir, 'floor.db'), NODE_ENV: 'production' },
    port: floorPort,
    readyPath: '/ready',
  })
  const world: World = {
    hubbub,
    floor,
    upstream,
    token,
    listener,
    roomId,
    dataDir,
    env,
    call,
    stop: async () => {
      await Promise.all([world.hubbub.stop(), floor.stop(), upstream.stop()])
      rmSync(dataDir, { recursive: true, force: true })
    },
    restart: async () => {
      world.hubbub = await start(env, port)
      return world
    },
  }
  return world
}

const start = (env: Record<string, string>, port: number) =>
  startProcess({ command: [binary], env, port, readyPath: '/health' })
