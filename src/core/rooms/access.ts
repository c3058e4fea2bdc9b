/** The only ways to a room and to a message: each checks that the actor may do what they came for. */
import {
  type RoomAction,
  noSuchMessage,
  noSuchRoom,
  requireCan,
  type Standing,
} from '../permissions/room-policy.ts'
import type { Repositories } from '../repositories.ts'
import { isUuid } from '../support/uuid.ts'
import type { Actor, Message, Uuid } from '../types.ts'
import type { RoomWithMember } from './repositories.ts'

async function standingOf(
  repos: Repositories,
  actor: Actor,
  found: RoomWithMember | null,
): Promise<Standing | null> {
  if (!found) return null
  const { room, member } = found
  if (member) return { room, member, mayJoin: false }
  return { room, member, mayJoin: await mayJoin(repos, actor, room) }
}

async function mayJoin(repos: Repositories, actor: Actor, room: Standing['room']): Promise<boolean> {
  if (room.kind === 'direct' || room.kind === 'group') return false
  if (room.kind === 'private') return repos.rooms.granted(room.id, actor.user.id)
  if (room.teamId === null) return true
  const membership = await repos.teams.member(room.teamId, actor.user.id)
  return membership !== null && membership.deletedAt === null
}

/** How the actor stands to a room; null when there is none. Decides nothing. */
export async function standingIn(repos: Repositories, actor: Actor, roomId: Uuid): Promise<Standing | null> {
  if (!isUuid(roomId)) return null
  return standingOf(repos, actor, await repos.rooms.getFor(roomId, actor.user.id))
}

/** The room, if the actor may do this there; throws what they may know otherwise. */
export async function accessRoom(
  repos: Repositories,
  actor: Actor,
  roomId: Uuid,
  action: RoomAction,
): Promise<Standing> {
  const standing = await standingIn(repos, actor, roomId)
  if (!standing) throw noSuchRoom()
  requireCan(actor, standing, action)
  return standing
}

/** As accessRoom, in a unit of work that will change the room: nobody else changes it until the end. */
export async function lockRoom(
  repos: Repositories,
  actor: Actor,
  roomId: Uuid,
  action: RoomAction,
): Promise<Standing> {
  if (!isUuid(roomId)) throw noSuchRoom()
  const standing = await standingOf(repos, actor, await repos.rooms.lockFor(roomId, actor.user.id))
  if (!standing) throw noSuchRoom()
  requireCan(actor, standing, action)
  return standing
}

/** A message with its room, if the actor may do this in it. Messages of rooms they may not read do not exist. */
export async function accessMessage(
  repos: Repositories,
  actor: Actor,
  messageId: Uuid,
  action: RoomAction,
): Promise<{ message: Message; standing: Standing }> {
  const message = isUuid(messageId) ? await repos.messages.get(messageId) : null
  if (!message) throw noSuchMessage()
  const standing = await standingIn(repos, actor, message.roomId)
  if (!standing || !mayKnow(actor, standing)) throw noSuchMessage()
  requireCan(actor, standing, action)
  return { message, standing }
}

/** In a unit of work: locks the message's room, then reads the message again. */
export async function lockMessage(
  repos: Repositories,
  actor: Actor,
  messageId: Uuid,
  action: RoomAction,
): Promise<{ message: Message; standing: Standing }> {
  const { message, standing: before } = await accessMessage(repos, actor, messageId, action)
  const standing = await lockRoom(repos, actor, before.room.id, action)
  const current = await repos.messages.get(message.id)
  if (!current) throw noSuchMessage()
  return { message: current, standing }
}

/** Of a public room's messages one may know that they are there, and is told to join. */
function mayKnow(actor: Actor, standing: Standing): boolean {
  return actor.via === 'system' || standing.member !== null || standing.mayJoin
}
