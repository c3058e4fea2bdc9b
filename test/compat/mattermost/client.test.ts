import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import { actorFor } from '../../../src/core/mattermost/hooks.ts'
import { fromWire } from '../../../src/faces/mattermost/ids.ts'
import { eventually } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import { openFixture } from '../../support/database.ts'
import { inner, listen } from './listener.ts'
import { type Rig, signUp, startRig } from './rig.ts'

// Goal: the official client boots, talks and hears, as the web app does it (mattermost-boot.md B to E).
// Method: Client4 and WebSocketClient from npm against a server of ours, on each database.
bothDialects('the official client', (fixture) => {
  let rig: Rig
  let alice: Client4
  let bob: Client4
  let aliceId: string
  let bobId: string
  let teamId: string

  beforeAll(async () => {
    rig = await startRig({ database: await openFixture(fixture) })
    ;({ client: alice, id: aliceId } = await signUp(rig, 'alice'))
    ;({ client: bob, id: bobId } = await signUp(rig, 'bob'))
    teamId = (await alice.getMyTeams())[0]!.id
  }, 60_000)
  afterAll(async () => {
    expect(rig.errors).toEqual([])
    await rig[Symbol.asyncDispose]()
  })

  async function channel(name: string) {
    const made = await alice.createChannel({
      team_id: teamId,
      name,
      display_name: name,
      type: 'O',
    } as Parameters<Client4['createChannel']>[0])
    await alice.addToChannel(bobId, made.id)
    return made
  }

  async function post(client: Client4, channelId: string, message: string, rootId = '') {
    return client.createPost({ channel_id: channelId, message, root_id: rootId } as Parameters<
      Client4['createPost']
    >[0])
  }

  test('who is in an archived channel is told so still, and of nothing unread there', async () => {
    const { id } = await channel('put-away')
    await post(alice, id, '@bob look')
    await alice.deleteChannel(id)
    const memberships = await bob.getMyChannelMembers(teamId)
    expect(memberships.map(({ channel_id }) => channel_id)).toContain(id)
    expect((await bob.getMyTeamUnreads(true)).map(({ mention_count }) => mention_count)).toEqual([0])
    await alice.unarchiveChannel(id)
    expect((await bob.getMyTeamUnreads(true)).map(({ mention_count }) => mention_count)).toEqual([1])
    await bob.viewMyChannel(id)
  })

  test('the first account is administrator, the second is not', async () => {
    expect((await alice.getMe()).roles).toBe('system_admin system_user')
    expect((await bob.getMe()).roles).toBe('system_user')
    expect((await alice.getClientConfig()).NoAccounts).toBe('false')
  })

  test('the web app boots', async () => {
    const [config, licence, me, preferences, teams, memberships] = await Promise.all([
      bob.getClientConfig(),
      bob.getClientLicenseOld(),
      bob.getMe(),
      bob.getMyPreferences(),
      bob.getMyTeams(),
      bob.getMyTeamMembers(),
    ])
    expect(config).toMatchObject({ Version: '11.6.0', CollapsedThreads: 'always_on' })
    expect(config.DiagnosticId).toMatch(/^[a-z0-9]{26}$/)
    expect(licence).toEqual({ IsLicensed: 'false' })
    expect(me.id).toBe(bobId)
    expect(Array.isArray(preferences)).toBe(true)
    expect(memberships.map((one) => one.team_id)).toEqual(teams.map((one) => one.id))
    const [channels, members, categories, roles] = await Promise.all([
      bob.getAllTeamsChannels(),
      bob.getAllChannelsMembers(bobId),
      bob.getChannelCategories(bobId, teamId),
      bob.getRolesByNames(['system_user', 'team_user', 'channel_user', 'nonsense']),
    ])
    expect(channels.map((one) => one.name)).toContain('town-square')
    expect(new Set(members.map((one) => one.channel_id))).toEqual(new Set(channels.map((one) => one.id)))
    expect(categories.order).toHaveLength(3)
    const placed = categories.categories.flatMap((one) => one.channel_ids)
    expect(placed.toSorted()).toEqual(channels.map((one) => one.id).toSorted())
    expect(roles.map((one) => one.name)).toEqual(['system_user', 'team_user', 'channel_user'])
    expect((await bob.getMyTeamUnreads(true))[0]).toMatchObject({
      team_id: teamId,
      msg_count: expect.any(Number),
    })
  })

  test('a post is heard by everybody once, with its pending id and in order', async () => {
    const room = await channel('posting')
    using ear = await listen(rig, bob.getToken())
    using own = await listen(rig, alice.getToken())
    const pending = `${aliceId}:${Date.now()}`
    const sent = {
      channel_id: room.id,
      message: 'hello **bob** #greeting',
      pending_post_id: pending,
      create_at: 0,
    }
    const made = await alice.createPost(sent as Parameters<Client4['createPost']>[0])
    const again = await alice.createPost(sent as Parameters<Client4['createPost']>[0])
    expect(again.id).toBe(made.id)
    expect(made).toMatchObject({
      message: sent.message,
      pending_post_id: pending,
      hashtags: '#greeting',
      props: {},
    })
    const heard = await ear.next('posted', (one) => inner(one.data.post).id === made.id)
    expect(heard.data).toMatchObject({
      channel_type: 'O',
      channel_name: 'posting',
      sender_name: '@alice',
      team_id: teamId,
    })
    expect(heard.broadcast.channel_id).toBe(room.id)
    expect(heard.data.mentions).toBeUndefined()
    const echo = await own.next('posted', (one) => inner(one.data.post).id === made.id)
    expect(inner(echo.data.post).pending_post_id).toBe(pending)
    await post(alice, room.id, 'hey @bob')
    const called = await ear.next('posted', (one) => String(one.data.post).includes('hey @bob'))
    expect(called.data.mentions).toBe(JSON.stringify([bobId]))
    expect(ear.heard.map((one) => one.seq)).toEqual(ear.heard.map((_, index) => index))
    const list = await bob.getPosts(room.id, 0, 60)
    expect(list.posts[made.id]).toMatchObject({ message: sent.message, pending_post_id: '' })
    expect(list.order[0]).not.toBe(made.id)
  })

  test('edit, pin, react, delete reach others', async () => {
    const room = await channel('changes')
    using ear = await listen(rig, bob.getToken())
    const made = await post(alice, room.id, 'first')
    await alice.patchPost({ id: made.id, message: 'second' } as Parameters<Client4['patchPost']>[0])
    const edited = await ear.next('post_edited')
    expect(inner(edited.data.post)).toMatchObject({ id: made.id, message: 'second' })
    expect(inner(edited.data.post).edit_at).toBeGreaterThan(0)
    const history = await alice.getPostEditHistory(made.id)
    expect(history.map((one) => [one.original_id, one.message])).toEqual([[made.id, 'first']])
    await bob.pinPost(made.id)
    await ear.next('post_edited', (one) => inner(one.data.post).is_pinned === true)
    expect((await alice.getPinnedPosts(room.id)).order).toEqual([made.id])
    await bob.addReaction(bobId, made.id, '+1')
    const reacted = await ear.next('reaction_added')
    expect(inner(reacted.data.reaction)).toMatchObject({ user_id: bobId, post_id: made.id, emoji_name: '+1' })
    expect((await alice.getPost(made.id)).metadata.reactions).toHaveLength(1)
    await bob.removeReaction(bobId, made.id, '+1')
    await ear.next('reaction_removed')
    await alice.deletePost(made.id)
    const gone = await ear.next('post_deleted')
    expect(inner(gone.data.post).delete_at).toBeGreaterThan(0)
    expect(gone.data.delete_by).toBeUndefined()
    expect((await bob.getPosts(room.id)).order).not.toContain(made.id)
  })

  test('threads count, notify followers, and are read', async () => {
    const room = await channel('threads')
    using ear = await listen(rig, alice.getToken())
    const root = await post(alice, room.id, 'root')
    const reply = await post(bob, room.id, 'reply one', root.id)
    const heard = await ear.next('posted', (one) => inner(one.data.post).id === reply.id)
    expect(heard.data.followers).toBe(JSON.stringify([aliceId]))
    // The web app counts a thread's replies by what the reply says, live and on every page.
    expect([reply.reply_count, inner(heard.data.post).reply_count]).toEqual([1, 1])
    const updated = await ear.next('thread_updated')
    expect(inner(updated.data.thread)).toMatchObject({ id: root.id, reply_count: 1, unread_replies: 1 })
    expect(
      inner(inner(updated.data.thread).post ? JSON.stringify(inner(updated.data.thread).post) : '{}').id,
    ).toBe(root.id)
    const threads = await alice.getUserThreads(aliceId, teamId, { extended: true })
    expect(threads).toMatchObject({ total: 1, total_unread_threads: 1 })
    expect(threads.threads[0]).toMatchObject({ id: root.id, reply_count: 1 })
    const collapsed = await alice.getPosts(room.id, 0, 60, true, true, true)
    expect(collapsed.order[0]).toBe(root.id)
    expect(collapsed.posts[root.id]).toMatchObject({ reply_count: 1, is_following: true })
    expect(collapsed.posts[reply.id]).toBeUndefined()
    const thread = await alice.getPostThread(root.id, false, true)
    expect(thread.posts[reply.id]!.reply_count).toBe(1)
    expect((await alice.getPosts(room.id, 0, 60, false, false)).posts[reply.id]!.reply_count).toBe(1)
    expect((await alice.getPostsByIds([reply.id]))[0]!.reply_count).toBe(1)
    expect(Object.keys(thread.posts).toSorted()).toEqual([root.id, reply.id].toSorted())
    await alice.updateThreadReadForUser(aliceId, teamId, root.id, Date.now())
    const read = await ear.next('thread_read_changed')
    expect(read.data).toMatchObject({ thread_id: root.id, unread_replies: 0, previous_unread_replies: 1 })
    expect((await alice.getUserThreads(aliceId, teamId, {})).total_unread_threads).toBe(0)
    await alice.updateThreadFollowForUser(aliceId, teamId, root.id, false)
    expect((await ear.next('thread_follow_changed')).data).toMatchObject({ thread_id: root.id, state: false })
  })

  test('who replies follows the thread and is told so', async () => {
    const room = await channel('replies')
    const root = await post(alice, room.id, 'root')
    using ear = await listen(rig, bob.getToken())
    await post(bob, room.id, 'reply', root.id)
    const { data } = await ear.next('thread_updated')
    expect(inner(data.thread)).toMatchObject({ id: root.id, reply_count: 1, unread_replies: 0 })
    expect(data).toMatchObject({ previous_unread_replies: 0, previous_unread_mentions: 0 })
  })

  test('unread counts fall when the channel is viewed, and come back', async () => {
    const room = await channel('unread')
    const first = await post(alice, room.id, 'one')
    await post(alice, room.id, 'two @bob')
    const before = await bob.getMyChannelMember(room.id)
    const total = (await bob.getChannel(room.id)).total_msg_count
    expect(total - before.msg_count).toBeGreaterThanOrEqual(2)
    expect(before.mention_count).toBe(1)
    using ear = await listen(rig, bob.getToken())
    await bob.viewMyChannel(room.id)
    const viewed = await ear.next('multiple_channels_viewed')
    expect(Object.keys(viewed.data.channel_times)).toEqual([room.id])
    expect(await bob.getMyChannelMember(room.id)).toMatchObject({ msg_count: total, mention_count: 0 })
    const unread = await bob.markPostAsUnread(bobId, first.id)
    expect(unread).toMatchObject({ channel_id: room.id, mention_count: 1 } as Partial<typeof unread>)
    const told = await ear.next('post_unread')
    expect(told.data).toMatchObject({ post_id: first.id, mention_count: 1 })
    const around = await bob.getPostsUnread(room.id, bobId, 30, 30, true)
    expect(around.order).toContain(first.id)
  })

  test('a keyword calls as a name does', async () => {
    const room = await channel('keywords')
    const props = { ...(await bob.getMe()).notify_props, mention_keys: 'pineapple' }
    await bob.patchMe({ notify_props: props } as Parameters<Client4['patchMe']>[0])
    using ear = await listen(rig, bob.getToken())
    // Keywords are read again now and then, not at each message.
    await eventually(async () => {
      await post(alice, room.id, 'a Pineapple, please')
      return (await bob.getMyChannelMember(room.id)).mention_count > 0
    }, 20_000)
    const heard = await ear.next('posted', (one) => one.data.mentions !== undefined)
    expect(heard.data.mentions).toBe(JSON.stringify([bobId]))
  }, 30_000)

  test('direct messages are born, named and heard', async () => {
    using ear = await listen(rig, bob.getToken())
    const dm = await alice.createDirectChannel([aliceId, bobId])
    expect(dm).toMatchObject({ type: 'D', team_id: '', name: [aliceId, bobId].toSorted().join('__') })
    expect((await ear.next('direct_added')).broadcast.channel_id).toBe(dm.id)
    await post(alice, dm.id, 'psst')
    const heard = await ear.next('posted', (one) => one.broadcast.channel_id === dm.id)
    expect(heard.data).toMatchObject({ channel_type: 'D', channel_display_name: '@alice', team_id: '' })
    expect(heard.data.mentions).toBe(JSON.stringify([bobId]))
    expect((await bob.getMyChannelMember(dm.id)).mention_count).toBe(1)
    const closed = { user_id: bobId, category: 'direct_channel_show', name: aliceId, value: 'false' }
    await bob.savePreferences(bobId, [closed])
    const member = await rig.core.members.get(
      actorFor((await rig.core.users.byId(fromWire(bobId)!))!),
      fromWire(dm.id)!,
      fromWire(bobId)!,
    )
    expect(member?.hidden).toBe(true)
  })

  test('who leaves a private channel hears nothing more of it', async () => {
    const made = await alice.createChannel({
      team_id: teamId,
      name: 'secret',
      display_name: 'Secret',
      type: 'P',
    } as Parameters<Client4['createChannel']>[0])
    await expect(bob.getChannel(made.id)).rejects.toMatchObject({ status_code: 404 })
    using ear = await listen(rig, bob.getToken())
    await alice.addToChannel(bobId, made.id)
    await ear.next('user_added', (one) => one.broadcast.channel_id === made.id)
    await post(alice, made.id, 'in')
    await ear.next('posted', (one) => one.broadcast.channel_id === made.id)
    await alice.removeFromChannel(bobId, made.id)
    await ear.next('user_removed', (one) => one.data.channel_id === made.id)
    await post(alice, made.id, 'out')
    const square = (await bob.getAllTeamsChannels()).find((one) => one.name === 'town-square')!
    await post(alice, square.id, 'marker')
    await ear.next('posted', (one) => String(one.data.post).includes('marker'))
    expect(ear.heard.filter((one) => String(one.data.post).includes('"out"'))).toEqual([])
    await expect(bob.getPosts(made.id)).rejects.toMatchObject({ status_code: 404 })
  })

  test('coming, going and changes are told in the channel', async () => {
    const room = await channel('notices')
    await bob.removeFromChannel(bobId, room.id)
    await bob.addToChannel(bobId, room.id)
    await alice.patchChannel(room.id, { header: 'new header' } as Parameters<Client4['patchChannel']>[1])
    const { posts, order } = await bob.getPosts(room.id)
    const told = order.toReversed().map((id) => [posts[id]!.type, posts[id]!.props])
    expect(told).toEqual([
      [
        'system_add_to_channel',
        { userId: aliceId, username: 'alice', addedUserId: bobId, addedUsername: 'bob' },
      ],
      ['system_leave_channel', { username: 'bob' }],
      ['system_join_channel', { username: 'bob' }],
      ['system_header_change', { username: 'alice', old_header: '', new_header: 'new header' }],
    ] as never)
    expect((await bob.getMyChannelMember(room.id)).mention_count).toBe(0)
  })

  test('a permalink into a public channel says where to join', async () => {
    const made = await alice.createChannel({
      team_id: teamId,
      name: 'not-joined',
      display_name: 'Not joined',
      type: 'O',
    } as Parameters<Client4['createChannel']>[0])
    const linked = await post(alice, made.id, 'come and see')
    await expect(bob.getPost(linked.id)).rejects.toMatchObject({ status_code: 403 })
    expect(await bob.getPostInfo(linked.id)).toMatchObject({
      channel_id: made.id,
      has_joined_channel: false,
      has_joined_team: true,
    })
    await bob.addToChannel(bobId, made.id)
    expect((await bob.getPost(linked.id)).message).toBe('come and see')
  })

  test('an author hears of whom a post misses, and can add them', async () => {
    const made = await alice.createChannel({
      team_id: teamId,
      name: 'without-bob',
      display_name: 'Without Bob',
      type: 'P',
    } as Parameters<Client4['createChannel']>[0])
    using ear = await listen(rig, alice.getToken())
    await post(alice, made.id, 'what does @bob say, @alice? And @nobody?')
    const told = inner((await ear.next('ephemeral_message')).data.post)
    expect(told.message).toContain('@bob did not get notified')
    expect(told.props.add_channel_member).toMatchObject({
      post_id: told.id,
      usernames: ['bob'],
      not_in_channel_user_ids: [bobId],
    })
    await alice.addToChannel(bobId, made.id)
    await post(alice, made.id, 'and now, @bob?')
    await ear.next('posted', (one) => inner(one.data.post).message === 'and now, @bob?')
    await post(alice, made.id, 'last')
    await ear.next('posted', (one) => inner(one.data.post).message === 'last')
    expect(ear.heard.filter((one) => one.event === 'ephemeral_message')).toHaveLength(1)
  })

  test('search understands its own language', async () => {
    const room = await channel('searching')
    const hit = await post(alice, room.id, 'the quick brown fox #animals')
    await post(bob, room.id, 'the slow brown snail')
    const ids = async (terms: string) => (await bob.searchPosts(teamId, terms, false)).order
    expect(await ids('quick')).toEqual([hit.id])
    expect(await ids('brown from:alice')).toEqual([hit.id])
    expect(await ids('"quick brown"')).toEqual([hit.id])
    expect(await ids('brown -snail')).toEqual([hit.id])
    expect(await ids('#animals')).toEqual([hit.id])
    expect(await ids('qui* in:searching')).toEqual([hit.id])
    expect(await ids('from:alice in:searching')).toContain(hit.id)
    expect(await ids('brown in:posting')).toEqual([])
  })

  test('files are uploaded, shown and found', async () => {
    const room = await channel('files')
    const form = new FormData()
    form.append('channel_id', room.id)
    form.append('client_ids', 'c1')
    form.append('files', new File(['some words'], 'report.txt', { type: 'text/plain' }))
    const { file_infos, client_ids } = await alice.uploadFile(form, false)
    expect(client_ids).toEqual(['c1'])
    const info = file_infos[0]!
    const made = await alice.createPost({
      channel_id: room.id,
      message: '',
      file_ids: [info.id],
    } as Parameters<Client4['createPost']>[0])
    expect(made.metadata.files?.[0]).toMatchObject({ id: info.id, name: 'report.txt', extension: 'txt' })
    const answer = await fetch(`${rig.url}/api/v4/files/${info.id}`, {
      headers: { Authorization: `Bearer ${bob.getToken()}` },
    })
    expect(await answer.text()).toBe('some words')
    expect(answer.headers.get('content-disposition')).toStartWith('attachment')
    const found = await bob.searchFiles(teamId, 'report', false)
    expect(found.order).toEqual([info.id])
  })

  test('preferences, categories and favourites keep in step', async () => {
    const room = await channel('favourite')
    using ear = await listen(rig, bob.getToken())
    const preference = { user_id: bobId, category: 'favorite_channel', name: room.id, value: 'true' }
    await bob.savePreferences(bobId, [preference])
    await ear.next('preferences_changed')
    const { categories } = await bob.getChannelCategories(bobId, teamId)
    expect(categories.find((one) => one.type === 'favorites')!.channel_ids).toContain(room.id)
    const custom = await bob.createChannelCategory(bobId, teamId, {
      display_name: 'Mine',
      channel_ids: [room.id],
    } as Parameters<Client4['createChannelCategory']>[2])
    expect(custom.channel_ids).toEqual([room.id])
    const after = await bob.getChannelCategories(bobId, teamId)
    expect(after.categories.find((one) => one.type === 'favorites')!.channel_ids).not.toContain(room.id)
    expect(after.order).toHaveLength(4)
  })

  test('statuses, typing and drafts', async () => {
    const room = await channel('typing')
    using ear = await listen(rig, bob.getToken())
    using mouth = await listen(rig, alice.getToken())
    mouth.socket.userTyping(room.id, '')
    expect((await ear.next('typing')).data.user_id).toBe(aliceId)
    await bob.updateStatus({ user_id: bobId, status: 'dnd', dnd_end_time: 0 } as Parameters<
      Client4['updateStatus']
    >[0])
    expect((await ear.next('status_change', (one) => one.data.status === 'dnd')).data.user_id).toBe(bobId)
    expect(await alice.getStatusesByIds([bobId])).toMatchObject([
      { user_id: bobId, status: 'dnd', manual: true },
    ])
    const draft = { channel_id: room.id, message: 'half a thou', root_id: '', user_id: bobId }
    await bob.upsertDraft(draft as Parameters<Client4['upsertDraft']>[0], 'x')
    expect(inner((await ear.next('draft_created')).data.draft)).toMatchObject({ message: 'half a thou' })
    expect(await bob.getUserDrafts(teamId)).toMatchObject([{ channel_id: room.id, message: 'half a thou' }])
    await bob.deleteDraft(room.id, '', 'x')
    await ear.next('draft_deleted')
  })

  test('errors are Mattermost errors', async () => {
    await expect(bob.getUser('nonsense')).rejects.toMatchObject({ status_code: 400 })
    await expect(bob.login('alice', 'wrong')).rejects.toMatchObject({
      status_code: 401,
      server_error_id: 'api.user.login.invalid_credentials_email_username',
    })
    const answer = await fetch(`${rig.url}/api/v4/nothing/here`)
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toMatchObject({ id: 'api.context.404.app_error', status_code: 404 })
  })
})
