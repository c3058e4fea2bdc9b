/**
 * The open room with its members, and what the person may do there.
 */
import { signal } from '@preact/signals'
import { rooms as api } from '../api/endpoints.ts'
import type { Member, MemberRole, Room, User } from '../lib/types.ts'

/** Members by room, as far as they were loaded. */
export const membersByRoom = signal<ReadonlyMap<string, Member[]>>(new Map())

type RawMember = Partial<User> & {
  user?: User
  user_id?: string
  role?: string
  member_role?: MemberRole
}

/** A member record is the person with a role of the room, nested or flat. */
export function readMember(raw: RawMember): Member {
  const role = (raw.member_role ?? raw.role ?? 'member') as MemberRole
  const user = raw.user ?? (raw as User)
  return { ...user, id: user.id ?? raw.user_id, member_role: role }
}

/** Keeps the members that came with a room. */
export function keepMembers(room: Room): void {
  if (!room.members) return
  const members = room.members.map((raw) => readMember(raw as RawMember))
  membersByRoom.value = new Map(membersByRoom.value).set(room.id, members)
}

/** Asks again who is in the room. */
export async function loadMembers(roomId: string): Promise<void> {
  const members = (await api.members(roomId)).map((raw) => readMember(raw as RawMember))
  membersByRoom.value = new Map(membersByRoom.value).set(roomId, members)
}

/** The role of a person in a room whose members are loaded. */
export function roleIn(roomId: string, userId: string): MemberRole | null {
  const members = membersByRoom.value.get(roomId)
  return members?.find((member) => member.id === userId)?.member_role ?? null
}

/** Owners and moderators change the room and delete others' messages. */
export function mayModerate(roomId: string, userId: string): boolean {
  const role = roleIn(roomId, userId)
  return role === 'owner' || role === 'moderator'
}
