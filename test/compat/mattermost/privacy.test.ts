import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import { inner, type Listener, listen } from './listener.ts'
import { type Rig, signUp, startRig } from './rig.ts'

// Goal: nobody sees what they may not: by REST, socket, search, previews, threads, files, autocomplete.
// Method: a secret word in a private channel and in a direct one; an outsider asks everything there is.

const SECRET = 'xylophone-secret'

let rig: Rig
let owner: Client4
let eve: Client4
let eveId: string
let ownerId: string
let friendId: string
let team: string
let channel: string
let dm: string
let post: string
let file: string
let ear: Listener

beforeAll(async () => {
  rig = await startRig()
  ;({ client: owner, id: ownerId } = await signUp(rig, 'owner'))
  ;({ id: friendId } = await signUp(rig, 'friend'))
  ;({ client: eve, id: eveId } = await signUp(rig, 'eve'))
  ear = await listen(rig, eve.getToken())
  team = (await owner.getMyTeams())[0]!.id
  const made = await owner.createChannel({
    team_id: team,
    name: 'hidden-room',
    display_name: SECRET,
    header: SECRET,
    type: 'P',
  } as Parameters<Client4['createChannel']>[0])
  channel = made.id
  dm = (await owner.createDirectChannel([ownerId, friendId])).id
  const form = new FormData()
  form.append('channel_id', channel)
  form.append('files', new File([SECRET], `${SECRET}.txt`, { type: 'text/plain' }))
  file = (await owner.uploadFile(form, false)).file_infos[0]!.id
  const say = (channel_id: string, more = {}) =>
    owner.createPost({ channel_id, message: `${SECRET} @eve`, ...more } as Parameters<
      Client4['createPost']
    >[0])
  post = (await say(channel, { file_ids: [file] })).id
  await say(channel, { root_id: post })
  await say(dm)
  await owner.addReaction(ownerId, post, 'eyes')
  await owner.patchPost({ id: post, message: `${SECRET} edited` } as Parameters<Client4['patchPost']>[0])
  await owner.pinPost(post)
}, 60_000)
afterAll(async () => {
  ear[Symbol.dispose]()
  expect(rig.errors).toEqual([])
  await rig[Symbol.asyncDispose]()
})

async function asEve(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${rig.url}/api/v4${path}`, {
    method,
    headers: { Authorization: `Bearer ${eve.getToken()}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text() }
}

const reads: [string, () => [string, string, unknown?]][] = [
  ['the channel', () => ['GET', `/channels/${channel}`]],
  ['its name', () => ['GET', `/teams/${team}/channels/name/hidden-room`]],
  ['its members', () => ['GET', `/channels/${channel}/members`]],
  ['its numbers', () => ['GET', `/channels/${channel}/stats`]],
  ['its posts', () => ['GET', `/channels/${channel}/posts`]],
  ['its changes', () => ['GET', `/channels/${channel}/posts?since=1`]],
  ['its unread posts', () => ['GET', `/users/me/channels/${channel}/posts/unread?limit_after=10`]],
  ['its pins', () => ['GET', `/channels/${channel}/pinned`]],
  ['its people', () => ['GET', `/users?in_channel=${channel}`]],
  ['completion in it', () => ['GET', `/users/autocomplete?in_team=${team}&in_channel=${channel}&name=ow`]],
  ['the direct channel', () => ['GET', `/channels/${dm}`]],
  ['its posts', () => ['GET', `/channels/${dm}/posts`]],
  ['the post', () => ['GET', `/posts/${post}`]],
  ['its thread', () => ['GET', `/posts/${post}/thread`]],
  ['its history', () => ['GET', `/posts/${post}/edit_history`]],
  ['its files', () => ['GET', `/posts/${post}/files/info`]],
  ['its reactions', () => ['GET', `/posts/${post}/reactions`]],
  ['where it stands', () => ['GET', `/posts/${post}/info`]],
  ['the file', () => ['GET', `/files/${file}`]],
  ['the file by name', () => ['GET', `/files/${file}/info`]],
  ['a link to the file', () => ['GET', `/files/${file}/link`]],
  ['a reaction to it', () => ['POST', '/reactions', { user_id: eveId, post_id: post, emoji_name: 'eyes' }]],
  ['a pin of it', () => ['POST', `/posts/${post}/pin`]],
  ['a reply to it', () => ['POST', '/posts', { channel_id: channel, message: 'x', root_id: post }]],
  ['a change of it', () => ['PUT', `/posts/${post}/patch`, { message: 'x' }]],
  ['its deletion', () => ['DELETE', `/posts/${post}`]],
  ['following it', () => ['PUT', `/users/me/teams/${team}/threads/${post}/following`]],
  [
    'a reminder of it',
    () => ['POST', `/users/${eveId}/posts/${post}/reminder`, { target_time: 4_000_000_000 }],
  ],
  ['a draft in it', () => ['POST', '/drafts', { channel_id: channel, message: 'x' }]],
  ['a webhook into it', () => ['POST', '/hooks/incoming', { channel_id: channel }]],
  ['joining it', () => ['POST', `/channels/${channel}/members`, { user_id: eveId }]],
  ['typing in it', () => ['POST', `/users/me/typing`, { channel_id: channel }]],
  ['viewing it', () => ['POST', '/channels/members/me/view', { channel_id: channel }]],
]

