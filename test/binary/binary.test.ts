// The released file, alone in an empty folder: it starts, serves the client, keeps what was posted over a restart, and
// leaves nothing beside its data.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pdf } from '../support/documents.ts'
import manifest from '../../package.json' with { type: 'json' }
import { freePort } from '../support/free-port.ts'

const BUILT = join(import.meta.dir, '../../dist/hubbub')
const SIZE_LIMIT_BYTES = 130_000_000
const START_LIMIT_MS = 10_000

let dir: string
let binary: string
const running = new Set<Bun.Subprocess>()

beforeAll(() => {
  if (!existsSync(BUILT))
    throw new Error('dist/hubbub is missing: run `bun run build`, or the tests by `bun run test`')
  dir = mkdtempSync(join(tmpdir(), 'hubbub-binary-'))
  binary = join(dir, 'hubbub')
  copyFileSync(BUILT, binary)
})
// What a failed test left running would hold the database of the next one.
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all([...running].map((child) => child.exited))
  running.clear()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

interface Running {
  readonly url: string
  readonly child: Bun.Subprocess
  /** From the start of the process to the first 200. */
  readonly startMs: number
}

/** Nothing of this machine's environment reaches the program. */
function bareEnv(port: number): Record<string, string> {
  return { PATH: '/nonexistent', HOME: dir, HOST: '127.0.0.1', PORT: String(port) }
}

