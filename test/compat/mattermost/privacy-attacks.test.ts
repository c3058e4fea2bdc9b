import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import { TINY_PNG } from '../../support/test-images.ts'
import { type Listener, listen } from './listener.ts'
import { clientFor, PASSWORD, type Rig, signUp, startRig } from './rig.ts'

// Goal: who was in a channel and is no longer sees nothing new of it; ids that one happens to know open nothing; what
// is another's own (drafts, marks, uploads, read times) stays theirs. privacy.test.ts asks as one who never was inside.

const SECRET = 'rhododendron-secret'

type New<M extends keyof Client4> = Client4[M] extends (first: infer T) => unknown ? T : never

let rig: Rig
let owner: Client4
let ownerId: string
let mate: Client4
let mateId: string
let eve: Client4
let eveId: string
let team: string
let square: string
let hidden: string
let dm: string
let group: string
let root: string
let file: string
let ear: Listener

async function as(client: Client4, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${rig.url}/api/v4${path}`, {
    method,
    headers: { authorization: `Bearer ${client.getToken()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text() }
}
const say = (client: Client4, channel_id: string, message: string, more = {}) =>
  client.createPost({ channel_id, message, ...more } as New<'createPost'>)
async function upload(client: Client4, channel_id: string, name: string) {
  const form = new FormData()
  form.append('channel_id', channel_id)
  form.append('files', new File([TINY_PNG], name, { type: 'image/png' }))
  return (await client.uploadFile(form, false)).file_infos[0]!.id
}

beforeAll(async () => {
  rig = await startRig()
  await signUp(rig, 'admin')
  ;({ client: owner, id: ownerId } = await signUp(rig, 'owner'))
  ;({ client: mate, id: mateId } = await signUp(rig, 'mate'))
  ;({ client: eve, id: eveId } = await signUp(rig, 'eve'))
  team = (await owner.getMyTeams())[0]!.id
  square = (await owner.getAllTeamsChannels()).find((one) => one.name === 'town-square')!.id
  const made = { team_id: team, name: 'left-room', display_name: 'Left', type: 'P' }
  hidden = (await owner.createChannel(made as New<'createChannel'>)).id
  await owner.addToChannel(eveId, hidden)
  await owner.addToChannel(mateId, hidden)
  dm = (await owner.createDirectChannel([ownerId, mateId])).id
  const { id: otherId } = await signUp(rig, 'other')
  group = (await owner.createGroupChannel([ownerId, mateId, otherId])).id
  file = await upload(owner, hidden, `${SECRET}.png`)
  root = (await say(owner, hidden, 'before', { file_ids: [file] })).id
  await say(eve, hidden, 'I follow this', { root_id: root })
  await eve.savePreferences(eveId, [{ user_id: eveId, category: 'flagged_post', name: root, value: 'true' }])
  ear = await listen(rig, eve.getToken())
  await owner.removeFromChannel(eveId, hidden)
  await ear.next('user_removed')
  ear.heard.length = 0
  await say(owner, hidden, `${SECRET} @eve @channel`)
  const reply = await say(owner, hidden, `${SECRET} @eve`, { root_id: root })
  await owner.addReaction(ownerId, root, 'eyes')
  await owner.patchPost({ id: root, message: `${SECRET} before` } as New<'patchPost'>)
  await owner.pinPost(root)
  await owner.deletePost(reply.id)
  await say(owner, dm, `${SECRET} @eve`)
  await say(owner, group, `${SECRET} @eve`)
}, 60_000)
afterAll(async () => {
  ear[Symbol.dispose]()
  expect(rig.errors).toEqual([])
  await rig[Symbol.asyncDispose]()
})

test('who was removed hears no more of it', async () => {
  await say(owner, square, 'marker')
  await ear.next('posted', (one) => String(one.data.post).includes('marker'))
  const all = JSON.stringify(ear.heard)
  for (const word of ['rhododendron', hidden, root, dm, group]) expect(all).not.toContain(word)
})

