// `hubbub import`: what is brought in is found, counted and chained as if it had been posted.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageHash } from '../../src/core/messages/message-hash.ts'
import { Api, type Json } from '../support/api.ts'
import { hubbub } from '../support/cli.ts'
import { bothDialects } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

bothDialects('hubbub import', (fixture) => {
  let dir: string
  let env: Record<string, string>
  let database: { DATABASE_URL: string }
  let token: string
  let room: Json

  /** The server on the same folder, while `work` runs. */
  async function serving<T>(work: (ann: Api, server: TestServer) => Promise<T>): Promise<T> {
    const server = await startTestServer({ dataDir: dir, env: database })
    const ann = new Api(server.url)
    ann.token = token
    try {
      return await work(ann, server)
    } finally {
      await server.stop(true)
      expect(server.errors).toEqual([])
    }
  }

  function imported(lines: readonly object[] | string, to: string = room.id) {
    const text = typeof lines === 'string' ? lines : lines.map((line) => JSON.stringify(line)).join('\n')
    return hubbub(['import', '-', `--room=${to}`], env, text)
  }

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hubbub-import-test-'))
    database = { DATABASE_URL: await fixture.database() }
    env = { DATA_DIR: dir, WEBUI_SECRET_KEY: 'a secret for tests only, long enough', ...database }
    const server = await startTestServer({ dataDir: dir, env: database })
    const ann = await Api.register(server.url, 'ann')
    await Api.register(server.url, 'bob')
    token = ann.token ?? ''
    room = await ann.room({ name: 'Archive', kind: 'public' })
    await server.stop(true)
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test('messages come in with their times, threads and chain, and are found', async () => {
    const { code, out } = await imported([
      { username: 'Ann', content: 'The heron stood there', created_at: '2024-05-01T08:00:00Z', id: 'a1' },
      { sender: 'bob', content: 'Where?', created_at: '2024-05-01T08:00:00Z', thread: 'a1', id: 'a2' },
      { username: 'ann', content: '日本語のメッセージ', created_at: 1_714_550_460_000, thread: 'a2' },
      { username: 'bob', content: 'Later' },
    ])
    expect(out).toMatch(/^4 messages imported into Archive \(/)
    expect(code).toBe(0)

    await serving(async (ann) => {
      const { body } = await ann.get(`/api/rooms/${room.id}/messages`)
      expect(body.messages.map((message: Json) => [message.sender.username, message.content])).toEqual([
        ['ann', 'The heron stood there'],
        ['bob', 'Where?'],
        ['ann', '日本語のメッセージ'],
        ['bob', 'Later'],
      ])
      const [root, reply, second, last] = body.messages
      expect(root.created_at).toBe('2024-05-01T08:00:00.000Z')
      expect(reply.created_at).toBe('2024-05-01T08:00:00.001Z')
      expect([reply.thread_id, second.thread_id, last.thread_id]).toEqual([root.id, root.id, null])
      expect(root.reply_count).toBe(2)
      let previous: string | null = null
      for (const message of body.messages) {
        expect(message.previous).toBe(previous)
        expect(message.hash).toBe(
          messageHash({
            roomId: room.id,
            senderId: message.sender.id,
            createdAt: Date.parse(message.created_at),
            content: message.content,
            previous,
          }),
        )
        previous = message.hash
      }
      const posted = await ann.say(room.id, 'and on it goes')
      expect(posted.previous).toBe(previous)
      for (const q of ['heron', 'メッセ']) {
        const found = await ann.get(`/api/search?q=${encodeURIComponent(q)}`)
        expect(JSON.stringify(found.body)).toContain(room.id)
      }
    })
  })

  test('a second run leaves out what is there, and goes on', async () => {
    const first = {
      username: 'ann',
      content: 'The heron stood there',
      created_at: '2024-05-01T08:00:00Z',
      id: 'a1',
    }
    const { code, out } = await imported([
      first,
      { username: 'bob', content: 'Still there', thread: 'a1', id: 'a9' },
    ])
    expect(out).toContain('1 messages imported into Archive, 1 were there already')
    expect(code).toBe(0)
    await serving(async (ann) => {
      const { body } = await ann.get(`/api/rooms/${room.id}/messages`)
      expect(body.messages).toHaveLength(6)
      expect(body.messages[0].reply_count).toBe(3)
    })
  })

  test('bad lines are all told, by number, and nothing is imported', async () => {
    const before = await serving((ann) => ann.get(`/api/rooms/${room.id}/messages`))
    const { code, err } = await imported(
      [
        '{"username":"ann","content":"fine"}',
        '{"username":"nobody","content":"x"}',
        '{bad',
        '',
        '[1]',
        '{"username":"ann","content":"  "}',
        '{"username":"ann"}',
        '{"content":"x"}',
        '{"username":"ann","content":"x","created_at":"yesterday"}',
        '{"username":"ann","content":"x","created_at":"2020-01-01T00:00:00Z"}',
        '{"username":"ann","content":"x","created_at":"2999-01-01T00:00:00Z"}',
        '{"username":"ann","content":"x","id":"q"}',
        '{"username":"ann","content":"x","id":"q"}',
        `{"username":"ann","content":"${'x'.repeat(40_001)}"}`,
      ].join('\n'),
    )
    expect(code).toBe(1)
    const told = [...err.matchAll(/line (\d+): /g)].map(([, number]) => Number(number))
    expect(told).toEqual([2, 3, 5, 6, 7, 8, 9, 10, 11, 13, 14])
    expect(err).toContain('There is no account "nobody"')
    const after = await serving((ann) => ann.get(`/api/rooms/${room.id}/messages`))
    expect(after.body).toEqual(before.body)
  })

  test('a batch with an unknown thread is left out whole', async () => {
    const { code, err } = await imported([
      { username: 'ann', content: 'kept out' },
      { username: 'ann', content: 'of what?', thread: 'never' },
    ])
    expect(code).toBe(1)
    expect(err).toContain('Its thread is no message of this room')
    const { body } = await serving((ann) => ann.get(`/api/rooms/${room.id}/messages`))
    expect(JSON.stringify(body)).not.toContain('kept out')
  })

  test('unknown rooms and files are told', async () => {
    expect((await imported([], 'nowhere')).err).toContain('no room "nowhere"')
    expect((await hubbub(['import', join(dir, 'absent.jsonl'), '--room=x'], env)).err).toContain(
      'does not exist',
    )
  })

  test('many thousands: every place in the room is counted, and the end is now', async () => {
    const count = 12_345
    const file = join(dir, 'many.jsonl')
    const lines = Array.from({ length: count }, (_, n) =>
      JSON.stringify({
        username: n % 3 === 1 ? 'bob' : 'ann',
        content: `line ${n} of many${n === 7_777 ? ' zebra' : ''}`,
      }),
    )
    writeFileSync(file, lines.join('\n'))
    const { body: large } = await serving((ann) => ann.post('/api/rooms', { name: 'Large', kind: 'public' }))
    expect(await hubbub(['import', file, '--room=large'], env)).toMatchObject({ code: 0, err: '' })
    await serving(async (ann) => {
      const { body } = await ann.get(`/api/rooms/${large.id}/messages?limit=50`)
      expect(body.messages.at(-1).content).toBe(`line ${count - 1} of many`)
      expect(Date.parse(body.messages.at(-1).created_at)).toBeLessThanOrEqual(Date.now())
      const found = await ann.get('/api/search?q=zebra')
      expect(JSON.stringify(found.body)).toContain('line 7777 of many zebra')
      const one = await ann.get(`/api/rooms/${large.id}`)
      // The last line is ann's own, so that she has read it all.
      expect(one.body.unread_count).toBe(0)
    })
  })
})
