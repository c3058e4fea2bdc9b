import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import { actorFor } from '../../../src/core/mattermost/hooks.ts'
import { fromWire, toWire } from '../../../src/faces/mattermost/ids.ts'
import { Api, type Frames, type Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { inner, listen } from './listener.ts'
import { clientFor, PASSWORD, signUp } from './rig.ts'

// Goal: one conversation on two faces at once, people and AI in it, is right on both.
// Method: a whole server; ann by Mattermost's client, bob by the native API and /ws.

let upstream: Upstream
let server: TestServer
let ann: Client4
let annId: string
let bob: Api
let room: Json
let channel: string
let frames: Frames

beforeAll(async () => {
  upstream = await startUpstream({ key: 'sk-test-upstream-key' })
  server = await startTestServer({
    env: {
      OPENAI_API_BASE_URL: upstream.url,
      OPENAI_API_KEY: 'sk-test-upstream-key',
      DEFAULT_MODEL: 'test-echo',
    },
  })
  ;({ client: ann, id: annId } = await signUp(server, 'ann'))
  bob = await Api.register(server.url, 'bob')
  room = await bob.room({ name: 'Both', kind: 'public' })
  channel = toWire(room.id)
  await ann.addToChannel(annId, channel)
  frames = await bob.socket()
  await frames.join(room.id)
}, 60_000)
afterAll(async () => {
  frames?.close()
  expect(server.errors).toEqual([])
  await server.stop()
  await upstream.close()
})

const post = (message: string, more: Record<string, unknown> = {}) =>
  ann.createPost({ channel_id: channel, message, ...more } as Parameters<Client4['createPost']>[0])

test('the native room is a channel, and its people are in both', async () => {
  const seen = await ann.getChannel(channel)
  expect(seen).toMatchObject({ display_name: 'Both', type: 'O' })
  const names = (await ann.getProfilesInChannel(channel)).map((user) => user.username).toSorted()
  expect(names).toEqual(['ann', 'bob'])
  const { body } = await bob.get(`/api/rooms/${room.id}/members`)
  expect(JSON.stringify(body)).toContain('ann')
})

test('what one face says, edits and deletes stands on the other', async () => {
  using ear = await listen(server, ann.getToken())
  const said = await bob.say(room.id, 'from the native side')
  const heard = await ear.next('posted', (one) => inner(one.data.post).id === toWire(said.id))
  expect(inner(heard.data.post)).toMatchObject({ message: 'from the native side', channel_id: channel })
  const made = await post('from Mattermost')
  const native = await frames.until<Json>((frame) => JSON.stringify(frame).includes('from Mattermost'))
  expect(native.type).toBe('new_message')
  const { body } = await bob.get(`/api/rooms/${room.id}/messages?limit=10`)
  expect(body.messages.map((one: Json) => one.id)).toContain(fromWire(made.id))
  await ann.patchPost({ id: made.id, message: 'changed in Mattermost' } as Parameters<
    Client4['patchPost']
  >[0])
  await frames.until(
    (frame) => frame.type === 'message_updated' && JSON.stringify(frame).includes('changed in'),
  )
  await bob.patch(`/api/rooms/${room.id}/messages/${said.id}`, { content: 'changed natively' })
  const edited = await ear.next('post_edited', (one) => inner(one.data.post).id === toWire(said.id))
  expect(inner(edited.data.post).message).toBe('changed natively')
  await ann.deletePost(made.id)
  await frames.until((frame) => frame.type === 'message_deleted')
  await bob.delete(`/api/rooms/${room.id}/messages/${said.id}`)
  await ear.next('post_deleted', (one) => inner(one.data.post).id === toWire(said.id))
})

test('reactions and read marks are one thing', async () => {
  using ear = await listen(server, ann.getToken())
  const made = await post('react to me')
  const id = fromWire(made.id)!
  await ann.addReaction(annId, made.id, 'tada')
  await frames.until((frame) => frame.type === 'reaction_updated' && JSON.stringify(frame).includes('🎉'))
  await bob.say(room.id, 'unread for ann')
  const member = await ann.getMyChannelMember(channel)
  const { total_msg_count } = await ann.getChannel(channel)
  expect(total_msg_count - member.msg_count).toBe(1)
  await ann.viewMyChannel(channel)
  await ear.next('multiple_channels_viewed')
  expect((await ann.getMyChannelMember(channel)).msg_count).toBe(total_msg_count)
  const { body } = await bob.get(`/api/rooms/${room.id}/messages?limit=10`)
  expect(body.messages.find((one: Json) => one.id === id).reactions).toBeTruthy()
})

test('Open WebUI reads and writes the same channel', async () => {
  using ear = await listen(server, ann.getToken())
  const admin = (await server.core.users.byId(fromWire(annId)!))!
  await server.core.settings.set(actorFor(admin), { 'channels.enable': true })
  const signIn = await fetch(`${server.url}/api/v1/auths/signin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'ann@example.com', password: PASSWORD }),
  })
  expect(signIn.status).toBe(200)
  const { token } = (await signIn.json()) as Json
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const messages = `${server.url}/api/v1/channels/${room.id}/messages`
  const made = await post('for the third face')
  const list = (await (await fetch(messages, { headers })).json()) as Json
  expect(list.map((one: Json) => [one.id, one.content])).toContainEqual([
    fromWire(made.id),
    'for the third face',
  ])
  const sent = await fetch(`${messages}/post`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ content: 'from Open WebUI', parent_id: null, data: {}, meta: {} }),
  })
  expect(sent.status).toBe(200)
  const heard = await ear.next('posted', (one) => inner(one.data.post).message === 'from Open WebUI')
  const { id } = inner(heard.data.post)
  await frames.until(
    (frame) => frame.type === 'new_message' && JSON.stringify(frame).includes('from Open WebUI'),
  )
  await fetch(`${messages}/${fromWire(id)}/reactions/add`, {
    method: 'POST',
    headers,
    body: '{"name":"tada"}',
  })
  const reacted = await ear.next('reaction_added', (one) => inner(one.data.reaction).post_id === id)
  expect(inner(reacted.data.reaction)).toMatchObject({ user_id: annId, emoji_name: 'tada' })
  await fetch(`${messages}/${fromWire(id)}/update`, {
    method: 'POST',
    headers,
    body: '{"content":"edited there"}',
  })
  await ear.next('post_edited', (one) => inner(one.data.post).message === 'edited there')
  await fetch(`${messages}/${fromWire(id)}/delete`, { method: 'DELETE', headers })
  await ear.next('post_deleted', (one) => inner(one.data.post).id === id)
})

test('a quote reads as a preview, a native reply in a thread as a reply', async () => {
  const root = await post('the root')
  const quoted = await bob.say(room.id, 'I quote', { reply_to: fromWire(root.id) })
  const shown = await ann.getPost(toWire(quoted.id))
  expect(shown.metadata.embeds?.[0]).toMatchObject({ type: 'permalink', data: { post_id: root.id } })
})

test('@ai answers in the channel: a post that grows, then is final', async () => {
  using ear = await listen(server, ann.getToken())
  upstream.queue({ chunks: ['one ', 'two ', 'three'], stepped: true })
  const before = upstream.requests.length
  await post('@ai count')
  const request = await upstream.request(before)
  const began = await ear.next('posted', (one) => inner(one.data.post).props.from_bot === 'true')
  const answer = inner(began.data.post)
  expect(answer.message).toBe('…')
  expect(answer.props.attachments[0].actions[0]).toMatchObject({ name: 'Stop', type: 'button' })
  await request.step(2)
  const growing = await ear.next('post_edited', (one) => inner(one.data.post).message.startsWith('one two'))
  expect(inner(growing.data.post).id).toBe(answer.id)
  await request.finish()
  const last = await ear.next('post_edited', (one) => inner(one.data.post).message === 'one two three')
  expect(inner(last.data.post).update_at).toBeGreaterThan(inner(growing.data.post).update_at)
  expect(inner(last.data.post).props.attachments[0].footer).toContain('test-echo')
  expect((await ann.getPost(answer.id)).message).toBe('one two three')
})

test('models are offered when somebody types @', async () => {
  const { users } = await ann.autocompleteUsers('test-e', (await ann.getMyTeams())[0]!.id, channel)
  expect(users.map((user) => [user.username, user.is_bot])).toContainEqual(['test-echo', true])
})

test('the stop button stops the answer', async () => {
  using ear = await listen(server, ann.getToken())
  upstream.queue({ chunks: ['much ', 'more'], stepped: true })
  const before = upstream.requests.length
  await post('@ai tell me everything')
  const request = await upstream.request(before)
  const began = await ear.next('posted', (one) => inner(one.data.post).props.from_bot === 'true')
  await request.step(1)
  const { id, props } = inner(began.data.post)
  await ann.doPostActionWithCookie(id, props.attachments[0].actions[0].id, '')
  expect(await request.ended).toBe('aborted')
  await ear.next('post_edited', (one) =>
    String(inner(one.data.post).props.attachments?.[0]?.footer).includes('stopped'),
  )
})

test('/ai changes how models answer here', async () => {
  using ear = await listen(server, ann.getToken())
  const mine = await ann.createChannel({
    team_id: (await ann.getMyTeams())[0]!.id,
    name: 'ai-settings',
    display_name: 'AI settings',
    type: 'O',
  } as Parameters<Client4['createChannel']>[0])
  const run = (command: string) =>
    ann.executeCommand(command, { channel_id: mine.id, team_id: mine.team_id } as Parameters<
      Client4['executeCommand']
    >[1])
  await run('/ai respond always')
  await ear.next('ephemeral_message', (one) => inner(one.data.post).message.includes('always'))
  await ann.createPost({ channel_id: mine.id, message: 'no mention at all' } as Parameters<
    Client4['createPost']
  >[0])
  await ear.next('post_edited', (one) => inner(one.data.post).message.includes('You said'))
})

test('one account signs in on both faces, and is signed out of both', async () => {
  const carl = await Api.register(server.url, 'carl')
  const client = clientFor(server.url)
  await client.login('carl', 'correct horse 1')
  expect((await client.getMe()).username).toBe('carl')
  using ear = await listen(server, client.getToken())
  await client.revokeAllSessionsForUser(toWire(carl.user.id))
  await expect(client.getMe()).rejects.toMatchObject({ status_code: 401 })
  expect((await carl.get('/api/auth/me')).status).toBe(401)
  expect(ear.heard[0]?.event).toBe('hello')
})
