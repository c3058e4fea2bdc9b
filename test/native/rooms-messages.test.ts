// Messages over HTTP: history, threads, edits, reactions, pins, client ids, the hash chain, search.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { messageHash } from '../../src/core/messages/message-hash.ts'
import { Api, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ann: Api
let bob: Api

beforeAll(async () => {
  server = await startTestServer()
  ann = await Api.register(server.url, 'ann')
  bob = await Api.register(server.url, 'bob')
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
})

async function sharedRoom(name: string): Promise<{ id: string; path: string }> {
  const room = await ann.room({ name, kind: 'public' })
  await bob.post(`/api/rooms/${room.id}/join`)
  return { id: room.id, path: `/api/rooms/${room.id}/messages` }
}

const texts = (answer: { body: Json }) => answer.body.messages.map((message: Json) => message.content)

describe('history', () => {
  test('pages back, forward and around, newest last, each message once', async () => {
    const { id, path } = await sharedRoom('Pages')
    const said: Json[] = []
    for (let n = 0; n < 25; n++) said.push(await ann.say(id, `m${n}`))
    const all = said.map((message) => message.content)

    const seen: string[] = []
    let before = ''
    for (;;) {
      const page = await bob.get(`${path}?limit=10${before}`)
      seen.unshift(...texts(page))
      if (!page.body.has_more) {
        expect(page.body.next_cursor).toBeNull()
        break
      }
      before = `&before=${page.body.next_cursor}`
    }
    expect(seen).toEqual(all)

    const forward = await bob.get(`${path}?limit=10&after=${said[9].id}`)
    expect([texts(forward), forward.body.has_more]).toEqual([all.slice(10, 20), true])
    const rest = await bob.get(`${path}?limit=10&after=${forward.body.next_cursor}`)
    expect([texts(rest), rest.body.has_more]).toEqual([all.slice(20), false])
    expect(texts(await bob.get(`${path}?limit=5&around=${said[10].id}`))).toEqual(all.slice(8, 13))
    expect(texts(await bob.get(`${path}?limit=5&around=${said[0].id}`))).toEqual(all.slice(0, 3))
    expect((await bob.get(`${path}?limit=0`)).status).toBe(422)
    expect((await bob.get(`${path}?limit=201`)).status).toBe(422)
    expect((await bob.get(`${path}?before=${said[1].id}&after=${said[0].id}`)).status).toBe(400)
  })

  test('many at once stay in one order that everybody sees, with strictly rising times', async () => {
    const { id, path } = await sharedRoom('Rush')
    const posted = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? ann : bob).say(id, `rush ${n}`)),
    )
    const { messages } = (await ann.get(`${path}?limit=100`)).body
    expect(messages).toHaveLength(40)
    expect(new Set(messages.map((message: Json) => message.id))).toEqual(
      new Set(posted.map((message) => message.id)),
    )
    const times = messages.map((message: Json) => message.created_at)
    expect(times).toEqual([...new Set(times)].sort())
    for (const [at, message] of messages.entries())
      expect(message.previous).toBe(at === 0 ? null : messages[at - 1].hash)
  })

  test('the chain can be checked from what the API gives alone', async () => {
    const { id, path } = await sharedRoom('Chain')
    for (const text of ['plain', 'ünïcödé 😀', '"quotes" \\ and\nlines\t\u2028']) await bob.say(id, text)
    const { messages } = (await ann.get(path)).body
    let previous: string | null = null
    for (const message of messages) {
      const hash = messageHash({
        roomId: message.room_id,
        senderId: message.sender.id,
        createdAt: Date.parse(message.created_at),
        content: message.content,
        previous,
      })
      expect(message.hash).toBe(hash)
      previous = hash
      expect((await ann.get(`/api/messages/hash/${hash}`)).body.id).toBe(message.id)
    }
    expect((await ann.get(`/api/messages/hash/${'0'.repeat(64)}`)).status).toBe(404)
  })
})

