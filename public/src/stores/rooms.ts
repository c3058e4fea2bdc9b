/**
 * The rooms that the person is in, with counters.
 */
import { computed, signal } from '@preact/signals'
import { rooms as api } from '../api/endpoints.ts'
import type { Message, Room } from '../lib/types.ts'
import { keepMembers } from './members.ts'
import { byActivity, countMessage, isDirect, markRead, upsertRoom } from './room-list.ts'
import { myId } from './session.ts'

export const rooms = signal<Room[]>([])
export const roomsLoaded = signal(false)

export const groupRooms = computed(() => byActivity(rooms.value.filter((room) => !isDirect(room))))
export const directRooms = computed(() => byActivity(rooms.value.filter(isDirect)))
/** Mentions and direct messages that wait; shown in the title of the tab. */
export const callCount = computed(() =>
  rooms.value.reduce((sum, room) => sum + (isDirect(room) ? room.unread_count : room.mention_count), 0),
)

export function roomById(id: string): Room | null {
  return rooms.value.find((room) => room.id === id) ?? null
}

export async function loadRooms(): Promise<void> {
  const list = await api.mine()
  rooms.value = list.map(complete)
  for (const room of list) keepMembers(room)
  roomsLoaded.value = true
}

/** Loads one room with its members. */
export async function loadRoom(id: string): Promise<Room> {
  const room = await api.get(id)
  keepMembers(room)
  // A public room that is only looked at is none of mine.
  if (room.role !== null) putRoom(room)
  return room
}

/** Adds or updates a room in the list. */
export function putRoom(room: Room): void {
  const known = roomById(room.id)
  rooms.value = upsertRoom(rooms.value, known ? room : complete(room))
  keepMembers(room)
}

/** A room just made or joined has no counters yet. */
function complete(room: Room): Room {
  return {
    ...room,
    description: room.description ?? '',
    unread_count: room.unread_count ?? 0,
    mention_count: room.mention_count ?? 0,
    last_message: room.last_message ?? null,
  }
}

export function dropRoom(id: string): void {
  rooms.value = rooms.value.filter((room) => room.id !== id)
}

export function noteMessage(message: Message, reading: boolean): void {
  rooms.value = countMessage(rooms.value, message, myId.value, reading)
}

export function clearUnread(roomId: string): void {
  rooms.value = markRead(rooms.value, roomId)
}

/** The same person read in another tab or device. */
export function setCounters(roomId: string, unread: number, mentions: number): void {
  rooms.value = rooms.value.map((room) =>
    room.id === roomId ? { ...room, unread_count: unread, mention_count: mentions } : room,
  )
}

export function resetRooms(): void {
  rooms.value = []
  roomsLoaded.value = false
}