test.each(reads)('%s is refused', async (_what, ask) => {
  const { status, text } = await asEve(...ask())
  expect([400, 403, 404, 501]).toContain(status)
  expect(text).not.toContain(SECRET)
  expect(JSON.parse(text).status_code).toBe(status)
})

const lists: [string, () => [string, string, unknown?]][] = [
  ['own channels', () => ['GET', '/users/me/channels']],
  ['channels to join', () => ['GET', `/teams/${team}/channels`]],
  ['archived channels', () => ['GET', `/teams/${team}/channels/deleted`]],
  ['channel completion', () => ['GET', `/teams/${team}/channels/autocomplete?name=hid`]],
  ['the switcher', () => ['POST', '/channels/search?system_console=false', { term: 'hidden' }]],
  ['channel search', () => ['POST', `/teams/${team}/channels/search`, { term: 'xylo' }]],
  ['post search', () => ['POST', `/teams/${team}/posts/search`, { terms: SECRET }]],
  ['post search by person', () => ['POST', '/posts/search', { terms: 'from:owner' }]],
  ['post search by channel', () => ['POST', '/posts/search', { terms: 'in:hidden-room' }]],
  ['file search', () => ['POST', '/files/search', { terms: 'xylophone' }]],
  ['posts by id', () => ['POST', '/posts/ids', [post]]],
  ['reactions by id', () => ['POST', '/posts/ids/reactions', [post]]],
  ['threads', () => ['GET', `/users/me/teams/${team}/threads`]],
  ['categories', () => ['GET', `/users/me/teams/${team}/channels/categories`]],
]

test.each(lists)('%s do not show it', async (_what, ask) => {
  const { status, text } = await asEve(...ask())
  expect(status).toBeLessThan(300)
  expect(text).not.toContain('xylophone')
  expect(text).not.toContain(post)
})

test('the saved posts of an outsider do not show it either', async () => {
  await eve.savePreferences(eveId, [{ user_id: eveId, category: 'flagged_post', name: post, value: 'true' }])
  expect((await asEve('GET', `/users/me/posts/flagged`)).text).not.toContain('xylophone')
})

test('a permalink shows its post only to who may read it', async () => {
  const square = (await owner.getAllTeamsChannels()).find((one) => one.name === 'town-square')!
  using own = await listen(rig, owner.getToken())
  const linking = await owner.createPost({
    channel_id: square.id,
    message: `look at ${rig.url}/main/pl/${post}`,
  } as Parameters<Client4['createPost']>[0])
  // On the socket of a reader it stands at once, and stays when the post is edited.
  const live = await own.next('posted', (one) => inner(one.data.post).id === linking.id)
  expect(inner(live.data.post).metadata).toMatchObject({ embeds: [{ type: 'permalink' }] })
  await owner.patchPost({ id: linking.id, message: `${linking.message} please` })
  const edited = await own.next('post_edited')
  expect(inner(edited.data.post).metadata).toMatchObject({ embeds: [{ type: 'permalink' }] })
  const seen = await owner.getPost(linking.id)
  expect(seen.metadata.embeds?.[0]).toMatchObject({ type: 'permalink', data: { post_id: post } })
  const shown = await asEve('GET', `/posts/${linking.id}`)
  expect(shown.status).toBe(200)
  expect(shown.text).not.toContain('xylophone')
  await owner.deletePost(linking.id)
})

test('the socket told the outsider nothing of it', async () => {
  const square = (await owner.getAllTeamsChannels()).find((one) => one.name === 'town-square')!
  await owner.createPost({ channel_id: square.id, message: 'marker' } as Parameters<Client4['createPost']>[0])
  await ear.next('posted', (one) => String(one.data.post).includes('marker'))
  // Her own preference names the post that she tried to save.
  const all = JSON.stringify(ear.heard.filter((one) => one.event !== 'preferences_changed'))
  for (const word of ['xylophone', channel, dm]) expect(all).not.toContain(word)
  expect(all.replaceAll(`/pl/${post}`, '')).not.toContain(post)
})

test('passwords, sessions and tokens of others stay theirs', async () => {
  for (const path of [
    `/users/${ownerId}/sessions`,
    `/users/${ownerId}/tokens`,
    `/users/${ownerId}/preferences`,
    `/users/${ownerId}/audits`,
    '/audits',
    '/config',
    '/bots/x',
  ]) {
    const { status } = await asEve('GET', path)
    expect([path, status]).toEqual([path, path.endsWith('/x') ? 400 : 403])
  }
  const { text } = await asEve('GET', `/users/${ownerId}`)
  expect(text).not.toContain('notify_props')
  expect(text).not.toContain('password')
})

test('a cookie alone changes nothing', async () => {
  const send = (headers: Record<string, string>) =>
    fetch(`${rig.url}/api/v4/users/me/patch`, {
      method: 'PUT',
      headers: { Cookie: `MMAUTHTOKEN=${eve.getToken()}`, ...headers },
      body: '{"nickname":"forged"}',
    })
  expect((await send({})).status).toBe(401)
  expect((await send({ 'X-CSRF-Token': 'guess' })).status).toBe(401)
  expect((await send({ 'X-Requested-With': 'XMLHttpRequest' })).status).toBe(200)
})