describe('posting', () => {
  test('the same client id twenty times at once is one message', async () => {
    const { id, path } = await sharedRoom('Once')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ann.post(path, { content: 'once', client_id: 'c-1' })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    // Another person's, and another room's, is another message.
    await bob.post(path, { content: 'bobs', client_id: 'c-1' })
    expect(texts(await ann.get(path))).toEqual(['once', 'bobs'])
    const other = await sharedRoom('Twice')
    expect((await ann.say(other.id, 'there', { client_id: 'c-1' })).room_id).toBe(other.id)
    expect(id).not.toBe(other.id)
  })

  test.each([
    ['nothing', {}, 400, 'message.empty'],
    ['no text', { content: '' }, 400, 'message.empty'],
    ['only blanks', { content: ' \n\u0000' }, 400, 'message.empty'],
    ['too much', { content: 'x'.repeat(200_000) }, 400, 'message.too_long'],
    [
      'an unknown file',
      { content: 'x', file_ids: ['00000000-0000-4000-8000-000000000000'] },
      400,
      'message.file_unknown',
    ],
    [
      'a foreign picture',
      { content: 'x', image_urls: ['https://evil.example/x.png'] },
      400,
      'message.image_url',
    ],
    [
      'a way out of the folder',
      { content: 'x', image_urls: ['/uploads/chat-images/../../x.png'] },
      400,
      'message.image_url',
    ],
    ['an unknown quote', { content: 'x', reply_to: 'nonsense' }, 404, 'message.not_found'],
    ['a number', { content: 5 }, 422, 'invalid'],
  ])('%s is refused', async (name, body, status, code) => {
    const { path } = await sharedRoom(`Bad: ${name}`)
    const answer = await ann.post(path, body)
    expect(answer.status).toBe(status)
    if (status !== 422) expect(answer.body.error.code).toBe(code)
    expect(texts(await ann.get(path))).toEqual([])
  })

  test('nothing can be assigned that is not the asker’s', async () => {
    const { id, path } = await sharedRoom('Mass')
    const { body } = await bob.post(path, {
      content: 'x',
      id: ann.user.id,
      sender_id: ann.user.id,
      sender: { id: ann.user.id },
      kind: 'ai_notice',
      created_at: '2001-01-01T00:00:00.000Z',
      pinned: true,
      hash: 'f'.repeat(64),
      room_id: 'elsewhere',
      ai: { model: 'x' },
    })
    expect(body).toMatchObject({
      room_id: id,
      kind: 'user',
      pinned: false,
      ai: null,
      sender: { id: bob.user.id },
    })
    expect(body.id).not.toBe(ann.user.id)
    expect(Date.parse(body.created_at)).toBeGreaterThan(Date.parse('2020-01-01'))
  })
})

describe('threads', () => {
  test('a reply to a reply joins the same thread, and the root counts', async () => {
    const { id, path } = await sharedRoom('Threads')
    const root = await ann.say(id, 'root')
    const first = await bob.say(id, 'first', { thread: root.id })
    const second = await ann.say(id, 'second', { thread: first.id, reply_to: first.id })
    expect([first.thread_id, second.thread_id, second.reply_to]).toEqual([root.id, root.id, first.id])
    expect(texts(await ann.get(`${path}?thread=${root.id}`))).toEqual(['root', 'first', 'second'])
    expect(texts(await ann.get(`${path}?thread=${second.id}&limit=2`))).toEqual(['first', 'second'])
    expect((await ann.get(`${path}/${root.id}`)).body).toMatchObject({
      reply_count: 2,
      last_reply_at: second.created_at,
    })

    await ann.delete(`${path}/${second.id}`)
    expect((await ann.get(`${path}/${root.id}`)).body).toMatchObject({
      reply_count: 1,
      last_reply_at: first.created_at,
    })
    await ann.delete(`${path}/${root.id}`)
    expect(texts(await ann.get(path))).toEqual([])
    expect((await bob.get(`${path}/${first.id}`)).status).toBe(404)
  })
})

