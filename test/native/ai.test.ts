// AI as a member of a room, over HTTP and /ws, against a provider that the test controls.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Api, eventually, type Frames, type Json } from '../support/api.ts'
import { bothDialects } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { startUpstream, type Reply, type Upstream } from '../support/upstream.ts'

bothDialects('AI in rooms', (fixture) => {
  let upstream: Upstream
  let server: TestServer
  let ann: Api
  let bob: Api

  beforeAll(async () => {
    upstream = await startUpstream({ key: 'sk-test-upstream-key' })
    server = await startTestServer({
      env: {
        OPENAI_API_BASE_URL: upstream.url,
        OPENAI_API_KEY: 'sk-test-upstream-key',
        DATABASE_URL: await fixture.database(),
        DEFAULT_MODEL: 'test-echo',
        AI_IDLE_TIMEOUT_S: '1',
      },
    })
    ann = await Api.register(server.url, 'ann')
    bob = await Api.register(server.url, 'bob')
  })

  afterAll(async () => {
    await server.stop()
    await upstream.close()
  })

  /** A public room with both, and bob's socket listening to it. */
  async function lab(ai: Record<string, unknown> = {}): Promise<{ room: Json; frames: Frames }> {
    const room = await ann.room({ name: 'Lab', kind: 'public', ai })
    await bob.post(`/api/rooms/${room.id}/join`)
    const frames = await bob.socket()
    await frames.join(room.id)
    return { room, frames }
  }

  const ended = (frames: Frames) => frames.until<Json>('ai_stream_end').then((frame) => frame.message)

  test('an answer streams to everybody in the room and is stored with its usage', async () => {
    const { room, frames } = await lab()
    const asked = await ann.say(room.id, '@ai hello there')
    const message = await ended(frames)
    expect(message.content).toBe('You said: Ann: @ai hello there'.replace('Ann', ann.user.display_name))
    expect(message.sender.is_bot).toBe(true)
    expect(message.reply_to).toBe(asked.id)
    expect(message.ai).toMatchObject({ model: 'test-echo', state: 'done', finish_reason: 'stop', tools: [] })
    expect(message.ai.usage.total_tokens).toBeGreaterThan(0)
    expect(message.hash).toMatch(/^[0-9a-f]{64}$/)
    const stream = frames.seen.filter((frame) => frame.type === 'ai_stream')
    expect(stream.map((frame) => frame.chunk).join('')).toBe(message.content)
    let offset = 0
    for (const frame of stream) {
      expect(frame.offset).toBe(offset)
      offset += frame.chunk.length
    }
    const { body } = await bob.get(`/api/rooms/${room.id}/messages?limit=10`)
    expect(body.messages.at(-1)).toMatchObject({ id: message.id, content: message.content })
    frames.close()
  })

  test('who joins in the middle gets all so far in one frame with offset 0', async () => {
    const { room, frames } = await lab()
    upstream.queue({ chunks: ['one ', 'two ', 'three'], stepped: true })
    const before = upstream.requests.length
    await ann.say(room.id, '@ai count')
    const request = await upstream.request(before)
    await request.step(2)
    await frames.until((frame) => frame.type === 'ai_stream' && frame.offset + frame.chunk.length === 8)
    const late = await ann.socket()
    await late.join(room.id)
    const first = await late.until<Json>('ai_stream')
    expect(first).toMatchObject({ offset: 0, chunk: 'one two ' })
    await request.finish()
    const end = await ended(late)
    expect(end.content).toBe('one two three')
    const rest = late.seen.filter((frame) => frame.type === 'ai_stream')
    expect(rest.map((frame) => frame.chunk).join('')).toBe('one two three')
    late.close()
    frames.close()
  })

  test('stop reaches the provider and keeps what had arrived', async () => {
    const { room, frames } = await lab()
    upstream.queue({ chunks: ['much ', 'more'], stepped: true })
    const before = upstream.requests.length
    await ann.say(room.id, '@ai tell me everything')
    const request = await upstream.request(before)
    await request.step(1)
    const { message_id } = await frames.until<Json>('ai_stream')
    frames.send({ type: 'stop_ai', room_id: room.id, message_id })
    const message = await ended(frames)
    expect(message.content).toBe('much ')
    expect(message.ai).toMatchObject({ state: 'stopped', finish_reason: 'stopped' })
    expect(await request.ended).toBe('aborted')
    frames.close()
  })

  test('a stranger cannot stop, join or read an answer', async () => {
    const room = await ann.room({ name: 'Secret', kind: 'private' })
    upstream.queue({ chunks: ['secret ', 'words'], stepped: true })
    const before = upstream.requests.length
    await ann.say(room.id, '@ai whisper')
    const request = await upstream.request(before)
    await request.step(1)
    const running = await eventually(async () => {
      const { body } = await ann.get(`/api/rooms/${room.id}/messages?limit=5`)
      return body.messages.find((message: Json) => message.ai?.state === 'running')
    })
    const frames = await bob.socket()
    frames.send({ type: 'join_room', room_id: room.id })
    expect(await frames.until<Json>('error')).toMatchObject({ room_id: room.id })
    frames.send({ type: 'stop_ai', room_id: room.id, message_id: running.id })
    await frames.until(() => frames.seen.filter((frame) => frame.type === 'error').length === 2)
    await request.finish()
    expect((await frames.settle()).filter((frame) => frame.type.startsWith('ai_'))).toEqual([])
    frames.close()
  })

  const failures: [string, Reply, string][] = [
    ['401', { failure: { status: 401 } }, 'unauthorised'],
    ['402', { failure: { status: 402 } }, 'payment_required'],
    ['429', { failure: { status: 429, retryAfterS: 7 } }, 'rate_limited'],
    ['500', { failure: { status: 500 } }, 'upstream_error'],
    ['no answer at all', { hang: 'before_first_byte' }, 'timeout'],
    ['silence in the middle', { chunks: ['half'], hang: 'mid_stream' }, 'timeout'],
    ['a cut connection', { chunks: ['half'], cut: 'socket' }, 'cut_stream'],
    ['an end without an end', { chunks: ['half'], cut: 'clean' }, 'cut_stream'],
    ['nonsense', { chunks: ['half'], malformed: true }, 'malformed_stream'],
  ]

  describe.each(failures)('when the provider gives %s', (_, reply, code) => {
    test(`the room is told (${code})`, async () => {
      const { room, frames } = await lab()
      upstream.queue(reply)
      await ann.say(room.id, '@ai hello')
      const message = await ended(frames)
      expect(message.ai).toMatchObject({ state: 'failed', finish_reason: 'error', error_code: code })
      expect(message.content.startsWith(reply.chunks?.join('') ?? '')).toBe(true)
      expect(message.content).toContain('⚠️')
      if (code === 'rate_limited') expect(message.content).toContain('7 s')
      expect(JSON.stringify(message)).not.toContain('sk-test-upstream-key')
      frames.close()
    })
  })

  test('tools run in a loop with the rights of the asker, and everybody sees their use', async () => {
    const { room, frames } = await lab({ tools: ['search_room'] })
    await ann.say(room.id, 'the password of the coffee machine is 1234')
    upstream.queue(
      { toolCalls: [{ name: 'search_room', arguments: { query: 'coffee machine' } }] },
      { chunks: ['It is ', '1234.'] },
    )
    const before = upstream.requests.length
    await ann.say(room.id, '@ai what is the code of the machine?')
    const message = await ended(frames)
    expect(message.content).toBe('It is 1234.')
    expect(message.ai.tools).toMatchObject([
      { name: 'search_room', arguments: { query: 'coffee machine' }, ok: true },
    ])
    const states = frames.seen.filter((frame) => frame.type === 'ai_tool').map((frame) => frame.state)
    expect(states).toEqual(['running', 'done'])
    const second = await upstream.request(before + 1)
    expect(JSON.stringify(second.body.messages.at(-1))).toContain('1234')
    frames.close()
  })

  test('tools that the room does not allow are not offered', async () => {
    const { room, frames } = await lab({ tools: [] })
    const before = upstream.requests.length
    await ann.say(room.id, '@ai hello')
    await ended(frames)
    expect((await upstream.request(before)).body.tools).toBeUndefined()
    frames.close()
  })

  test('a spent budget is said in the room, and nothing is asked of the provider', async () => {
    const { room, frames } = await lab({ budget: { tokens_per_day: 1, per: 'room' } })
    await ann.say(room.id, '@ai first')
    await ended(frames)
    const asked = upstream.requests.length
    await ann.say(room.id, '@ai second')
    const notice = await frames.until<Json>(
      (frame) => frame.type === 'new_message' && frame.message.kind === 'ai_notice',
    )
    expect(notice.message.content).toContain('budget')
    expect(upstream.requests.length).toBe(asked)
    const { body } = await ann.get(`/api/rooms/${room.id}/ai/budget`)
    expect(body.limit).toBe(1)
    expect(body.used).toBeGreaterThan(1)
    frames.close()
  })

  test('bots that answer each other are paused until a person goes on', async () => {
    const { room, frames } = await lab()
    const talkative = (n: number): Reply => ({ chunks: [n % 2 ? '@test-echo go on' : '@test-long go on'] })
    upstream.queue(...Array.from({ length: 12 }, (_, n) => talkative(n)))
    await ann.say(room.id, '@test-echo talk to the other one')
    const notice = await frames.until<Json>(
      (frame) =>
        frame.type === 'new_message' &&
        frame.message.kind === 'ai_notice' &&
        frame.message.content.includes('paused'),
      10_000,
    )
    expect(notice.message.content).toContain('person')
    frames.close()
  })

  test('respond never and always are obeyed', async () => {
    const silent = await lab({ respond: 'never' })
    const before = upstream.requests.length
    await ann.say(silent.room.id, '@ai hello?')
    const keen = await lab({ respond: 'always' })
    await ann.say(keen.room.id, 'no name said')
    await ended(keen.frames)
    expect(upstream.requests.length).toBe(before + 1)
    silent.frames.close()
    keen.frames.close()
  })

  test('the model list is there, with the shape of OpenAI', async () => {
    const { status, body } = await ann.get('/api/models')
    expect(status).toBe(200)
    expect(body.data.find((model: Json) => model.id === 'test-echo')).toMatchObject({ object: 'model' })
  })

  test('no test left an error in the log', () => {
    expect(server.errors).toEqual([])
  })
})
