/**
 * Frames of `/ws`, both ways, as in contracts/native.md.
 */
import type { Message, Room, Sender } from '../lib/types.ts'

export type ToolState = 'running' | 'done' | 'failed'

export type ServerFrame =
  | { type: 'ready' | 'pong' }
  | {
      type: 'joined'
      room_id: string
      messages?: Message[]
      has_more?: boolean
    }
  | { type: 'ack'; client_id: string; message: Message }
  | { type: 'error'; client_id?: string; room_id?: string; code: string; message: string }
  | { type: 'new_message'; message: Message }
  | { type: 'message_updated'; message: Message }
  | {
      type: 'message_deleted'
      room_id: string
      message_id: string
      thread_id?: string | null
    }
  | {
      type: 'reaction_updated'
      room_id: string
      message_id: string
      reactions: Record<string, string[]>
    }
  | { type: 'ai_typing'; room_id: string; message_id?: string; model: string }
  | { type: 'read'; room_id: string; unread_count: number; mention_count: number }
  | {
      type: 'ai_stream'
      room_id: string
      message_id: string
      offset: number
      chunk: string
    }
  | {
      type: 'ai_tool'
      room_id: string
      message_id: string
      tool: string
      state: ToolState
      summary?: string | null
    }
  | {
      type: 'ai_stream_end'
      room_id: string
      message_id: string
      message: Message
    }
  | { type: 'user_typing'; room_id: string; user: Sender }
  | { type: 'presence'; user_id: string; state: string }
  | { type: 'room_updated'; room: Room }
  | { type: 'room_deleted' | 'room_cleared' | 'removed'; room_id: string }
  | { type: 'member_joined'; room_id: string; user?: Sender; user_id?: string }
  | { type: 'member_left'; room_id: string; user_id: string }

export type ClientFrame =
  | { type: 'auth'; token: string }
  | { type: 'ping' }
  | { type: 'join_room'; room_id: string; since?: string }
  | { type: 'leave_room'; room_id: string }
  | { type: 'typing'; room_id: string }
  | {
      type: 'send_message'
      room_id: string
      content: string
      reply_to?: string
      thread?: string
      image_urls?: string[]
      client_id: string
    }
  | { type: 'stop_ai'; room_id: string; message_id: string }
  | { type: 'read'; room_id: string; message_id: string }

/** Reads one text frame; null when it is not an object with a type. */
export function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  try {
    const frame: unknown = JSON.parse(data)
    if (!frame || typeof frame !== 'object') return null
    return typeof (frame as { type?: unknown }).type === 'string' ? (frame as ServerFrame) : null
  } catch {
    return null
  }
}