test.each([
  ['own threads', () => ['GET', `/users/me/teams/${team}/threads?extended=true`]],
  ['saved posts', () => ['GET', '/users/me/posts/flagged']],
  ['own channels', () => ['GET', '/users/me/channels']],
  ['own memberships', () => ['GET', '/users/me/channel_members']],
  ['posts by id', () => ['POST', '/posts/ids', [root]]],
  ['search', () => ['POST', `/teams/${team}/posts/search`, { terms: 'rhododendron' }]],
  ['search by mention', () => ['POST', `/teams/${team}/posts/search`, { terms: '@eve eve', is_or_search: true }]],
  ['file search', () => ['POST', `/teams/${team}/files/search`, { terms: 'rhododendron' }]],
  ['people of groups', () => ['POST', '/users/group_channels', [group]]],
  ['group search', () => ['POST', '/channels/group/search', { term: 'owner' }]],
  ['numbers of members', () => ['POST', '/channels/stats/member_count', [hidden, dm]]],
  ['channels by id', () => ['POST', `/teams/${team}/channels/ids`, [hidden]]],
  ['completion', () => ['GET', `/teams/${team}/channels/search_autocomplete?name=left`]],
  ['marking read', () => ['POST', '/channels/members/me/mark_read', [hidden, dm]]],
  ['recent mentions', () => ['GET', `/users/me/teams/unread?include_collapsed_threads=true`]],
] as [string, () => [string, string, unknown?]][])('%s show nothing of it any more', async (_what, ask) => {
  const { status, text } = await as(eve, ...ask())
  // A list of ids may be refused as a whole.
  expect([200, 201, 403, 404]).toContain(status)
  for (const word of ['rhododendron', root, hidden, dm, group]) expect(text).not.toContain(word)
})

test('no unread mention is left of it', async () => {
  const { text } = await as(eve, 'GET', `/users/me/teams/${team}/threads?totalsOnly=true`)
  expect(JSON.parse(text)).toMatchObject({ total: 0, total_unread_threads: 0, total_unread_mentions: 0 })
})

test.each([
  ['the thread', () => ['GET', `/users/me/teams/${team}/threads/${root}`]],
  ['reading the thread', () => ['PUT', `/users/me/teams/${team}/threads/${root}/read/1`]],
  ['marking it unread', () => ['POST', `/users/me/posts/${root}/set_unread`, {}]],
  ['its thumbnail', () => ['GET', `/files/${file}/thumbnail`]],
  ['its preview', () => ['GET', `/files/${file}/preview`]],
  ['its members', () => ['POST', `/channels/${hidden}/members/ids`, [ownerId]]],
  ['its time zones', () => ['GET', `/channels/${hidden}/timezones`]],
  ['own unread in it', () => ['GET', `/users/me/channels/${hidden}/unread`]],
  ['a press of a button', () => ['POST', `/posts/${root}/actions/any`, {}]],
  ['a forged button', () => ['POST', `/posts/${root}/actions/any`, { cookie: btoa('{"post_id":"x"}') }]],
  ['a command in it', () => ['POST', '/commands/execute', { channel_id: hidden, command: '/shrug' }]],
  ['joining it by command', () => ['POST', '/commands/execute', { channel_id: square, command: '/join left-room' }]],
  ['an upload into it', () => ['POST', '/uploads', { channel_id: hidden, filename: 'a', file_size: 3 }]],
  ["others' conversation", () => ['POST', '/channels/direct', [ownerId, mateId]]],
  ["another's channels", () => ['GET', `/users/${ownerId}/channels`]],
  ["another's memberships", () => ['GET', `/users/${ownerId}/channel_members`]],
  ["another's team channels", () => ['GET', `/users/${ownerId}/teams/${team}/channels`]],
  ["another's marks", () => ['GET', `/users/${ownerId}/teams/${team}/channels/members`]],
  ["another's threads", () => ['GET', `/users/${ownerId}/teams/${team}/threads`]],
  ["another's saved posts", () => ['GET', `/users/${ownerId}/posts/flagged`]],
  ["another's drafts", () => ['GET', `/users/${ownerId}/teams/${team}/drafts`]],
  ["another's categories", () => ['GET', `/users/${ownerId}/teams/${team}/channels/categories`]],
  ["another's uploads", () => ['GET', `/users/${ownerId}/uploads`]],
  ["another's unreads", () => ['GET', `/users/${ownerId}/teams/unread`]],
  ["another's theme", () => ['GET', `/users/${ownerId}/preferences/theme`]],
  ["another's status", () => ['PUT', `/users/${ownerId}/status`, { user_id: ownerId, status: 'away' }]],
  ['typing for another', () => ['POST', `/users/${ownerId}/typing`, { channel_id: square }]],
  ['a reaction for another', () => ['POST', '/reactions', { user_id: ownerId, post_id: root, emoji_name: 'x' }]],
] as [string, () => [string, string, unknown?]][])('%s is refused', async (_what, ask) => {
  const { status, text } = await as(eve, ...ask())
  expect([400, 403, 404, 501]).toContain(status)
  expect(text).not.toContain('rhododendron')
})

test("another's file cannot be taken along into a post of one's own", async () => {
  const loose = await upload(owner, square, 'not-posted-yet.png')
  for (const id of [file, loose]) {
    const { status, text } = await as(eve, 'POST', '/posts', {
      channel_id: square,
      message: 'look',
      file_ids: [id],
    })
    if (status === 201) expect(JSON.parse(text).file_ids ?? []).not.toContain(id)
    expect(text).not.toContain('rhododendron')
  }
  expect((await as(eve, 'GET', `/files/${loose}`)).status).toBeGreaterThanOrEqual(403)
})

