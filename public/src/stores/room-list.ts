/**
 * The list of rooms: unread and mention counters, order, sections. Pure.
 */
import type { Message, Room } from '../lib/types.ts'

/**
 * Adds a room, or takes over what may have changed of a known one. Its counters and last message
 * stay: they follow the frames, and an answer that was on its way may be older than those.
 */
export function upsertRoom(rooms: Room[], room: Room): Room[] {
  if (!rooms.some((known) => known.id === room.id)) return [...rooms, room]
  return rooms.map((known) => (known.id === room.id ? { ...known, ...defined(room), ...kept(known) } : known))
}

function kept({ unread_count, mention_count, last_message, last_read_message_id }: Room): Partial<Room> {
  return { unread_count, mention_count, last_message, last_read_message_id }
}

/** A frame for everybody does not carry what is mine, such as my role. */
function defined(room: Room): Partial<Room> {
  return Object.fromEntries(Object.entries(room).filter(([, value]) => value !== undefined))
}

/**
 * Counts a new message. Nothing is counted for one's own messages, for the room
 * that is being read, and for replies of a running AI (they count when they end).
 */
export function countMessage(rooms: Room[], message: Message, me: string, reading: boolean): Room[] {
  const quiet = reading || message.sender.id === me
  const mentioned = !quiet && message.mentions.includes(me) ? 1 : 0
  return rooms.map((room) => {
    if (room.id !== message.room_id) return room
    const newer = !room.last_message || room.last_message.created_at <= message.created_at
    return {
      ...room,
      last_message: newer ? message : room.last_message,
      unread_count: room.unread_count + (quiet ? 0 : 1),
      mention_count: room.mention_count + mentioned,
    }
  })
}

/** Sets both counters of a room to zero. */
export function markRead(rooms: Room[], roomId: string): Room[] {
  const room = rooms.find((known) => known.id === roomId)
  if (!room || (room.unread_count === 0 && room.mention_count === 0)) {
    return rooms
  }
  return rooms.map((known) => (known.id === roomId ? { ...known, unread_count: 0, mention_count: 0 } : known))
}

/** Latest activity first; rooms where nothing was said go by their creation. */
export function byActivity(rooms: Room[]): Room[] {
  const when = (room: Room) => room.last_message?.created_at ?? room.created_at ?? ''
  return [...rooms].sort((a, b) => when(b).localeCompare(when(a)))
}

/** True for rooms that stand under "Direct messages". */
export function isDirect(room: Room): boolean {
  return room.kind === 'direct' || room.kind === 'group'
}
