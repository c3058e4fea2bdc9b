// What happens to the real process, and to what it had promised: a stop, a kill, a full disk, a held database.
import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api, eventually, type Frames, type Json } from '../support/api.ts'
import { type ServerProcess, startProcess } from '../support/process.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

let dir: string
const running = new Set<ServerProcess>()
const closers: (() => unknown)[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hubbub-process-'))
})
afterEach(async () => {
  for (const server of running) await server.end('SIGKILL')
  running.clear()
  for (const close of closers.splice(0).toReversed()) await close()
  rmSync(dir, { recursive: true, force: true })
})

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startProcess({ DATA_DIR: dir, ...env })
  running.add(server)
  return server
}

async function withUpstream(): Promise<{ upstream: Upstream; env: Record<string, string> }> {
  const upstream = await startUpstream()
  closers.push(() => upstream.close())
  const env = { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'sk-none', DEFAULT_MODEL: 'test-echo' }
  return { upstream, env }
}

/** The same account on a server that was started again. */
function again(ann: Api, server: ServerProcess): Api {
  const api = new Api(server.url)
  api.token = ann.token
  return api
}

const messagesOf = async (api: Api, roomId: string): Promise<Json[]> =>
  (await api.get(`/api/rooms/${roomId}/messages?limit=200`)).body.messages

/** Asks a model that answers step by step, and waits until a part of the answer has come. */
async function askedHalf(ann: Api, roomId: string, upstream: Upstream): Promise<Frames> {
  const frames = await ann.socket()
  await frames.join(roomId)
  upstream.queue({ chunks: ['The ', 'first ', 'half', ' and ', 'the ', 'rest'], stepped: true })
  await ann.say(roomId, '@ai tell me')
  await (await upstream.request(0)).step(3)
  await frames.until((frame) => frame.type === 'ai_stream' && frame.offset + frame.chunk.length >= 14)
  return frames
}

test('a stop closes sockets with 1001, keeps half an answer as interrupted, and ends with 0', async () => {
  const { upstream, env } = await withUpstream()
  const server = await start(env)
  const ann = await Api.register(server.url, 'ann')
  const room = await ann.room({ kind: 'public' })
  const frames = await askedHalf(ann, room.id, upstream)
  const startedAt = performance.now()
  const ended = server.end('SIGTERM')
  const last = await frames.until<Json>('ai_stream_end')
  expect(last.message.ai.state).toBe('interrupted')
  expect(await frames.untilClosed()).toBe(1001)
  expect(await ended).toBe(0)
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect(fetch(`${server.url}/health`)).rejects.toThrow()
  const log = await server.log
  expect(log).toContain('stopped')
  expect(log).not.toContain('ERROR')

  const second = await start(env)
  const reply = (await messagesOf(again(ann, second), room.id)).at(-1)
  expect([reply.content, reply.ai.state]).toEqual(['The first half', 'interrupted'])
})

test('a stop lets a request that is under way finish', async () => {
  const server = await start()
  const ann = await Api.register(server.url, 'ann')
  const room = await ann.room({ kind: 'public' })
  const posts = Array.from({ length: 50 }, (_, n) =>
    ann.post(`/api/rooms/${room.id}/messages`, { content: `${n}` }),
  )
  await Promise.race(posts)
  expect(await server.end('SIGTERM')).toBe(0)
  const settled = await Promise.allSettled(posts)
  const acknowledged = settled.flatMap((one) =>
    one.status === 'fulfilled' && one.value.status === 201 ? [one.value.body.id] : [],
  )
  const second = await start()
  const there = new Set((await messagesOf(again(ann, second), room.id)).map(({ id }) => id))
  expect(acknowledged.filter((id) => !there.has(id))).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(0)
})

test('killed in the middle of posting, nothing acknowledged is lost', async () => {
  const server = await start()
  const ann = await Api.register(server.url, 'ann')
  const room = await ann.room({ kind: 'public' })
  const acknowledged: string[] = []
  let going = true
  const writers = Array.from({ length: 8 }, async (_, w) => {
    for (let n = 0; going; n++) {
      const answer = await ann
        .post(`/api/rooms/${room.id}/messages`, { content: `${w}.${n}` })
        .catch(() => null)
      if (answer?.status !== 201) return
      acknowledged.push(answer.body.id)
    }
  })
  await eventually(async () => acknowledged.length > 200, 10_000)
  await server.end('SIGKILL')
  going = false
  await Promise.all(writers)
  const second = await start()
  const api = again(ann, second)
  const there = new Set<string>()
  let before = ''
  for (;;) {
    const { body } = await api.get(`/api/rooms/${room.id}/messages?limit=200${before}`)
    for (const message of body.messages) there.add(message.id)
    if (!body.has_more) break
    before = `&before=${body.messages[0].id}`
  }
  expect(acknowledged.filter((id) => !there.has(id))).toEqual([])
  const room2 = (await api.get(`/api/rooms/${room.id}`)).body
  expect(room2.id).toBe(room.id)
  expect((await api.say(room.id, 'and on')).content).toBe('and on')
})

