/**
 * Who names somebody that is not in the channel is told that they hear nothing of it; the apps offer to add them. Seen by
 * the author only, and kept nowhere.
 */
import { findMentions } from '../../../core/support/mentions.ts'
import type { Actor, Message, User } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'

/** More than this in one post are not looked up. */
const NAMES_MAX = 10

export async function tellOfMissed(face: Face, actor: Actor, message: Message): Promise<void> {
  const { names } = findMentions(message.content)
  if (names.length === 0) return
  const { room } = await face.core.rooms.get(actor, message.roomId)
  if (room.kind !== 'public' && room.kind !== 'private') return
  const known = await Promise.all(names.slice(0, NAMES_MAX).map((readings) => firstKnown(face, readings)))
  // What a post calls are members: who is named and not called is none.
  const strangers = known.filter(
    (user): user is User =>
      user !== null && !user.isBot && user.id !== actor.user.id && !message.mentions.includes(user.id),
  )
  const team = await Promise.all(strangers.map((user) => inTeam(face, room.teamId, user)))
  const missed = [...new Map(strangers.filter((_, at) => team[at]).map((user) => [user.id, user])).values()]
  if (missed.length === 0) return
  const usernames = missed.map((user) => user.username)
  const ids = missed.map((user) => toWire(user.id))
  face.mm.signals.ephemeral({
    userId: actor.user.id,
    roomId: room.id,
    rootId: message.threadId,
    from: actor.user.id,
    text: `${sentence(usernames)} did not get notified by this mention because they are not in the channel.`,
    props: (id) => ({
      add_channel_member: {
        post_id: toWire(id),
        usernames,
        not_in_channel_usernames: usernames,
        user_ids: ids,
        not_in_channel_user_ids: ids,
        not_in_groups_usernames: [],
        not_in_groups_user_ids: [],
      },
    }),
  })
}

async function firstKnown(face: Face, readings: readonly string[]): Promise<User | null> {
  for (const name of readings) {
    const user = await face.core.users.byUsername(name)
    if (user) return user.deactivatedAt === null ? user : null
  }
  return null
}

async function inTeam(face: Face, teamId: string | null, user: User): Promise<boolean> {
  const member = teamId === null ? null : await face.mm.lookups.teamMember(teamId, user.id)
  return member !== null && member.deletedAt === null
}

function sentence(usernames: readonly string[]): string {
  const called = usernames.map((name) => `@${name}`)
  const last = called.at(-1)!
  return called.length === 1 ? last : `${called.slice(0, -1).join(', ')} and ${last}`
}