async function start(): Promise<Running> {
  const port = await freePort()
  const startedAt = performance.now()
  const child = Bun.spawn([binary], {
    cwd: dir,
    env: bareEnv(port),
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  running.add(child)
  const url = `http://127.0.0.1:${port}`
  while (performance.now() - startedAt < START_LIMIT_MS && child.exitCode === null) {
    const answer = await fetch(`${url}/health`).catch(() => null)
    if (answer?.status === 200) return { url, child, startMs: performance.now() - startedAt }
    await Bun.sleep(5) // between two looks; the deadline is above
  }
  child.kill('SIGKILL')
  throw new Error(`It did not start:\n${await new Response(child.stderr).text()}`)
}

async function stop({ child }: Running): Promise<number> {
  child.kill('SIGTERM')
  const code = await child.exited
  running.delete(child)
  return code
}

async function call<T>(method: string, url: string, token?: string, body?: object): Promise<T> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const answer = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

const LOGIN = { username: 'ann', password: 'correct horse battery' }

test('it is small enough', () => {
  expect(statSync(binary).size).toBeLessThanOrEqual(SIZE_LIMIT_BYTES)
})

test('it says its version', async () => {
  const child = Bun.spawn([binary, '--version'], { cwd: dir, env: bareEnv(0), stdout: 'pipe' })
  expect(await new Response(child.stdout).text()).toContain(manifest.version)
  expect(await child.exited).toBe(0)
})

test('a wrong setting is explained and ends the start', async () => {
  const child = Bun.spawn([binary], {
    cwd: dir,
    env: { ...bareEnv(0), PORT: 'abc', LOG_FORMAT: 'xml' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect(await child.exited).not.toBe(0)
  expect(out + err).toContain('PORT "abc" is not valid')
  expect(out + err).toContain('LOG_FORMAT')
})

test('register, post, restart: everything is there, with the same token', async () => {
  const first = await start()
  const { token } = await call<{ token: string }>('POST', `${first.url}/api/auth/register`, undefined, LOGIN)
  const room = await call<{ id: string }>('POST', `${first.url}/api/rooms`, token, {
    name: 'garden',
    kind: 'private',
  })
  const messages = `/api/rooms/${room.id}/messages`
  const posted = await call<{ id: string }>('POST', first.url + messages, token, { content: 'Hello, 世界' })
  expect(await stop(first)).toBe(0)

  const second = await start()
  const history = await call<{ messages: { id: string; content: string }[] }>(
    'GET',
    second.url + messages,
    token,
  )
  expect(history.messages.find(({ id }) => id === posted.id)?.content).toBe('Hello, 世界')
  const login = await call<{ token: string }>('POST', `${second.url}/api/auth/login`, undefined, LOGIN)
  expect(login.token).toBeString()
  expect(await stop(second)).toBe(0)
  console.log(
    `start to first 200: ${first.startMs.toFixed(0)} ms new, ${second.startMs.toFixed(0)} ms on an existing database`,
  )
})

test('the client is in it', async () => {
  const server = await start()
  const page = await fetch(`${server.url}/`)
  expect(page.headers.get('content-type')).toStartWith('text/html')
  const scripts = [...(await page.text()).matchAll(/src="(\/assets\/[^"]+\.js)"/g)].map(
    ([, path]) => path ?? '',
  )
  expect(scripts.length).toBeGreaterThan(0)
  for (const path of scripts) {
    const script = await fetch(server.url + path)
    expect(script.status).toBe(200)
    expect(script.headers.get('cache-control')).toContain('immutable')
  }
  await stop(server)
})

test('it reads a PDF: the library is in it, and the worker finds it', async () => {
  const server = await start()
  const { token } = await call<{ token: string }>('POST', `${server.url}/api/auth/login`, undefined, LOGIN)
  const body = new FormData()
  body.set('file', new File([pdf(['Zebras are striped'])], 'a.pdf', { type: 'application/pdf' }))
  const upload = await fetch(`${server.url}/api/v1/files/?process_in_background=false`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body,
  })
  expect(await upload.json()).toMatchObject({
    data: { status: 'completed' },
    hash: new Bun.CryptoHasher('sha256').update('Zebras are striped').digest('hex'),
  })
  await stop(server)
})

test('`hubbub health` tells a running server from none', async () => {
  const server = await start()
  const port = new URL(server.url).port
  const ask = () =>
    Bun.spawn([binary, 'health'], {
      cwd: dir,
      env: bareEnv(Number(port)),
      stdout: 'ignore',
      stderr: 'ignore',
    }).exited
  expect(await ask()).toBe(0)
  await stop(server)
  expect(await ask()).not.toBe(0)
})

test('a killed server keeps what it acknowledged', async () => {
  const first = await start()
  const { token } = await call<{ token: string }>('POST', `${first.url}/api/auth/login`, undefined, LOGIN)
  const room = await call<{ id: string }>('POST', `${first.url}/api/rooms`, token, {
    name: 'cellar',
    kind: 'private',
  })
  const messages = `/api/rooms/${room.id}/messages`
  const posts = Array.from({ length: 20 }, (_, n) =>
    call<{ id: string }>('POST', first.url + messages, token, { content: `${n}` }),
  )
  const ids = (await Promise.all(posts)).map(({ id }) => id)
  first.child.kill('SIGKILL')
  await first.child.exited
  const second = await start()
  const history = await call<{ messages: { id: string }[] }>(
    'GET',
    `${second.url}${messages}?limit=50`,
    token,
  )
  expect(history.messages.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
  await stop(second)
})

/** A command of the file alone, in the folder of the servers above. */
async function command(args: string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([binary, ...args], {
    cwd: dir,
    env: bareEnv(0),
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}

test('Swagger UI and the OpenAPI document are in it', async () => {
  const server = await start()
  const page = await (await fetch(`${server.url}/docs`)).text()
  const files = [...page.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, path]) => path ?? '')
  expect(files.length).toBe(3)
  for (const path of files) {
    for (const encoding of ['gzip', 'identity']) {
      const file = await fetch(server.url + path, { headers: { 'accept-encoding': encoding } })
      expect([path, file.status]).toEqual([path, 200])
      expect((await file.text()).length).toBeGreaterThan(300)
    }
  }
  const document = (await (await fetch(`${server.url}/docs/json`)).json()) as { paths: object }
  expect(Object.keys(document.paths).length).toBeGreaterThan(35)
  await stop(server)
})

test('its commands work: accounts, import, backup, doctor', async () => {
  expect(await command(['user', 'create', 'zoe'], 'correct horse battery')).toMatchObject({ code: 0 })
  const lines = ['{"username":"zoe","content":"brought in"}', '{"username":"ann","content":"this too"}'].join(
    '\n',
  )
  const imported = await command(['import', '-', '--room=garden'], lines)
  expect(imported).toMatchObject({ code: 0, err: '' })
  expect(imported.out).toStartWith('2 messages imported')
  const backup = await command(['backup', 'data/copy.db'])
  expect(backup).toMatchObject({ code: 0, err: '' })
  expect(existsSync(join(dir, 'data/copy.db'))).toBe(true)
  expect(await command(['restore', 'data/copy.db', '--yes'])).toMatchObject({ code: 0 })
  expect((await command(['migrate', '--dry-run'])).out).toBe('The database is up to date.\n')
  const doctor = await command(['doctor'])
  expect(doctor.out).toContain('Nothing is wrong.')
  expect(doctor.code).toBe(0)
})

test('it leaves nothing beside its data', () => {
  expect(readdirSync(dir).toSorted()).toEqual(['data', 'hubbub'])
})
