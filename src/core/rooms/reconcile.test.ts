import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOpenWebuiDatabase } from '../../../test/support/openwebui-database.ts'
import { roomsCore } from '../../../test/support/rooms-core.ts'
import { openDatabase } from '../../db/open.ts'
import type { Actor } from '../types.ts'

test('channels of an Open WebUI database are rooms with their history, members and reactions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-reconcile-'))
  try {
    const path = join(folder, 'webui.db')
    createOpenWebuiDatabase(path)
    await using server = await roomsCore({ database: await openDatabase({ dialect: 'sqlite', path }) })
    const { core } = server
    await core.accounts.reconcile()
    await server.upkeep.reconcile()
    const actorOf = async (id: string): Promise<Actor> => ({
      user: (await core.users.byId(id))!,
      via: 'session',
      scopes: ['*'],
      sessionId: null,
      ip: null,
    })
    const admin = await actorOf('6485668e-48cc-497d-bf59-c38021a4d89a')
    const bob = await actorOf('70ea46d3-4381-4233-a6bf-e390c8b21f8e')

    const rooms = await core.rooms.mine(bob)
    expect(rooms.map(({ room }) => [room.kind, room.slug, room.messageCount]).sort()).toEqual([
      ['direct', '0772431b-ea45-4320-9aed-d94fb75d429a', 1],
      ['public', 'drive-room', 5],
    ])
    const lobby = rooms.find(({ room }) => room.kind === 'public')!.room
    const { items } = await core.messages.history(bob, lobby.id, { limit: 50 })
    expect(items).toHaveLength(5)
    expect(items[1]).toMatchObject({
      content: 'bob was here',
      reactions: { grin: [admin.user.id] },
      pinnedBy: admin.user.id,
      replyCount: 1,
    })
    expect(items[4]).toMatchObject({ ai: { model: 'stub-model', state: 'done' }, threadId: items[3]!.id })
    for (const [at, message] of items.entries())
      expect(message.previous).toBe(at === 0 ? null : items[at - 1]!.hash)
    expect((await core.members.get(admin, lobby.id, admin.user.id))?.role).toBe('owner')
    expect((await core.messages.search(bob, { q: 'channel post' })).items).toHaveLength(1)
    // The conversation is the one that is found again.
    const direct = await core.rooms.direct(bob, [admin.user.id])
    expect(direct.id).toBe('0772431b-ea45-4320-9aed-d94fb75d429a')
    expect(await server.upkeep.reconcile()).toEqual({ rooms: 0, members: 0, messages: 0, removed: 0 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
