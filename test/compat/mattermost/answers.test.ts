import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import { type Rig, signUp, startRig } from './rig.ts'

// Goal: answers that Mattermost's own Go client expects to the letter: tags of what it holds, refusals of what
// would otherwise be dropped without a word, fields that are absent rather than empty.

let rig: Rig
let admin: Client4
let adminId: string
let bob: Client4
let bobId: string
let team: string
let channel: string
let post: string

beforeAll(async () => {
  rig = await startRig()
  ;({ client: admin, id: adminId } = await signUp(rig, 'admin'))
  ;({ client: bob, id: bobId } = await signUp(rig, 'bob'))
  team = (await bob.getMyTeams())[0]!.id
  channel = (await newChannel('O')).id
  post = (await bob.createPost({ channel_id: channel, message: 'hello' } as never)).id
}, 60_000)
afterAll(async () => {
  expect(rig.errors).toEqual([])
  await rig[Symbol.asyncDispose]()
})

let made = 0
const newChannel = (type: 'O' | 'P') =>
  bob.createChannel({ team_id: team, name: `room-${++made}`, display_name: `Room ${made}`, type } as never)

function ask(client: Client4, method: string, path: string, body?: unknown, headers = {}): Promise<Response> {
  return fetch(`${rig.url}/api/v4${path}`, {
    method,
    headers: { authorization: `Bearer ${client.getToken()}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

test.each([
  ['a person', () => `/users/${adminId}`],
  ['a person by name', () => '/users/username/admin'],
  ['people', () => `/users?in_team=${team}`],
  ['own channels', () => `/users/me/teams/${team}/channels`],
  ['a post', () => `/posts/${post}`],
  ['the files of a post', () => `/posts/${post}/files/info`],
  ['a thread', () => `/posts/${post}/thread`],
  ['pinned posts', () => `/channels/${channel}/pinned`],
  ['a page of posts', () => `/channels/${channel}/posts`],
  ['posts around the unread', () => `/users/me/channels/${channel}/posts/unread`],
])('%s has a tag, and is not sent twice', async (_what, path) => {
  const first = await ask(bob, 'GET', path())
  const tag = first.headers.get('etag') ?? ''
  expect([first.status, tag.length > 4]).toEqual([200, true])
  const again = await ask(bob, 'GET', path(), undefined, { 'if-none-match': tag })
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag])
  const other = await ask(bob, 'GET', path(), undefined, { 'if-none-match': '"other"' })
  expect(other.status).toBe(200)
})

test('the tag of a picture is the time it was set, as a bare number', async () => {
  const before = await ask(bob, 'GET', `/users/${bobId}/image`)
  expect([before.status, before.headers.get('etag')]).toEqual([200, '0'])
  const again = await ask(bob, 'GET', `/users/${bobId}/image`, undefined, { 'if-none-match': '0' })
  expect(again.status).toBe(304)
})

test('a change changes the tag', async () => {
  const before = (await ask(bob, 'GET', `/channels/${channel}/posts`)).headers.get('etag')
  await bob.createPost({ channel_id: channel, message: 'more' } as never)
  const after = (await ask(bob, 'GET', `/channels/${channel}/posts`)).headers.get('etag')
  expect(after).not.toBe(before)
})

test.each([
  ['nobody asked for', 'POST', '/users/ids', () => [], 400, 'api.context.invalid_body_param.app_error'],
  ['an empty search', 'POST', '/users/search', () => ({ term: '' }), 400, undefined],
  [
    'a wrong password',
    'PUT',
    '/users/me/password',
    () => ({ current_password: 'wrong horse 1', new_password: 'correct horse 2' }),
    400,
    'api.user.update_password.incorrect.app_error',
  ],
  [
    'a reply to what is not there',
    'POST',
    '/posts',
    () => ({ channel_id: channel, message: 'x', root_id: bobId }),
    400,
    'api.post.create_post.root_id.app_error',
  ],
] as [string, string, string, () => unknown, number, string | undefined][])(
  'refuses %s',
  async (_what, method, path, body, status, id) => {
    const answer = await ask(bob, method, path, body())
    const told = (await answer.json()) as { id: string; status_code: number }
    expect([answer.status, told.status_code]).toEqual([status, status])
    if (id) expect(told.id).toBe(id)
  },
)

test.each([
  ['junk', 400],
  ['system_user system_manager', 501],
  ['system_user', 200],
])('the roles %j of a person', async (roles, status) => {
  expect((await ask(admin, 'PUT', `/users/${bobId}/roles`, { roles })).status).toBe(status)
})

test('what is empty is absent', async () => {
  const me = (await (await ask(bob, 'GET', '/users/me')).json()) as Record<string, unknown>
  expect(me).not.toHaveProperty('props')
  const shown = (await (await ask(bob, 'GET', `/posts/${post}`)).json()) as Record<string, unknown>
  expect(shown).not.toHaveProperty('has_reactions')
  await bob.addReaction(bobId, post, 'eyes')
  const reacted = (await (await ask(bob, 'GET', `/posts/${post}`)).json()) as Record<string, unknown>
  expect(reacted['has_reactions']).toBe(true)
})

test('an administrator brings people into public channels from outside, and not into private ones', async () => {
  const { id: danId } = await signUp(rig, 'dan')
  const add = (id: string) => ask(admin, 'POST', `/channels/${id}/members`, { user_id: danId })
  expect((await add((await newChannel('O')).id)).status).toBe(201)
  expect((await add((await newChannel('P')).id)).status).toBe(404)
})
