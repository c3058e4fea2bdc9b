// The rooms part of the core on both dialects: what storage must do alike.
import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Actor } from '../../src/core/types.ts'
import { openFixture } from '../support/database.ts'
import { bothDialects } from '../support/postgres.ts'
import { type RoomsCore, roomsCore } from '../support/rooms-core.ts'

bothDialects('rooms', (fixture) => {
  const open = async (): Promise<RoomsCore> => roomsCore({ database: await openFixture(fixture) })

  async function lobby(server: RoomsCore, people: number) {
    const actors = await Promise.all(Array.from({ length: people }, () => server.person()))
    const [owner] = actors as [Actor, ...Actor[]]
    const room = await server.core.rooms.create(owner, { kind: 'public', name: 'Lobby' })
    for (const actor of actors.slice(1)) await server.core.rooms.join(actor, room.id)
    return { room, actors: actors as [Actor, Actor, ...Actor[]] }
  }

  test('posting at once from many keeps one chain, one order and right counters', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 4)
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => core.messages.post(actors[n % 4]!, room.id, { content: `m${n}` })),
    )
    const { items } = await core.messages.history(actors[0], room.id, { limit: 100 })
    expect(items).toHaveLength(60)
    for (const [at, message] of items.entries()) {
      expect(message.previous).toBe(at === 0 ? null : items[at - 1]!.hash)
      expect(message.ordinal).toBe(at + 1)
    }
    const view = await core.rooms.get(actors[1], room.id)
    expect(view.room).toMatchObject({ messageCount: 60, rootCount: 60, lastHash: items.at(-1)!.hash })
  })

  test('one client id twenty times at once is one message', async () => {
    await using server = await open()
    const { room, actors } = await lobby(server, 2)
    const posted = await Promise.all(
      Array.from({ length: 20 }, () =>
        server.core.messages.post(actors[0], room.id, { content: 'once', clientId: 'c' }),
      ),
    )
    expect(new Set(posted.map(({ id }) => id)).size).toBe(1)
    expect(server.heard('message.created')).toHaveLength(1)
  })

  test('one place left and twenty at the door', async () => {
    await using server = await open()
    const { core } = server
    const owner = await server.person()
    const room = await core.rooms.create(owner, { kind: 'private', name: 'Vault' })
    const { token } = await core.invites.create(owner, { roomId: room.id, maxUses: 1 })
    const people = await Promise.all(Array.from({ length: 20 }, () => server.person()))
    const results = await Promise.allSettled(people.map((person) => core.invites.accept(person, token)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await core.members.count(owner, room.id)).toBe(2)
  })

  test('two owners leaving at once: one stays', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 2)
    await core.members.setRole(actors[0], room.id, actors[1].user.id, 'owner')
    const results = await Promise.allSettled(actors.map((actor) => core.rooms.leave(actor, room.id)))
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('two open the same conversation at once: it is one', async () => {
    await using server = await open()
    const { core } = server
    const [ann, bob] = [await server.person(), await server.person()]
    const rooms = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        n % 2 ? core.rooms.direct(ann, [bob.user.id]) : core.rooms.direct(bob, [ann.user.id]),
      ),
    )
    expect(new Set(rooms.map(({ id }) => id)).size).toBe(1)
    expect(rooms[0]!.kind).toBe('direct')
    const message = await core.messages.post(ann, rooms[0]!.id, { content: 'hi' })
    const view = await core.rooms.get(bob, rooms[0]!.id)
    expect(view.member).toMatchObject({ mentionCount: 1, readCount: 0 })
    expect((await core.reads.mark(bob, message.roomId)).mentionCount).toBe(0)
  })

  test('who writes to a model directly asks it with every message', async () => {
    await using server = await open()
    const { core } = server
    const [ann, bob] = [await server.person(), await server.person()]
    const account = { password: null, isBot: true, botModel: 'llama3' } as const
    const bot = await core.accounts.create({ ...account, username: 'llama3' })
    const direct = await core.rooms.direct(ann, [bot.id])
    expect((await core.rooms.get(ann, direct.id)).room.ai).toMatchObject({
      model: 'llama3',
      respond: 'always',
    })
    const group = await core.rooms.direct(ann, [bot.id, bob.user.id])
    expect(group.ai).toMatchObject({ model: null, respond: 'mention' })
  })

  test('threads: who follows, what is unread', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 3)
    const [ann, bob] = actors
    const eve = actors[2]!
    const root = await core.messages.post(ann, room.id, { content: 'root' })
    await core.messages.post(bob, room.id, { content: `look @${eve.user.username}`, threadId: root.id })
    const last = await core.messages.post(bob, room.id, { content: 'again', threadId: root.id })
    const ofAnn = await core.threads.list(ann, { limit: 10 })
    expect(ofAnn).toMatchObject({ total: 1, totalUnread: 1, totalUnreadMentions: 0 })
    expect(ofAnn.threads[0]).toMatchObject({
      root: { id: root.id, replyCount: 2, lastReplyAt: last.createdAt },
      unreadReplies: 2,
      participants: [ann.user.id, bob.user.id],
    })
    expect(await core.threads.get(eve, root.id)).toMatchObject({
      following: true,
      unreadReplies: 2,
      unreadMentions: 1,
    })
    expect((await core.threads.markRead(eve, root.id, last.createdAt)).unreadReplies).toBe(0)
    await core.threads.follow(ann, root.id, false)
    expect((await core.threads.list(ann, { limit: 10 })).total).toBe(0)
    await core.messages.post(bob, room.id, { content: 'third', threadId: root.id })
    expect((await core.threads.get(ann, root.id)).following).toBe(false)
    expect(server.heard('thread.updated').at(-1)).toMatchObject({
      userId: eve.user.id,
      unreadReplies: 1,
      previousUnreadReplies: 0,
    })
    await core.threads.markAllRead(eve, room.teamId!)
    expect((await core.threads.list(eve, { limit: 10, unreadOnly: true })).threads).toEqual([])
  })

  test('edits, reactions, pins, deletions: what is stored, and what changed since', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 2)
    const [ann, bob] = actors
    const first = await core.messages.post(ann, room.id, { content: 'first' })
    const second = await core.messages.post(ann, room.id, {
      content: 'second',
      props: { 'openwebui.meta': { a: 1 }, x: 'y' },
    })
    expect(second.props).toEqual({ 'openwebui.meta': { a: 1 }, x: 'y' })
    const since = second.updatedAt
    server.clock.advance(10)
    await core.messages.react(bob, first.id, 'tada')
    await core.messages.react(bob, first.id, '🎉')
    await core.messages.edit(ann, first.id, { content: 'first, edited' })
    const pinned = await core.messages.pin(bob, first.id)
    await core.messages.remove(ann, second.id)
    const { message } = await core.messages.get(bob, first.id)
    expect(message).toEqual(pinned)
    expect(message).toMatchObject({
      content: 'first, edited',
      hash: first.hash,
      reactions: { tada: [bob.user.id] },
    })
    const changed = await core.messages.changedSince(bob, room.id, since)
    expect(new Map(changed.map(({ id, content, deletedAt }) => [id, [content, deletedAt !== null]]))).toEqual(
      new Map([
        [first.id, ['first, edited', false]],
        [second.id, ['', true]],
      ]),
    )
    expect((await core.rooms.get(ann, room.id)).room.lastMessageId).toBe(first.id)
    expect(server.heard('reaction.added')).toHaveLength(1)
  })

  test('a reply of a model is begun empty, found by nobody, and ended with its text and hash', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 2)
    const bot = await core.accounts.create({ username: 'gpt', password: null, isBot: true })
    const asked = await core.messages.post(actors[0], room.id, { content: 'question' })
    const ai = {
      model: 'gpt',
      state: 'running',
      askedBy: actors[0].user.id,
      usage: null,
      tools: [],
      finishReason: null,
      latencyMs: null,
      errorCode: null,
    } as const
    const begun = await core.messages.beginReply(room, {
      id: server.deps.ids.next(),
      sender: bot,
      threadId: null,
      replyTo: asked.id,
      ai: { ...ai, tools: [] },
    })
    expect(begun).toMatchObject({ content: '', hash: '', replyTo: asked.id })
    const between = await core.messages.post(actors[1], room.id, { content: 'meanwhile' })
    expect(between.previous).toBe(asked.hash)
    const done = await core.messages.finishReply(begun.id, {
      content: 'the answer',
      ai: { ...ai, tools: [], state: 'done', finishReason: 'stop' },
    })
    expect(done).toMatchObject({ content: 'the answer', previous: between.hash })
    expect((await core.messages.byHash(actors[0], done.hash)).id).toBe(begun.id)
    expect((await core.messages.get(actors[0], begun.id)).message).toEqual(done)
    expect(
      (await core.messages.search(actors[0], { q: 'answer' })).items.map((hit) => hit.message.id),
    ).toEqual([begun.id])
    const [row] = await server.database.read.sql.all<{ meta: unknown }>(
      sql`select meta from message where id = ${begun.id}`,
    )
    const meta = typeof row!.meta === 'string' ? JSON.parse(row!.meta) : row!.meta
    expect(meta).toEqual({ model_id: 'gpt', model_name: 'gpt', done: true })
  })

  test('search finds parts of words in any script, only where one is', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 2)
    const outsider = await server.person()
    for (const content of ['Über den Wolken', '100% of_it \\ here', '今日は東京で会議', 'plain words here']) {
      await core.messages.post(actors[0], room.id, { content })
    }
    const find = async (q: string, actor = actors[1] as Actor) =>
      (await core.messages.search(actor, { q })).items.map((hit) => hit.message.content)
    expect(await find('uber')).toEqual(['Über den Wolken'])
    expect(await find('olke')).toEqual(['Über den Wolken'])
    expect(await find('東京')).toEqual(['今日は東京で会議'])
    expect(await find('100%')).toEqual(['100% of_it \\ here'])
    expect(await find('of_it \\')).toEqual(['100% of_it \\ here'])
    expect(await find('here -plain')).toEqual(['100% of_it \\ here'])
    expect(await find('here', outsider)).toEqual([])
    await core.rooms.leave(actors[1], room.id)
    expect(await find('here')).toEqual([])
  })

  test('clearing a room leaves nothing of it', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 2)
    for (let n = 0; n < 30; n++) await core.messages.post(actors[n % 2]!, room.id, { content: `needle ${n}` })
    await core.rooms.clear(actors[0], room.id)
    expect((await core.messages.history(actors[0], room.id, { limit: 10 })).items).toEqual([])
    expect((await core.messages.search(actors[0], { q: 'needle' })).items).toEqual([])
    const fresh = await core.messages.post(actors[0], room.id, { content: 'fresh' })
    expect(fresh.previous).toBeNull()
    const { member, room: after } = await core.rooms.get(actors[1], room.id)
    expect(after.messageCount - member!.readCount).toBe(1)
    for (const table of ['hb_message', 'message']) {
      const [row] = await server.database.read.sql.all<{ n: number }>(
        sql`select count(*) as n from ${sql.identifier(table)}`,
      )
      expect(Number(row!.n)).toBe(1)
    }
  })

  test('a deleted message still marks its place in the history', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 1)
    const [ann] = actors
    const ids: string[] = []
    for (let n = 0; n < 6; n++) ids.push((await core.messages.post(ann, room.id, { content: `m${n}` })).id)
    for (const n of [2, 3, 5]) await core.messages.remove(ann, ids[n]!)
    const history = async (query: { before?: string; after?: string }) =>
      (await core.messages.history(ann, room.id, { limit: 2, ...query })).items.map(({ id }) => id)
    expect(await history({ before: ids[2] })).toEqual([ids[0]!, ids[1]!])
    expect(await history({ after: ids[3] })).toEqual([ids[4]!])
    expect(await history({ before: ids[3] })).toEqual([ids[0]!, ids[1]!])
    // Nothing is newer than the last: what is older than it is the newest page.
    expect(await history({ before: ids[5] })).toEqual([ids[1]!, ids[4]!])
    await expect(history({ before: room.id })).rejects.toMatchObject({ code: 'message.not_found' })
  })

  test('lists, marks and pages', async () => {
    await using server = await open()
    const { core } = server
    const { room, actors } = await lobby(server, 2)
    const [ann, bob] = actors
    expect((await core.rooms.browse(bob, { q: 'LOB' })).map(({ id }) => id)).toEqual([room.id])
    expect(await core.rooms.browse(bob, { q: '%' })).toEqual([])
    const said = []
    for (let n = 0; n < 9; n++)
      said.push(await core.messages.post(ann, room.id, { content: n % 3 ? `m${n}` : `m${n} @all` }))
    const ids = said.map(({ id }) => id)
    const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id)
    expect(idsOf(await core.messages.history(bob, room.id, { limit: 3, before: ids[5]! }))).toEqual(
      ids.slice(2, 5),
    )
    expect(idsOf(await core.messages.history(bob, room.id, { limit: 3, after: ids[5]! }))).toEqual(
      ids.slice(6),
    )
    expect(idsOf(await core.messages.history(bob, room.id, { limit: 3, around: ids[4]! }))).toEqual(
      ids.slice(3, 6),
    )
    expect(idsOf(await core.messages.history(bob, room.id, { limit: 3, rootsOnly: true }))).toEqual(
      ids.slice(6),
    )
    expect(await core.reads.mark(bob, room.id, ids[4]!)).toMatchObject({ readCount: 5, mentionCount: 1 })
    expect(await core.reads.markUnread(bob, ids[2]!)).toMatchObject({
      readCount: 2,
      mentionCount: 2,
      lastReadMessageId: ids[1],
    })
    for (const id of ids.slice(0, 4))
      await core.messages.post(bob, room.id, { content: 'reply', threadId: id })
    const first = await core.threads.list(ann, { limit: 2 })
    expect(first.threads.map(({ root }) => root.id)).toEqual([ids[3]!, ids[2]!])
    const second = await core.threads.list(ann, { limit: 2, before: ids[2]! })
    expect(second.threads.map(({ root }) => root.id)).toEqual([ids[1]!, ids[0]!])
    expect(
      (await core.threads.list(ann, { limit: 1, after: ids[1]! })).threads.map(({ root }) => root.id),
    ).toEqual([ids[2]!])
    await core.rooms.archive(ann, room.id)
    expect(await core.rooms.mine(bob)).toEqual([])
    expect(await core.rooms.mine(bob, { includeDeletedSince: 0 })).toHaveLength(1)
    expect((await core.rooms.restore(ann, room.id)).deletedAt).toBeNull()
    expect(await core.rooms.update(ann, room.id, { kind: 'private', name: 'Closed' })).toMatchObject({
      kind: 'private',
      slug: 'lobby',
    })
    await expect(core.rooms.get(await server.person(), room.id)).rejects.toThrow('no such room')
  })

  test('files come and go with their messages', async () => {
    await using server = await open()
    const { core, deps } = server
    const { room, actors } = await lobby(server, 2)
    const [ann, bob] = actors
    const file = (name: string) =>
      core.files.uploadAttachment(ann, {
        roomId: room.id,
        name,
        bytes: new TextEncoder().encode(name),
        contentType: 'text/plain',
      })
    const [one, two, three] = [await file('one.txt'), await file('two.txt'), await file('../../three.txt')]
    expect(three.name).toBe('three.txt')
    await expect(core.files.get(bob, one.id)).rejects.toThrow('no such file')
    const message = await core.messages.post(ann, room.id, { content: '', fileIds: [two.id, one.id] })
    expect(message.files.map(({ name }) => name)).toEqual(['two.txt', 'one.txt'])
    expect((await core.messages.get(bob, message.id)).message).toEqual(message)
    expect((await core.files.get(bob, one.id)).sha256).toBe(one.sha256)
    expect((await core.messages.search(bob, { q: '', hasFile: true })).items).toHaveLength(1)
    const edited = await core.messages.edit(ann, message.id, { fileIds: [one.id, three.id] })
    expect(edited.files.map(({ name }) => name)).toEqual(['one.txt', 'three.txt'])
    expect((await core.messages.get(bob, message.id)).message).toEqual(edited)
    await expect(core.files.get(bob, two.id)).rejects.toThrow('no such file')
    await core.messages.remove(ann, message.id)
    await expect(core.files.get(ann, one.id)).rejects.toThrow('no such file')
    while ((await deps.files.stat(one.key)) || (await deps.files.stat(three.key)))
      await new Promise((resume) => setImmediate(resume))
    expect(await deps.files.stat(two.key)).not.toBeNull()
  })

  test('teams: the first is one, others have a door', async () => {
    await using server = await open()
    const { core } = server
    const firsts = await Promise.all([core.teams.first(), core.teams.first(), core.teams.first()])
    expect(new Set(firsts.map(({ id }) => id)).size).toBe(1)
    const [ann, bob] = [await server.person(), await server.person()]
    const team = await core.teams.create(ann, { slug: 'makers', displayName: 'Makers', open: false })
    await expect(core.teams.byId(bob, team.id)).rejects.toThrow('no such team')
    await expect(core.teams.addMember(bob, team.id, bob.user.id)).rejects.toThrow('no such team')
    await expect(core.teams.create(bob, { slug: 'makers', displayName: 'M', open: true })).rejects.toThrow(
      'address',
    )
    expect(await core.teams.addMember(bob, team.id, bob.user.id, team.inviteId)).toMatchObject({
      role: 'member',
      deletedAt: null,
    })
    await expect(core.teams.update(bob, team.id, { displayName: 'Mine' })).rejects.toThrow('administrators')
    const room = await core.rooms.create(bob, { kind: 'public', name: 'Work', teamId: team.id })
    await core.rooms.join(ann, room.id)
    expect(await core.teams.memberCount(team.id)).toEqual({ total: 2, active: 2 })
    await core.members.setRole(bob, room.id, ann.user.id, 'owner')
    await core.teams.removeMember(ann, team.id, bob.user.id)
    await expect(core.rooms.get(bob, room.id)).rejects.toThrow('no such room')
    expect((await core.teams.forUser(bob, bob.user.id)).map(({ slug }) => slug)).toEqual(['main'])
  })

  test('what Open WebUI’s server did while we were away is taken over, once', async () => {
    await using server = await open()
    const { core, database } = server
    const { room, actors } = await lobby(server, 2)
    const [ann, bob] = actors
    const kept = await core.messages.post(ann, room.id, { content: 'kept' })
    const doomed = await core.messages.post(ann, room.id, { content: 'doomed' })
    const edited = await core.messages.post(ann, room.id, { content: 'before' })
    await server.upkeep.reconcile()
    const now = BigInt(server.clock.now() + 60_000) * 1_000_000n
    const channel = '3f0c5ff1-38a1-4c26-9f0c-2f7f2d3d8a10'
    const reply = '5d8f0b1e-0d5e-4f44-8a2b-93c9b25c7b11'
    await database.tx(async (tx) => {
      await tx.sql
        .run(sql`insert into message (id, user_id, channel_id, content, data, meta, created_at, updated_at, parent_id, is_pinned)
        values (${reply}, ${bob.user.id}, ${room.id}, 'from over there', '{"files":[]}', 'null', ${now + 123n}, ${now + 123n}, ${kept.id}, ${false})`)
      await tx.sql.run(sql`delete from message where id = ${doomed.id}`)
      await tx.sql.run(
        sql`update message set content = 'after', updated_at = ${now + 5n} where id = ${edited.id}`,
      )
      await tx.sql.run(
        sql`insert into channel (id, user_id, name, created_at, updated_at) values (${channel}, ${bob.user.id}, 'lobby', ${now}, ${now})`,
      )
      await tx.sql
        .run(sql`insert into access_grant (id, resource_type, resource_id, principal_type, principal_id, permission, created_at)
        values ('g1', 'channel', ${channel}, 'user', ${ann.user.id}, 'read', 1)`)
      await tx.sql
        .run(sql`insert into channel_member (id, channel_id, user_id, created_at, status, is_active, is_channel_muted, is_channel_pinned, joined_at, last_read_at, updated_at)
        values ('m1', ${channel}, ${bob.user.id}, ${now}, 'joined', ${true}, ${false}, ${false}, ${now}, ${now}, ${now})`)
      await tx.sql.run(
        sql`update channel_member set is_channel_muted = ${true} where channel_id = ${room.id} and user_id = ${bob.user.id}`,
      )
    })
    server.clock.advance(120_000)
    expect(await server.upkeep.reconcile()).toMatchObject({ messages: 2, removed: 1 })

    const { items } = await core.messages.history(ann, room.id, { limit: 10 })
    expect(items.map(({ content }) => content)).toEqual(['kept', 'after', 'from over there'])
    expect(items[0]).toMatchObject({ replyCount: 1 })
    expect(items[2]).toMatchObject({ threadId: kept.id, previous: edited.hash, ordinal: 4 })
    expect((await core.messages.search(ann, { q: 'over there' })).items).toHaveLength(1)
    expect((await core.messages.search(ann, { q: 'before' })).items).toEqual([])
    expect((await core.rooms.get(bob, room.id)).member).toMatchObject({ muted: true })
    // Shared with one person only: not public, but whoever it was shared with comes in on first sight.
    const eve = await server.person()
    await expect(core.rooms.get(eve, channel)).rejects.toThrow('no such room')
    expect((await core.rooms.get(bob, channel)).member).toMatchObject({ role: 'owner' })
    expect((await core.rooms.get(ann, channel)).member).toMatchObject({ role: 'member' })
    expect((await core.rooms.get(ann, channel)).room).toMatchObject({
      kind: 'private',
      slug: 'lobby-3f0c5ff1',
    })

    expect(await server.upkeep.reconcile()).toEqual({ rooms: 0, members: 0, messages: 0, removed: 0 })

    // A root that was changed after its reply comes second, and still has it.
    const root = 'a1d8f0b1-0d5e-4f44-8a2b-93c9b25c7b11'
    const early = 'b1d8f0b1-0d5e-4f44-8a2b-93c9b25c7b11'
    const later = BigInt(server.clock.now() + 1_000) * 1_000_000n
    await database.tx(async (tx) => {
      for (const [id, parent, created, updated] of [
        [root, null, later, later + 50_000_000n],
        [early, root, later + 1_000_000n, later + 1_000_000n],
      ] as const) {
        await tx.sql
          .run(sql`insert into message (id, user_id, channel_id, content, created_at, updated_at, parent_id, is_pinned)
          values (${id}, ${bob.user.id}, ${room.id}, 'x', ${created}, ${updated}, ${parent}, ${false})`)
      }
    })
    server.clock.advance(10_000)
    await server.upkeep.reconcile()
    expect((await core.messages.get(ann, root)).message).toMatchObject({ replyCount: 1, threadId: null })
    expect((await core.messages.get(ann, early)).message).toMatchObject({ threadId: root })
  })
})
