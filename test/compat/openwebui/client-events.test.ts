// Goal: what clients send over the socket has the effect of the contract: channels, notes that are edited together, usage.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { eventually, type Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { Owui } from './person.ts'

let server: TestServer
let ann: Owui
let bob: Owui

beforeAll(async () => {
  server = await startTestServer()
  ann = await Owui.signUp(server.url, 'ann')
  bob = await Owui.added(ann, 'bob')
  const { body } = await ann.get('/api/v1/auths/admin/config')
  await ann.post('/api/v1/auths/admin/config', { ...body, ENABLE_CHANNELS: true })
  for (const person of [ann, bob]) await person.connect()
})

afterAll(async () => {
  for (const person of [ann, bob]) person.close()
  expect(server.errors).toEqual([])
  await server.stop()
})

describe('channels', () => {
  test('every change of a message is told to the other', async () => {
    const made = await ann.post('/api/v1/channels/create', {
      name: 'all',
      type: 'group',
      user_ids: [bob.user.id],
      access_grants: [],
    })
    const channelId = made.body.id
    await bob.heard((event) => event.data?.type === 'channel:created')
    const path = `/api/v1/channels/${channelId}/messages`
    const post = async (content: string, parentId: string | null = null): Promise<Json> =>
      (await ann.post(`${path}/post`, { content, parent_id: parentId, data: {}, meta: {}, temp_id: content }))
        .body
    const heard = (type: string) =>
      bob.heard((event) => event.channel_id === channelId && event.data.type === type)
    const message = await post('hello')
    expect((await heard('message')).data.data).toMatchObject({ content: 'hello', temp_id: 'hello' })
    await ann.post(`${path}/${message.id}/update`, { content: 'hello again' })
    expect((await heard('message:update')).data.data).toMatchObject({ content: 'hello again' })
    await ann.post(`${path}/${message.id}/reactions/add`, { name: 'heart' })
    expect((await heard('message:reaction:add')).data.data).toMatchObject({ name: 'heart' })
    await ann.post(`${path}/${message.id}/reactions/remove`, { name: 'heart' })
    await heard('message:reaction:remove')
    await post('in a thread', message.id)
    expect((await heard('message:reply')).data.data).toMatchObject({ id: message.id, reply_count: 1 })
    await ann.delete(`${path}/${message.id}/delete`)
    await heard('message:delete')

    await post('unread')
    const unread = async (): Promise<number> =>
      (await bob.get('/api/v1/channels/')).body.find(({ id }: Json) => id === channelId).unread_count
    await eventually(async () => (await unread()) > 0)
    bob.socket_!.emit('events:channel', {
      channel_id: channelId,
      message_id: null,
      data: { type: 'last_read_at' },
    })
    await eventually(async () => (await unread()) === 0)
  })

  test('models that are in use are counted while they are', async () => {
    ann.socket_!.emit('usage', { action: 'chat', model: 'a-model', chat_id: 'c' })
    await eventually(async () => (await ann.get('/api/usage')).body.model_ids.includes('a-model'))
  })
})

describe('a note', () => {
  const updates = (person: Owui): Json[] => {
    const got: Json[] = []
    for (const name of ['state', 'update'])
      person.socket_!.on(`ydoc:document:${name}`, (data: Json) => void got.push({ name, ...data }))
    return got
  }
  const acked = (person: Owui, name: string, data: Json): Promise<unknown> =>
    person.socket_!.timeout(2_000).emitWithAck(name, data)

  test('is edited by two, seeded by one, and saved; whoever may no longer hears nothing more', async () => {
    const grants = [{ principal_type: 'user', principal_id: bob.user.id, permission: 'read' }]
    grants.push({ ...grants[0]!, permission: 'write' })
    const { body: note } = await ann.post('/api/v1/notes/create', {
      title: 'N',
      data: {},
      access_grants: grants,
    })
    const id = `note:${note.id}`
    const [hers, his] = [updates(ann), updates(bob)]
    const said: string[] = []
    for (const name of ['ydoc:user:joined', 'ydoc:user:left', 'ydoc:awareness:update'])
      ann.socket_!.on(name, () => void said.push(name))
    for (const person of [ann, bob]) {
      person.socket_!.emit('join-note', { auth: { token: person.token }, note_id: note.id })
      person.socket_!.emit('ydoc:document:join', {
        document_id: id,
        user_id: person.user.id,
        user_name: 'x',
        user_color: '#fff',
      })
    }
    await eventually(async () => hers.length > 0 && his.length > 0)
    expect(hers[0]).toMatchObject({ document_id: id, state: [0, 0], content: null })
    await eventually(async () => said.includes('ydoc:user:joined'))

    const text = (words: string): number[] => {
      const document = new Y.Doc()
      document.getText('t').insert(0, words)
      return [...Y.encodeStateAsUpdate(document)]
    }
    const [seed, second] = [text('first'), text('second')]
    const common = { document_id: id, user_id: ann.user.id, initialize: true }
    expect(await acked(ann, 'ydoc:document:update', { ...common, update: seed })).toEqual(seed)
    // Whoever comes second gets what is there.
    expect(await acked(bob, 'ydoc:document:update', { ...common, update: second })).toEqual(seed)
    const heard = (event: Json): boolean => event.name === 'update' && event.update.join() === seed.join()
    await eventually(async () => his.some(heard))
    const content = { md: 'words', html: '<p>words</p>', json: null }
    bob.socket_!.emit('ydoc:document:update', { document_id: id, update: second, data: { content } })
    await eventually(
      async () => (await ann.get(`/api/v1/notes/${note.id}`)).body.data?.content?.md === 'words',
    )
    bob.socket_!.emit('ydoc:awareness:update', { document_id: id, user_id: 'x', update: [1] })
    await eventually(async () => said.includes('ydoc:awareness:update'))
    ann.socket_!.emit('ydoc:document:state', { document_id: id })
    await eventually(async () => hers.some(({ sessions }) => sessions?.length === 2))

    const told = new Promise<Json>((resolve) => bob.socket_!.on('events:note', resolve))
    await ann.post(`/api/v1/notes/${note.id}/update`, { title: 'N2', data: { files: [] } })
    expect(await told).toMatchObject({ id: note.id, title: 'N2', data: { files: [] } })
    expect(Object.keys((await told).data)).toEqual(['files'])

    await ann.post(`/api/v1/notes/${note.id}/access/update`, { access_grants: [] })
    await eventually(async () => {
      hers.length = 0
      ann.socket_!.emit('ydoc:document:state', { document_id: id })
      await eventually(async () => hers.length > 0)
      return hers[0]!.sessions.length === 1
    })
    his.length = 0
    await acked(ann, 'ydoc:document:update', { document_id: id, update: text('secret') })
    await acked(bob, 'events:chat', { chat_id: 'x', data: { type: 'join' } })
    expect(his).toEqual([])
    bob.socket_!.emit('ydoc:document:leave', { document_id: id, user_id: bob.user.id })
    ann.socket_!.emit('ydoc:document:leave', { document_id: id, user_id: ann.user.id })
  })
})
