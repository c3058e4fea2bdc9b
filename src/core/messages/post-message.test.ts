import { expect, test } from 'bun:test'
import { roomsCore } from '../../../test/support/rooms-core.ts'

test('a posted message is in the history, with counters, hash and an event', async () => {
  await using server = await roomsCore()
  const { core } = server
  const ann = await server.person('ann')
  const bob = await server.person('bob')
  const room = await core.rooms.create(ann, { kind: 'public', name: 'Lobby' })
  await core.rooms.join(bob, room.id)
  const first = await core.messages.post(ann, room.id, { content: 'hello @bob' })
  const second = await core.messages.post(bob, room.id, { content: 'hi', replyTo: first.id })
  const page = await core.messages.history(ann, room.id, { limit: 50 })
  expect(page.items.map((message) => message.content)).toEqual(['hello @bob', 'hi'])
  expect(page.items[0]).toEqual(first)
  expect(page.items[1]).toEqual(second)
  expect(second.previous).toBe(first.hash)
  expect(first.mentions).toEqual([bob.user.id])
  expect(
    (await core.members.list(ann, room.id)).map(({ user, member }) => [user.username, member.role]),
  ).toEqual([
    ['ann', 'owner'],
    ['bob', 'member'],
  ])
  const [view] = await core.rooms.mine(ann, { withLastMessage: true })
  expect(view!.room.messageCount - view!.member!.readCount).toBe(1)
  expect(view!.lastMessage?.id).toBe(second.id)
  expect(server.heard('message.created').map((event) => event.message.id)).toEqual([first.id, second.id])
})
