/** What each client frame does: one core action, and the answer native.md promises. */
import type { Core, RoomView } from '../../../core/core.ts'
import { fault } from '../../../core/faults.ts'
import { requireScope } from '../../../core/permissions/scopes.ts'
import type { Actor } from '../../../core/types.ts'
import { filesOfUrls } from '../image-urls.ts'
import { presentMessage } from '../present-message.ts'
import { presentMessages } from '../present-messages.ts'
import type { ClientFrame } from './client-frames.ts'
import type { NativeSocket } from './native-sockets.ts'
import { roomTopic } from './server-frames.ts'

/** Rooms one socket may listen to. */
const maxRoomsPerSocket = 2_000
/** Missed messages given on `join_room` with `since`; more are fetched over HTTP. */
const maxMissed = 200

interface FrameContext<F extends ClientFrame = ClientFrame> {
  core: Core
  socket: NativeSocket
  actor: Actor
  frame: F
  send(body: object): void
  /** Grows with each person that leaves a room. */
  departures(): number
}

type FrameOf<T extends ClientFrame['type']> = Extract<ClientFrame, { type: T }>

/** Throws AppFault; the caller turns it into an `error` frame. */
export async function runClientFrame(context: FrameContext): Promise<void> {
  const { core, actor, frame, socket, send } = context
  core.presence.touch(actor.user.id)
  switch (frame.type) {
    case 'ping':
      return send({ type: 'pong' })
    case 'join_room':
      return joinRoom({ ...context, frame })
    case 'leave_room':
      socket.unsubscribe(roomTopic(frame.room_id))
      socket.data.rooms.delete(frame.room_id)
      return
    case 'typing':
      return core.typing.start(actor, frame.room_id, frame.thread ?? null)
    case 'send_message':
      return sendMessage({ ...context, frame })
    case 'stop_ai':
      return core.ai.stop(actor, frame.message_id)
    case 'read':
      await core.reads.mark(actor, frame.room_id, frame.message_id)
      return
    case 'auth':
      return
  }
}

async function joinRoom({
  core,
  actor,
  frame,
  socket,
  send,
  departures,
}: FrameContext<FrameOf<'join_room'>>): Promise<void> {
  // Hearing a room is reading its messages.
  requireScope(actor, 'messages:read')
  const { member, room } = await stillIn(core, actor, frame.room_id, departures)
  if (!member) throw fault.forbidden('room.not_member', 'Join the room first.')
  if (socket.data.rooms.size >= maxRoomsPerSocket)
    throw fault.forbidden('socket.rooms', 'Too many rooms on one socket.')
  // Listen first, read what was missed after: a message in between comes twice rather than never.
  socket.subscribe(roomTopic(room.id))
  socket.data.rooms.add(room.id)
  const missed = frame.since
    ? await core.messages.history(actor, room.id, { after: frame.since, limit: maxMissed })
    : { items: [], hasMore: false }
  const messages = await presentMessages(core, missed.items)
  // Removed while this read: then the subscription is gone already, and nothing more may be told.
  if (!socket.data.rooms.has(room.id)) return
  send({ type: 'joined', room_id: room.id, messages, has_more: missed.hasMore })
  for (const run of core.ai.running(room.id)) {
    send({ type: 'ai_stream', room_id: room.id, message_id: run.messageId, offset: 0, chunk: run.text })
  }
}

/** The room as one is in it now: a membership that was read while somebody left is read again. */
async function stillIn(
  core: Core,
  actor: Actor,
  roomId: string,
  departures: () => number,
): Promise<RoomView> {
  for (;;) {
    const before = departures()
    const view = await core.rooms.get(actor, roomId)
    if (before === departures()) return view
  }
}

async function sendMessage({
  core,
  actor,
  frame,
  send,
}: FrameContext<FrameOf<'send_message'>>): Promise<void> {
  const message = await core.messages.post(actor, frame.room_id, {
    content: frame.content,
    replyTo: frame.reply_to ?? null,
    threadId: frame.thread ?? null,
    fileIds: [...(frame.file_ids ?? []), ...filesOfUrls(frame.image_urls ?? [])],
    clientId: frame.client_id ?? null,
  })
  send({ type: 'ack', client_id: frame.client_id ?? null, message: presentMessage(message, actor.user) })
}
