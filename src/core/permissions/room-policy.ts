/**
 * What somebody may do in a room: the one place that decides. Who is not a member of a private, direct or
 * group room is told that there is no such room; a public room shows itself, but not what is said in it.
 */
import { fault } from '../faults.ts'
import type { Actor, Member, Room, Uuid } from '../types.ts'

/** How somebody stands to a room. */
export interface Standing {
  room: Room
  member: Member | null
  /** Not a member, but may see the room and join it: it is public in their team, or was shared with them. */
  mayJoin: boolean
}

export type RoomAction =
  | 'room.see'
  | 'room.read'
  | 'room.join'
  | 'room.edit'
  | 'room.archive'
  | 'room.restore'
  | 'room.clear'
  | 'room.kind'
  | 'member.add'
  | 'member.remove'
  | 'member.role'
  | 'message.post'
  | 'message.react'
  | 'message.pin'
  | 'message.moderate'
  | 'invite.create'
  | 'invite.manage'

const rank = { member: 1, moderator: 2, owner: 3 } as const

/** Least role for an action in rooms with a name; absent = any member. */
const leastRole: Partial<Record<RoomAction, keyof typeof rank>> = {
  'room.edit': 'moderator',
  'room.archive': 'moderator',
  'room.restore': 'moderator',
  'room.clear': 'owner',
  'room.kind': 'owner',
  'member.remove': 'moderator',
  'member.role': 'owner',
  'message.moderate': 'moderator',
  'invite.manage': 'moderator',
}

/** Bringing people in: anybody in a public room, who may anyway come by themselves; else whoever runs it. */
const bringsPeopleIn = new Set<RoomAction>(['member.add', 'invite.create'])

/** Conversations have no name, no owner and no door: these make no sense there. */
const neverInConversations = new Set<RoomAction>([
  'room.join',
  'room.archive',
  'room.restore',
  'room.kind',
  'room.clear',
  'member.add',
  'member.remove',
  'member.role',
  'message.moderate',
  'invite.create',
  'invite.manage',
])

const allowedInArchive = new Set<RoomAction>([
  'room.see',
  'room.read',
  'room.restore',
  'room.archive',
  'message.moderate',
])

/** A prop of a room that all may read and only its moderators write in: Open WebUI's channels are such by default. */
export const READ_ONLY = 'room.read_only'

export const isConversation = (room: Room): boolean => room.kind === 'direct' || room.kind === 'group'

export function can(actor: Actor, standing: Standing, action: RoomAction): boolean {
  const { room, member } = standing
  if (isConversation(room) && neverInConversations.has(action)) return false
  if (room.deletedAt !== null && !allowedInArchive.has(action)) return false
  if (actor.via === 'system') return true
  if (!member) return mayFromOutside(actor, standing, action)
  if (isConversation(room)) return true
  const least = leastIn(room, action)
  return least === undefined || rank[roleOf(actor, member)] >= rank[least]
}

function leastIn(room: Room, action: RoomAction): keyof typeof rank | undefined {
  if (bringsPeopleIn.has(action) && room.kind === 'private') return 'moderator'
  if (action === 'message.post' && room.props[READ_ONLY] === true) return 'moderator'
  return leastRole[action]
}

/** Before an open door: look and enter. An administrator, who may join every team, also brings people into its public rooms. */
function mayFromOutside(actor: Actor, { room, mayJoin }: Standing, action: RoomAction): boolean {
  if (action === 'member.add' && room.kind === 'public' && actor.user.role === 'admin') return true
  return mayJoin && (action === 'room.see' || action === 'room.join')
}

/** An administrator of the server has the rights of an owner in each room they are in, and no eye into others. */
function roleOf(actor: Actor, member: Member): keyof typeof rank {
  return actor.user.role === 'admin' ? 'owner' : member.role
}

/** Throws what the actor may know of the reason. */
export function requireCan(actor: Actor, standing: Standing, action: RoomAction): void {
  if (can(actor, standing, action)) return
  const { room, member } = standing
  if (actor.via !== 'system' && !member && !standing.mayJoin) throw noSuchRoom()
  if (isConversation(room) && neverInConversations.has(action)) {
    throw fault.forbidden('room.conversation', 'That cannot be done in a direct conversation.')
  }
  if (room.deletedAt !== null && !allowedInArchive.has(action)) {
    throw fault.forbidden('room.archived', 'This room is archived: it can be read, not changed.')
  }
  if (!member) throw fault.forbidden('room.not_member', 'Join the room first.')
  throw fault.forbidden('room.not_allowed', 'Your role in this room does not allow that.')
}

/** Whether `actor` may remove this member: moderators remove members, owners anybody. */
export function outranks(actor: Actor, own: Member | null, other: Member): boolean {
  if (actor.via === 'system') return true
  if (own === null) return false
  const role = roleOf(actor, own)
  return role === 'owner' || rank[role] > rank[other.role]
}

export function mayEditMessage(actor: Actor, message: { senderId: Uuid; kind: string }): boolean {
  return message.senderId === actor.user.id && (message.kind === 'user' || message.kind === 'me')
}

export const noSuchRoom = () => fault.notFound('room.not_found', 'There is no such room.')
export const noSuchMessage = () => fault.notFound('message.not_found', 'There is no such message.')
