/** What a person does with rooms: make, join, leave, talk to somebody. */
import { rooms as api } from '../api/endpoints.ts'
import type { Room, Sender } from '../lib/types.ts'
import { navigate, roomPath } from '../router.ts'
import { dropRoom, loadRoom, putRoom } from '../stores/rooms.ts'
import { closeDialog } from '../stores/ui.ts'

/** Puts a room that was just made or joined into the list, and goes there. */
export async function enterRoom(room: Room): Promise<void> {
  const full = await loadRoom(room.id).catch(() => room)
  putRoom(full)
  closeDialog()
  navigate(roomPath(room.id))
}

export async function createRoom(body: Parameters<typeof api.create>[0]): Promise<void> {
  await enterRoom(await api.create(body))
}

/** Opens the direct room with these people; the server finds the one that exists. */
export async function openDirect(people: Pick<Sender, 'id'>[]): Promise<void> {
  const member_ids = people.map((person) => person.id)
  await enterRoom(await api.create({ name: '', kind: 'direct', member_ids }))
}

export async function joinRoom(id: string): Promise<void> {
  await enterRoom(await api.join(id))
}

export async function leaveRoom(id: string): Promise<void> {
  await api.leave(id)
  goneFrom(id)
}

export async function deleteRoom(id: string): Promise<void> {
  await api.remove(id)
  goneFrom(id)
}

function goneFrom(id: string): void {
  dropRoom(id)
  closeDialog()
  navigate('/', { replace: true })
}
