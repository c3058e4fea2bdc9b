/** The `room` record of the native contract, with or without the asker's counters. */
import type { RoomView } from '../../core/core.ts'
import type { Member, Room, User } from '../../core/types.ts'
import type { MessageRecord } from './present-message.ts'
import { presentUser, timestamp } from './present-user.ts'

export function presentRoom(room: Room) {
  return {
    id: room.id,
    kind: room.kind,
    name: room.name,
    slug: room.slug,
    description: room.description,
    header: room.header,
    team_id: room.teamId,
    ai: {
      model: room.ai.model,
      respond: room.ai.respond,
      system_prompt: room.ai.systemPrompt,
      temperature: room.ai.temperature,
      history_limit: room.ai.historyLimit,
      tools: room.ai.tools,
      budget: { tokens_per_day: room.ai.budget.tokensPerDay, per: room.ai.budget.per },
    },
    created_by: room.creatorId,
    message_count: room.messageCount,
    last_message_at: room.lastMessageAt === 0 ? null : timestamp(room.lastMessageAt),
    archived_at: room.deletedAt === null ? null : timestamp(room.deletedAt),
    created_at: timestamp(room.createdAt),
    updated_at: timestamp(room.updatedAt),
  }
}

/** A room as one of its members lists it. */
export function presentRoomView(view: RoomView, lastMessage: MessageRecord | null = null) {
  const { room, member } = view
  return {
    ...presentRoom(room),
    role: member?.role ?? null,
    muted: member?.muted ?? false,
    favourite: member?.favourite ?? false,
    unread_count: member === null ? 0 : Math.max(0, room.messageCount - member.readCount),
    mention_count: member?.mentionCount ?? 0,
    last_read_message_id: member?.lastReadMessageId ?? null,
    last_message: lastMessage,
  }
}

export function presentMember(member: Member, user: User) {
  return {
    ...presentUser(user),
    role: member.role,
    account_role: user.role,
    joined_at: timestamp(member.joinedAt),
  }
}
