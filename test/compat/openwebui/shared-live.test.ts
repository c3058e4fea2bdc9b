// Goal: who looks at somebody else's chat sees it being written, and no longer than they may.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eventually, type Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

bothDialects('a shared chat', (fixture) => {
  let upstream: Upstream
  let server: TestServer
  let ann: Owui
  let bob: Owui
  let chatId: string
  let lastId: string

  beforeAll(async () => {
    upstream = await startUpstream()
    const env = { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' }
    server = await startTestServer({ env: { ...env, DATABASE_URL: await fixture.database() } })
    ann = await Owui.signUp(server.url, 'ann')
    bob = await Owui.added(ann, 'bob')
    const granted = { principal_type: 'user', principal_id: '*', permission: 'read' }
    for (const id of ['test-echo', 'test-stepped'])
      await ann.post('/api/v1/models/create', {
        id,
        name: id,
        base_model_id: null,
        meta: {},
        params: {},
        access_grants: [granted],
      })
    await ann.connect()
    const first = await ann.ask('the first question')
    chatId = first.chatId
    lastId = first.answerId
    await ann.idle(chatId)
    await open()
  }, 60_000)
  afterAll(async () => {
    for (const person of [ann, bob]) person.close()
    expect(server.errors).toEqual([])
    await server.stop()
    await upstream.close()
  })

  /** Bob may read and write, and has it open. */
  async function open(): Promise<void> {
    await ann.post(`/api/v1/chats/${chatId}/share`, { share_mode: 'continue' })
    const grant = { principal_type: 'user', principal_id: bob.user.id, permission: 'read' }
    await ann.post(`/api/v1/chats/shared/${chatId}/access/update`, { access_grants: [grant] })
    if (!bob.socket_?.connected) await bob.connect()
    expect(await join(bob)).toBe(true)
    for (const person of [ann, bob]) person.events.length = 0
  }

  const join = (person: Owui): Promise<unknown> =>
    person.socket_!.timeout(3_000).emitWithAck('events:chat', { chat_id: chatId, data: { type: 'join' } })
  const shared = (type: string) => (event: Json) =>
    event.chat_id === chatId && event.shared === true && event.data.type === type
  const outputOf = (event: Json): string => event.data.data.output?.[0]?.content[0].text ?? ''

  async function step(asker: Owui, other: Owui): Promise<void> {
    const n = upstream.requests.length
    const asked = await asker.ask('a b c', { chatId, parentId: lastId, model: 'test-stepped' })
    expect(asked.answer.status).toBe(200)
    lastId = asked.answerId
    const turn = await other.heard(shared('chat:messages'))
    expect(Object.keys(turn.data.data.messages)).toContain(asked.questionId)
    expect(turn.data.data.messages[asked.questionId].content).toBe('a b c')
    expect(turn.data.data.currentId).toBe(asked.answerId)
    const request = await upstream.request(n)
    await request.step(1)
    await other.heard((event) => shared('chat:completion')(event) && outputOf(event).startsWith('You'))
    await request.finish()
    const end = await other.heard(
      (event) => shared('chat:completion')(event) && event.data.data.done === true,
    )
    expect(outputOf(end)).toBe('You said: a b c')
    expect(end).toMatchObject({ message_id: asked.answerId, user_id: asker.user.id })
    await other.heard((event) => shared('chat:active')(event) && event.data.data.active === false)
  }

  test('shows a question of its owner, and the answer while it is written', async () => {
    expect(await join(ann)).toBe(true)
    const presence = await bob.heard(shared('chat:presence'))
    expect(presence.data.data.users.map(({ name }: Json) => name).toSorted()).toEqual(['ann', 'bob'])
    await step(ann, bob)
    // Who asked has the deltas instead.
    expect(ann.events.filter(shared('chat:completion'))).toEqual([])
    expect(ann.events.filter(shared('chat:messages'))).toEqual([])
    // And the guest has nothing that was meant for the owner.
    expect(bob.events.filter((event) => event.shared !== true)).toEqual([])
  })

  test('shows its owner what a guest asks', async () => {
    await open()
    expect(await join(ann)).toBe(true)
    await step(bob, ann)
    expect(bob.events.filter(shared('chat:completion'))).toEqual([])
  })

  test("shows the asker's other tab both", async () => {
    await open()
    const tab = new Owui(server.url)
    Object.assign(tab, { token: ann.token, user: ann.user })
    await tab.connect()
    expect(await join(tab)).toBe(true)
    await step(ann, tab)
    expect(tab.events.some((event) => event.data.data?.type === 'response.output_text.delta')).toBe(true)
    tab.close()
  })

  test('says who types, to the others', async () => {
    await open()
    expect(await join(ann)).toBe(true)
    const typing = { chat_id: chatId, data: { type: 'typing', data: { typing: true } } }
    expect(await bob.socket_!.timeout(3_000).emitWithAck('events:chat', typing)).toBe(true)
    expect(await ann.heard(shared('typing'))).toMatchObject({ user: { name: 'bob' } })
    expect(bob.events.filter(shared('typing'))).toEqual([])
  })

  const endings: [string, () => Promise<unknown>][] = [
    ['it is shared no more', () => ann.delete(`/api/v1/chats/${chatId}/share`)],
    [
      'the grant is taken back',
      () => ann.post(`/api/v1/chats/shared/${chatId}/access/update`, { access_grants: [] }),
    ],
    ['all shares end', () => ann.delete('/api/v1/chats/share/all')],
  ]
  test.each(endings)('is silent for a guest in mid-stream when %s', async (_name, end) => {
    await open()
    const n = upstream.requests.length
    const asked = await ann.ask('a secret word', { chatId, parentId: lastId, model: 'test-stepped' })
    lastId = asked.answerId
    const request = await upstream.request(n)
    await request.step(1)
    await bob.heard(shared('chat:completion'))
    expect(((await end()) as Json).status).toBe(200)
    await bob.heard(shared('chat:access'))
    await eventually(async () => (await join(bob)) === false)
    bob.events.length = 0
    await request.finish()
    await ann.idle(chatId)
    // A round trip later nothing of it has come.
    expect(await join(bob)).toBe(false)
    expect(bob.events.filter(({ data }) => data.type !== 'chat:access')).toEqual([])
  })

  test('is left by who goes to another', async () => {
    await open()
    const leave = { chat_id: chatId, data: { type: 'leave' } }
    expect(await bob.socket_!.timeout(3_000).emitWithAck('events:chat', leave)).toBe(true)
    bob.events.length = 0
    const asked = await ann.ask('unheard', { chatId, parentId: lastId })
    lastId = asked.answerId
    await ann.idle(chatId)
    const typing = { chat_id: chatId, data: { type: 'typing', data: { typing: true } } }
    expect(await bob.socket_!.timeout(3_000).emitWithAck('events:chat', typing)).toBe(false)
    expect(bob.events).toEqual([])
  })

  test('windows of people whose groups change begin anew', async () => {
    const group = (await ann.post('/api/v1/groups/create', { name: 'Team', description: '' })).body
    const socket = bob.socket_!
    for (const change of ['add', 'remove']) {
      if (!socket.connected) await bob.connect()
      const current = bob.socket_!
      const updated = new Promise((resolve) => current.on('access:updated', resolve))
      const ended = new Promise((resolve) => current.on('disconnect', resolve))
      await ann.post(`/api/v1/groups/id/${group.id}/users/${change}`, { user_ids: [bob.user.id] })
      expect(await updated).toEqual({})
      expect(await ended).toBe('io server disconnect')
    }
  })

  test('is gone for all when it is deleted', async () => {
    await open()
    await ann.delete(`/api/v1/chats/${chatId}`)
    await bob.heard(shared('chat:access'))
    expect(await join(bob)).toBe(false)
  })
})