describe('changing', () => {
  test('an edit keeps the text before, and the hash', async () => {
    const { id, path } = await sharedRoom('Edits')
    const message = await bob.say(id, 'frist')
    const edited = await bob.patch(`${path}/${message.id}`, { content: 'first' })
    expect(edited.body).toMatchObject({ content: 'first', hash: message.hash })
    expect(edited.body.edited_at).toBeString()
    await bob.patch(`${path}/${message.id}`, { content: 'first!' })
    const { edits } = (await ann.get(`${path}/${message.id}/edits`)).body
    expect(edits.map((edit: Json) => edit.content)).toEqual(['frist', 'first'])
    expect((await bob.patch(`${path}/${message.id}`, { content: ' ' })).status).toBe(400)
    expect((await ann.get('/api/search?q=frist')).body.hits).toEqual([])
    expect((await ann.get('/api/search?q=first!')).body.hits).toHaveLength(1)
  })

  test('a deleted message is gone everywhere, and the chain goes on', async () => {
    const { id, path } = await sharedRoom('Gone')
    await ann.say(id, 'stays')
    const gone = await bob.say(id, 'walrus')
    await bob.put(`${path}/${gone.id}/pin`)
    await ann.put(`${path}/${gone.id}/reactions/👍`)
    expect((await bob.delete(`${path}/${gone.id}`)).status).toBe(204)
    expect((await bob.delete(`${path}/${gone.id}`)).status).toBe(404)
    expect(texts(await ann.get(path))).toEqual(['stays'])
    expect((await ann.get(`/api/rooms/${id}/pins`)).body.messages).toEqual([])
    expect((await ann.get(`/api/messages/hash/${gone.hash}`)).status).toBe(404)
    expect((await ann.get('/api/search?q=walrus')).body.hits).toEqual([])
    expect((await ann.put(`${path}/${gone.id}/reactions/👍`)).status).toBe(404)
    expect((await ann.post(path, { content: 'x', reply_to: gone.id })).status).toBe(404)
    expect((await ann.say(id, 'next')).previous).toBe(gone.hash)
  })

  test('reactions come as characters, by any spelling, once a person', async () => {
    const { id, path } = await sharedRoom('React')
    const message = await ann.say(id, 'like?')
    const at = (emoji: string) => `${path}/${message.id}/reactions/${encodeURIComponent(emoji)}`
    for (const emoji of ['👍', ':+1:', 'thumbsup', '👍']) expect((await bob.put(at(emoji))).status).toBe(204)
    await ann.put(at('👍🏽'))
    await ann.put(at(':party_parrot:'))
    const { reactions } = (await bob.get(`${path}/${message.id}`)).body
    expect(reactions['👍']).toEqual([bob.user.id])
    expect(reactions).toMatchObject({ '👍🏽': [ann.user.id], ':party_parrot:': [ann.user.id] })
    expect((await bob.delete(at('👍'))).status).toBe(204)
    expect((await bob.delete(at('👍'))).status).toBe(204)
    expect((await bob.get(`${path}/${message.id}`)).body.reactions['👍']).toBeUndefined()
    for (const emoji of ['<script>', 'a b', '%00']) expect((await bob.put(at(emoji))).status).toBe(400)
  })

  test('pins', async () => {
    const { id, path } = await sharedRoom('Pins')
    const one = await ann.say(id, 'one')
    const two = await ann.say(id, 'two')
    await bob.put(`${path}/${one.id}/pin`)
    await bob.put(`${path}/${two.id}/pin`)
    await bob.put(`${path}/${two.id}/pin`)
    const pins = await ann.get(`/api/rooms/${id}/pins`)
    expect(texts(pins)).toEqual(['two', 'one'])
    expect(pins.body.messages[0].pinned).toBe(true)
    await ann.delete(`${path}/${two.id}/pin`)
    expect(texts(await ann.get(`/api/rooms/${id}/pins`))).toEqual(['one'])
  })
})

