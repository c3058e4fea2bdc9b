/** What happens when somebody becomes a member, however they came; the caller has checked that they may. */
import type { Unit } from '../ports.ts'
import type { Repositories } from '../repositories.ts'
import type { Member, MemberRole, Millis, Room, User, Uuid } from '../types.ts'

export function newMember(room: Room, userId: Uuid, role: MemberRole, now: Millis): Member {
  return {
    roomId: room.id,
    userId,
    role,
    joinedAt: now,
    lastReadAt: now,
    lastReadMessageId: room.lastMessageId,
    // What was said before they came is not unread.
    readCount: room.messageCount,
    readRootCount: room.rootCount,
    mentionCount: 0,
    mentionRootCount: 0,
    muted: false,
    favourite: false,
    hidden: false,
    notifyProps: {},
    updatedAt: now,
  }
}

/** Makes `user` a member unless they are one; also of the room's team. Tells the room. */
export async function joinRoom(
  repos: Repositories,
  unit: Unit,
  join: { room: Room; user: User; by: Uuid; role?: MemberRole; now: Millis },
): Promise<Member> {
  const { room, user, by, now } = join
  const existing = await repos.members.get(room.id, user.id)
  if (existing) return existing
  const member = newMember(room, user.id, join.role ?? 'member', now)
  await repos.members.insert(member, by === user.id ? null : by)
  await joinTeam(repos, unit, room, user.id, now)
  unit.emit({ type: 'member.joined', room, member, user, by })
  return member
}

async function joinTeam(
  repos: Repositories,
  unit: Unit,
  room: Room,
  userId: Uuid,
  now: Millis,
): Promise<void> {
  if (room.teamId === null) return
  const { teamId } = room
  const existing = await repos.teams.member(teamId, userId)
  if (existing && existing.deletedAt === null) return
  await repos.teams.putMember({
    teamId,
    userId,
    role: existing?.role ?? 'member',
    createdAt: now,
    deletedAt: null,
  })
  unit.emit({ type: 'team.member_joined', teamId, userId })
}
