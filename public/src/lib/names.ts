/**
 * What to call people and rooms, and which colour stands in for a missing picture.
 */
import type { Room, Sender, User } from './types.ts'

/** Display name, or the user name of somebody who never set one. */
export function personName(user: Pick<User, 'display_name' | 'username'>): string {
  return user.display_name.trim() || user.username
}

/** The other people of a direct room. */
export function counterparts(room: Room, me: string): Sender[] {
  return (room.members ?? []).filter((member) => member.id !== me)
}

/** Title of a room as this person sees it: direct rooms are named after the others. */
export function roomTitle(room: Room, me: string): string {
  if (room.kind !== 'direct' && room.kind !== 'group') return room.name
  const others = counterparts(room, me)
  if (others.length > 0) return others.map(personName).join(', ')
  return room.name || 'Just you'
}

/** One or two letters for an avatar without a picture. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean)
  const first = [...(words[0] ?? '?')][0] ?? '?'
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toUpperCase()
}

/** A hue from 0 to 359 that stays with an id. */
export function hueOf(id: string): number {
  let hash = 0
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0
  return hash % 360
}