describe('reading', () => {
  test('unread and mentions count down as one reads, and never go back', async () => {
    const { id } = await sharedRoom('Marks')
    const said: Json[] = []
    for (const text of ['a', 'b @bob', 'c', 'd @all', 'e']) said.push(await ann.say(id, text))
    const counters = async () => {
      const { rooms } = (await bob.get('/api/rooms')).body
      const room = rooms.find((each: Json) => each.id === id)
      return [room.unread_count, room.mention_count, room.last_read_message_id]
    }
    expect((await counters()).slice(0, 2)).toEqual([5, 2])
    expect((await bob.post(`/api/rooms/${id}/read`, { message_id: said[2].id })).status).toBe(204)
    expect(await counters()).toEqual([2, 1, said[2].id])
    await bob.post(`/api/rooms/${id}/read`, { message_id: said[0].id })
    expect(await counters()).toEqual([2, 1, said[2].id])
    await bob.post(`/api/rooms/${id}/read`, {})
    expect(await counters()).toEqual([0, 0, said[4].id])
  })
})

describe('search', () => {
  test('finds parts of words, phrases, Chinese, Japanese and Korean, and filters', async () => {
    const { id } = await sharedRoom('Library')
    const other = await sharedRoom('Annex')
    await ann.say(id, 'The Quick brown fox jumps over the lazy dog')
    await bob.say(id, 'A quick résumé of naïve approaches')
    await ann.say(other.id, '今日は東京で会議があります')
    await bob.say(other.id, '我们明天去北京开会')
    await ann.say(other.id, '안녕하세요 회의는 내일입니다')
    const found = async (q: string) => {
      const { status, body } = await bob.get(`/api/search?q=${encodeURIComponent(q)}`)
      expect(status).toBe(200)
      return body.hits.map((hit: Json) => hit.message.content.slice(0, 8))
    }
    expect(await found('quick')).toEqual(['A quick ', 'The Quic'])
    expect(await found('uic')).toEqual(['A quick ', 'The Quic'])
    expect(await found('"brown fox"')).toEqual(['The Quic'])
    expect(await found('"fox brown"')).toEqual([])
    expect(await found('quick -fox')).toEqual(['A quick '])
    expect(await found('RESUME')).toEqual(['A quick '])
    expect(await found('quick from:ann')).toEqual(['The Quic'])
    expect(await found('quick from:nobody')).toEqual([])
    expect(await found('quick in:annex')).toEqual([])
    expect(await found('quick in:library fox')).toEqual(['The Quic'])
    expect(await found('東京')).toEqual(['今日は東京で会議'])
    expect(await found('北京')).toEqual(['我们明天去北京开'])
    expect(await found('회의')).toEqual(['안녕하세요 회의'])
    expect(await found('京')).toHaveLength(2)
    expect(await found('quick after:2999-01-01')).toEqual([])
    expect(await found('quick before:2999-01-01')).toHaveLength(2)
    expect(await found('')).toEqual([])
    expect(await found('" OR 1=1 --')).toEqual([])
    expect(await found('quick* NEAR(fox)')).toEqual([])
    expect(await found('100%')).toEqual([])
  })

  test('pages on with the cursor', async () => {
    const { id } = await sharedRoom('Deep')
    for (let n = 0; n < 7; n++) await ann.say(id, `needle ${n}`)
    const seen: string[] = []
    let cursor = ''
    for (let calls = 0; calls < 10; calls++) {
      const { body } = await bob.get(`/api/search?q=needle&room_id=${id}&limit=3${cursor}`)
      seen.push(...body.hits.map((hit: Json) => hit.message.content))
      if (body.next_cursor === null) break
      cursor = `&before=${body.next_cursor}`
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `needle ${n}`))
  })

  test('the snippet is cut around what was found', async () => {
    const { id } = await sharedRoom('Snips')
    await ann.say(id, `${'before '.repeat(60)}zebrafish ${'after '.repeat(60)}`)
    const { body } = await bob.get('/api/search?q=zebrafish')
    expect(body.hits[0].snippet).toContain('zebrafish')
    expect(body.hits[0].snippet.length).toBeLessThan(200)
    expect(body.hits[0].room.id).toBe(id)
  })
})
