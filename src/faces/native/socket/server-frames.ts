/** Domain events as native frames: which topic, which JSON. One string per event, whoever listens. */
import type { DomainEvent, EventOf } from '../../../core/events.ts'
import { presentMessage, presentReactions } from '../present-message.ts'
import { presentMember, presentRoom } from '../present-room.ts'
import { presentUser } from '../present-user.ts'

export const roomTopic = (roomId: string) => `native:room:${roomId}`
export const userTopic = (userId: string) => `native:user:${userId}`
export const presenceTopic = 'native:presence'

export interface Frame {
  topic: string
  /** Made only when somebody listens. */
  body: () => object
}

const toRoom = (roomId: string, body: () => object): Frame => ({ topic: roomTopic(roomId), body })
const toUser = (userId: string, body: () => object): Frame => ({ topic: userTopic(userId), body })

/** Frames of an event; empty for events that native clients do not hear of. */
export function framesOf(event: DomainEvent): Frame[] {
  switch (event.type) {
    case 'message.created':
      return [
        toRoom(event.room.id, () => ({
          type: 'new_message',
          message: presentMessage(event.message, event.sender),
        })),
      ]
    case 'message.updated':
      return [
        toRoom(event.room.id, () => ({
          type: 'message_updated',
          message: presentMessage(event.message, event.sender),
        })),
      ]
    case 'message.deleted':
      return [
        toRoom(event.room.id, () => ({
          type: 'message_deleted',
          room_id: event.room.id,
          message_id: event.message.id,
        })),
      ]
    case 'reaction.added':
    case 'reaction.removed':
      return [toRoom(event.room.id, () => reactionFrame(event))]
    case 'room.created':
      // A direct room begins without anybody joining: its people hear of it here.
      return event.memberIds.map((userId) =>
        toUser(userId, () => ({ type: 'room_updated', room: presentRoom(event.room) })),
      )
    case 'room.updated':
      return [toRoom(event.room.id, () => ({ type: 'room_updated', room: presentRoom(event.room) }))]
    case 'room.deleted':
      return [toRoom(event.room.id, () => ({ type: 'room_deleted', room_id: event.room.id }))]
    case 'room.cleared':
      return [toRoom(event.room.id, () => ({ type: 'room_cleared', room_id: event.room.id }))]
    case 'member.joined':
      return memberJoined(event)
    case 'member.left':
    case 'member.removed':
      return [
        toRoom(event.room.id, () => ({ type: 'member_left', room_id: event.room.id, user_id: event.userId })),
      ]
    case 'read.marked':
      return [toUser(event.member.userId, () => readFrame(event))]
    case 'presence.changed':
      return [
        {
          topic: presenceTopic,
          body: () => ({ type: 'presence', user_id: event.userId, state: event.state }),
        },
      ]
    case 'typing':
      return [toRoom(event.roomId, () => typingFrame(event))]
    case 'run.started':
      return [
        toRoom(event.roomId, () => ({
          type: 'ai_typing',
          room_id: event.roomId,
          message_id: event.messageId,
          model: event.model,
        })),
      ]
    case 'run.delta':
      if (event.reasoning) return []
      return [
        toRoom(event.roomId, () => ({
          type: 'ai_stream',
          room_id: event.roomId,
          message_id: event.messageId,
          offset: event.offset,
          chunk: event.chunk,
        })),
      ]
    case 'run.tool':
      return [
        toRoom(event.roomId, () => ({
          type: 'ai_tool',
          room_id: event.roomId,
          message_id: event.messageId,
          tool: event.tool,
          state: event.state,
          summary: event.summary,
        })),
      ]
    case 'run.ended':
      return [
        toRoom(event.room.id, () => ({
          type: 'ai_stream_end',
          room_id: event.room.id,
          message_id: event.message.id,
          message: presentMessage(event.message, event.sender),
        })),
      ]
    default:
      return []
  }
}

/** The room hears of it, and so does the one who joined, whose sockets do not listen to the room yet. */
function memberJoined(event: EventOf<'member.joined'>): Frame[] {
  const body = () => ({
    type: 'member_joined',
    room_id: event.room.id,
    user: presentUser(event.user),
    member: presentMember(event.member, event.user),
  })
  return [toRoom(event.room.id, body), toUser(event.member.userId, body)]
}

function reactionFrame(event: EventOf<'reaction.added' | 'reaction.removed'>): object {
  return {
    type: 'reaction_updated',
    room_id: event.room.id,
    message_id: event.message.id,
    reactions: presentReactions(event.message.reactions),
  }
}

function readFrame(event: EventOf<'read.marked'>): object {
  return {
    type: 'read',
    room_id: event.room.id,
    message_id: event.member.lastReadMessageId,
    unread_count: Math.max(0, event.room.messageCount - event.member.readCount),
    mention_count: event.member.mentionCount,
  }
}

function typingFrame(event: EventOf<'typing'>): object {
  const { id, username, displayName } = event.user
  return {
    type: 'user_typing',
    room_id: event.roomId,
    thread_id: event.threadId,
    user: { id, username, display_name: displayName },
  }
}