test('killed in the middle of an answer, what had arrived is kept and marked', async () => {
  const { upstream, env } = await withUpstream()
  const server = await start(env)
  const ann = await Api.register(server.url, 'ann')
  const room = await ann.room({ kind: 'public' })
  await askedHalf(ann, room.id, upstream)
  // What has arrived is saved once a second.
  const path = join(dir, 'hubbub.db')
  await eventually(async () => {
    const db = new Database(path, { readonly: true })
    try {
      const row = db.query<{ partial: string }, []>('select partial from hb_run').get()
      return row?.partial === 'The first half'
    } finally {
      db.close()
    }
  })
  await server.end('SIGKILL')
  const second = await start(env)
  const reply = (await messagesOf(again(ann, second), room.id)).at(-1)
  expect([reply.content, reply.ai.state]).toEqual(['The first half', 'interrupted'])
  expect(reply.hash).toMatch(/^[0-9a-f]{64}$/)
})

test('a second server on the same database is refused, and the first goes on', async () => {
  const first = await start()
  const error = await start().then(
    () => null,
    (reason: Error) => reason,
  )
  expect(error?.message).toContain(`Another Hubbub (process ${first.child.pid}) is using`)
  expect((await fetch(`${first.url}/health`)).status).toBe(200)
})

test('a database that another program holds is answered with 503, and then works again', async () => {
  const server = await start()
  const ann = await Api.register(server.url, 'ann')
  const room = await ann.room({ kind: 'public' })
  const holder = new Database(join(dir, 'hubbub.db'))
  holder.run('BEGIN IMMEDIATE')
  const { status, body, headers } = await ann.post(`/api/rooms/${room.id}/messages`, { content: 'now?' })
  expect([status, body.error.code]).toEqual([503, 'storage.busy'])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  // Who only reads is not held up.
  expect((await ann.get(`/api/rooms/${room.id}/messages`)).status).toBe(200)
  holder.run('ROLLBACK')
  holder.close()
  expect((await ann.say(room.id, 'again')).content).toBe('again')
  expect(await messagesOf(ann, room.id)).toHaveLength(1)
  // The writer tries for five seconds before it gives up.
}, 20_000)

// Mounting needs rights that only root has (CI runs as root); nothing else makes a disk as full.
test.if(process.getuid?.() === 0)(
  'a full disk is answered with 503, reading goes on, and later writing',
  async () => {
    const small = join(dir, 'small')
    mkdirSync(small)
    const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', small])
    if (mounted.exitCode !== 0) {
      console.log(`not tried: no tmpfs can be mounted here (${mounted.stderr.toString().trim()})`)
      return
    }
    closers.push(() => void Bun.spawnSync(['umount', '-l', small]))
    const server = await start({ DATA_DIR: small })
    const ann = await Api.register(server.url, 'ann')
    const room = await ann.room({ kind: 'public' })
    await ann.say(room.id, 'there was room')
    const ballast = join(small, 'ballast')
    let size = 12
    while (size > 0.01) {
      try {
        writeFileSync(ballast, Buffer.alloc(size * 1_000_000), { flag: 'a' })
      } catch {
        size /= 2
      }
    }
    const content = 'x'.repeat(30_000)
    const refused = await eventually(async () => {
      const answer = await ann.post(`/api/rooms/${room.id}/messages`, { content })
      return answer.status === 201 ? null : answer
    }, 10_000)
    expect([refused.status, refused.body.error.code]).toEqual([503, 'storage.full'])
    expect((await ann.get(`/api/rooms/${room.id}/messages?limit=1`)).status).toBe(200)
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    rmSync(ballast)
    const posted = await ann.say(room.id, 'there is room again')
    const last = (await messagesOf(ann, room.id)).at(-1)
    expect([last.id, last.content]).toEqual([posted.id, 'there is room again'])
    expect(await server.end('SIGTERM')).toBe(0)
  },
)
