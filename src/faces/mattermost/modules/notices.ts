/**
 * The lines that Mattermost writes into a channel when people come and go or its settings change. Written
 * for what is done on this face; clients put the words into their own language by type and props.
 */
import type { MessageKind, Room, User } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import { PROPS_KEY } from '../present/post.ts'
import type { Json } from '../wire/fields.ts'

interface Notice {
  kind: MessageKind
  content: string
  props: Json
}

export const notice = {
  joined: (who: User): Notice =>
    line('join_room', `@${who.username} joined the channel.`, { username: who.username }),
  left: (who: User): Notice =>
    line('leave_room', `@${who.username} has left the channel.`, { username: who.username }),
  added: (by: User, who: User): Notice =>
    line('add_to_room', `@${who.username} added to the channel by @${by.username}.`, {
      userId: toWire(by.id),
      username: by.username,
      addedUserId: toWire(who.id),
      addedUsername: who.username,
    }),
  removed: (who: User): Notice =>
    line('remove_from_room', `@${who.username} was removed from the channel.`, {
      removedUserId: toWire(who.id),
      removedUsername: who.username,
    }),
  archived: (by: User): Notice =>
    line('room_deleted', `@${by.username} archived the channel.`, { username: by.username }),
  restored: (by: User): Notice =>
    line('room_restored', `@${by.username} unarchived the channel.`, { username: by.username }),
}

/** What of a channel's name, header and purpose is another now. */
export function changesOf(by: User, before: Room, after: Room): Notice[] {
  const fields = [
    ['name_change', 'displayname', 'channel display name', before.name, after.name],
    ['header_change', 'header', 'channel header', before.header, after.header],
    ['description_change', 'purpose', 'channel purpose', before.description, after.description],
  ] as const
  return fields
    .filter(([, , , old, now]) => old !== now)
    .map(([kind, prop, words, old, now]) =>
      line(kind, `@${by.username} updated the ${words} from: ${old} to: ${now}`, {
        username: by.username,
        [`old_${prop}`]: old,
        [`new_${prop}`]: now,
      }),
    )
}

/** A notice that cannot be written must not undo what it tells of. */
export async function tellRoom(face: Face, room: Room, by: User, ...notices: Notice[]): Promise<void> {
  for (const { kind, content, props } of notices) {
    try {
      await face.core.messages.system(room, { kind, content, senderId: by.id, props: { [PROPS_KEY]: props } })
    } catch (error) {
      face.log.warn('a notice could not be written', { kind, error })
    }
  }
}

function line(kind: MessageKind, content: string, props: Json): Notice {
  return { kind, content, props }
}
