/**
 * What each frame of the server does to the stores.
 */
import { personName } from '../lib/names.ts'
import type { Message } from '../lib/types.ts'
import { route, navigate } from '../router.ts'
import {
  endStream,
  setPresence,
  setThinking,
  setTyping,
  stopTyping,
  takeChunk,
  takeTool,
} from '../stores/live.ts'
import { loadMembers } from '../stores/members.ts'
import { mark, settle } from '../stores/outbox.ts'
import { outbox } from '../stores/outgoing.ts'
import { notePinned } from '../stores/pins.ts'
import { dropRoom, loadRoom, noteMessage, putRoom, roomById, setCounters } from '../stores/rooms.ts'
import { myId } from '../stores/session.ts'
import { changeMessage, dropMessage, emptyRoom, findMessage, putMessage } from '../stores/timelines.ts'
import { announce, toast } from '../stores/ui.ts'
import type { ServerFrame } from './frames.ts'

/** Applies one frame; `rejoin` asks the server for the state of a room again. */
export function applyFrame(frame: ServerFrame, rejoin: (roomId: string) => void): void {
  switch (frame.type) {
    case 'joined':
      for (const message of frame.messages ?? []) putMessage(message)
      return
    case 'ack':
      outbox.value = settle(outbox.peek(), frame.client_id)
      return putMessage(frame.message)
    case 'error':
      return applyError(frame)
    case 'new_message':
      return applyNew(frame.message)
    case 'message_updated':
      notePinned(frame.message)
      return putMessage(frame.message)
    case 'message_deleted':
      return applyDeleted(frame.room_id, frame.message_id)
    case 'reaction_updated':
      return changeMessage(frame.room_id, frame.message_id, (message) => ({
        ...message,
        reactions: frame.reactions,
      }))
    case 'ai_typing':
      return setThinking(frame.room_id, frame.model)
    case 'ai_stream':
      setThinking(frame.room_id, null)
      if (!takeChunk(frame.room_id, frame.message_id, frame.offset, frame.chunk)) {
        rejoin(frame.room_id)
      }
      return
    case 'ai_tool':
      setThinking(frame.room_id, null)
      return takeTool(frame.room_id, frame.message_id, frame.tool, frame.state, frame.summary ?? '')
    case 'ai_stream_end':
      setThinking(frame.room_id, null)
      putMessage(frame.message)
      endStream(frame.message_id)
      return say(frame.message)
    case 'user_typing':
      if (frame.user.id !== myId.peek()) setTyping(frame.room_id, frame.user)
      return
    case 'presence':
      return setPresence(frame.user_id, frame.state)
    case 'room_updated':
      if (roomById(frame.room.id)) return putRoom(frame.room)
      // Somebody opened a conversation with us.
      return void loadRoom(frame.room.id).catch(ignore)
    case 'room_cleared':
      return emptyRoom(frame.room_id)
    case 'room_deleted':
    case 'removed':
      return applyGone(frame.room_id, frame.type === 'removed')
    case 'member_joined':
      return applyJoined(frame.room_id, frame.user?.id ?? frame.user_id ?? '')
    case 'member_left':
      if (frame.user_id !== myId.peek()) void reloadMembers(frame.room_id)
      return
    case 'read':
      return setCounters(frame.room_id, frame.unread_count, frame.mention_count)
    case 'ready':
    case 'pong':
      return
  }
}

function applyError(frame: Extract<ServerFrame, { type: 'error' }>): void {
  if (frame.client_id) {
    outbox.value = mark(outbox.peek(), frame.client_id, 'failed', frame.message)
  } else toast(frame.message, 'error')
}

/** Is this room on the screen, and the person in front of it? */
function looksAt(roomId: string): boolean {
  const at = route.peek()
  return at.name === 'room' && at.id === roomId && document.hasFocus()
}

function applyNew(message: Message): void {
  stopTyping(message.room_id, message.sender.id)
  if (message.client_id) {
    outbox.value = settle(outbox.peek(), message.client_id)
  }
  const known = findMessage(message.room_id, message.id)
  putMessage(message)
  if (known) return
  noteMessage(message, looksAt(message.room_id))
  if (!roomById(message.room_id)) void loadRoom(message.room_id).catch(ignore)
  if (message.content) say(message)
}

/** Reads out what others say in the room that is open. */
function say(message: Message): void {
  const at = route.peek()
  if (at.name !== 'room' || at.id !== message.room_id) return
  if (message.sender.id === myId.peek()) return
  announce(`${personName(message.sender)}: ${message.content.slice(0, 300)}`)
}

function applyDeleted(roomId: string, messageId: string): void {
  dropMessage(roomId, messageId)
  endStream(messageId)
  notePinned({ id: messageId, room_id: roomId, pinned: false })
}

function applyGone(roomId: string, removed: boolean): void {
  const room = roomById(roomId)
  dropRoom(roomId)
  emptyRoom(roomId)
  const at = route.peek()
  if (at.name !== 'room' || at.id !== roomId) return
  navigate('/', { replace: true })
  const name = room?.name ?? 'the room'
  toast(removed ? `You are no longer in ${name}.` : `${name} has been deleted.`)
}

/** Somebody came in. If it is us (invited or added), the room is new here. */
function applyJoined(roomId: string, userId: string): void {
  if (userId === myId.peek() || !roomById(roomId)) {
    void loadRoom(roomId).catch(ignore)
  } else void reloadMembers(roomId)
}

async function reloadMembers(roomId: string): Promise<void> {
  await loadMembers(roomId).catch(ignore)
}

function ignore(): void {
  // The room may be gone already; another event tells.
}