test("another's upload cannot be read or gone on with", async () => {
  const { text } = await as(owner, 'POST', '/uploads', { channel_id: square, filename: 'a.txt', file_size: 3 })
  const { id } = JSON.parse(text) as { id: string }
  expect((await as(eve, 'GET', `/uploads/${id}`)).status).toBeGreaterThanOrEqual(403)
  expect((await as(eve, 'POST', `/uploads/${id}`, 'x')).status).toBeGreaterThanOrEqual(403)
})

test('a linked post is shown in no list to who may not read it', async () => {
  const linking = await say(owner, square, `see ${rig.url}/main/pl/${root} azalea`)
  await say(owner, square, 'a reply', { root_id: linking.id })
  await owner.pinPost(linking.id)
  for (const [method, path, body] of [
    ['GET', `/channels/${square}/posts`],
    ['GET', `/channels/${square}/posts?since=1`],
    ['GET', `/channels/${square}/pinned`],
    ['GET', `/posts/${linking.id}/thread`],
    ['POST', '/posts/ids', [linking.id]],
    ['POST', `/teams/${team}/posts/search`, { terms: 'azalea' }],
    ['GET', `/users/me/channels/${square}/posts/unread?limit_after=10`],
  ] as [string, string, unknown?][]) {
    const { status, text } = await as(eve, method, path, body)
    expect([path, status]).toEqual([path, 200])
    expect(text).toContain('azalea')
    expect(text).not.toContain('rhododendron')
  }
})

test('when others last looked is theirs to know', async () => {
  await say(owner, square, 'look')
  await mate.viewMyChannel(square)
  for (const path of [`/channels/${square}/members`, `/channels/${square}/members/${mateId}`]) {
    const { text } = await as(eve, 'GET', path)
    const all = [JSON.parse(text)].flat() as Record<string, unknown>[]
    const shown = all.find((one) => one['user_id'] === mateId)!
    expect([path, shown['last_viewed_at'], shown['last_update_at']]).toEqual([path, -1, -1])
  }
})

test('an invite-only team is unknown to who is not in it', async () => {
  const made = { name: 'closed', display_name: SECRET, type: 'I' }
  const closed = await owner.createTeam(made as New<'createTeam'>)
  for (const [method, path, body] of [
    ['GET', `/teams/${closed.id}`],
    ['GET', '/teams/name/closed'],
    ['GET', `/teams/${closed.id}/members`],
    ['GET', `/teams/${closed.id}/members/${ownerId}`],
    ['GET', `/teams/${closed.id}/stats`],
    ['GET', `/teams/${closed.id}/channels`],
    ['GET', `/teams/${closed.id}/image`],
    ['GET', `/users?in_team=${closed.id}`],
    ['GET', `/users/autocomplete?in_team=${closed.id}&name=o`],
    ['POST', '/users/search', { term: 'o', team_id: closed.id }],
    ['POST', `/teams/${closed.id}/members`, { team_id: closed.id, user_id: eveId }],
    ['POST', `/teams/${closed.id}/invite/email`, ['a@example.com']],
    ['POST', '/commands', { team_id: closed.id, trigger: 'x', url: 'https://example.com', method: 'P' }],
  ] as [string, string, unknown?][]) {
    const { status, text } = await as(eve, method, path, body)
    expect([path, status >= 400 && status < 500]).toEqual([path, true])
    expect(text).not.toContain('rhododendron')
  }
  for (const [method, path, body] of [
    ['GET', '/teams'],
    ['POST', '/teams/search', { term: 'closed' }],
    ['GET', `/users/${eveId}/teams`],
  ] as [string, string, unknown?][]) {
    const { text } = await as(eve, method, path, body)
    expect([path, text.includes(closed.id)]).toEqual([path, false])
  }
})

test("a webhook posts nowhere that its maker may not", async () => {
  const { client: admin } = { client: await adminClient() }
  const hook = await admin.createIncomingWebhook({ channel_id: square } as New<'createIncomingWebhook'>)
  for (const channel of ['left-room', '@eve', '#left-room']) {
    const answer = await fetch(`${rig.url}/hooks/${hook.id}`, {
      method: 'POST',
      body: JSON.stringify({ text: 'from outside', channel }),
    })
    if (channel.includes('left-room')) expect(answer.status).toBeGreaterThanOrEqual(400)
  }
  expect((await as(owner, 'GET', `/channels/${hidden}/posts`)).text).not.toContain('from outside')
})

async function adminClient(): Promise<Client4> {
  const client = clientFor(rig.url)
  await client.login('admin', PASSWORD)
  return client
}
