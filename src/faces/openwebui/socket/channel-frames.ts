/**
 * Domain events of rooms as `events:channel` frames. Building looks up the people named, so it is asked
 * for only where somebody listens. `typing` is answered in client-events.ts for this face's own sockets.
 */
import type { DomainEvent } from '../../../core/events.ts'
import type { Message, Room, User } from '../../../core/types.ts'
import type { FaceCore } from '../face-core.ts'
import { presentChannel, presentFullMessage } from '../present/channels.ts'
import { roomTopic, userTopic } from './topics.ts'

export interface Frame {
  topic: string
  name: string
  data: unknown
}

export interface WantedFrames {
  topics: string[]
  build(): Promise<Frame[]>
}

interface Told {
  room: Room
  message: Message
  type: string
  sender: User | null
  more?: Record<string, unknown>
}

export function channelFrames(core: FaceCore, event: DomainEvent): WantedFrames | null {
  switch (event.type) {
    case 'message.created':
      return inRoom(event.room, () => created(core, event.room, event.message, event.sender))
    case 'message.updated':
      // News of a thread's root follow each reply (see `created`).
      if (event.reason === 'thread') return null
      return one(core, { ...event, type: 'message:update', sender: event.sender })
    case 'run.ended':
      return one(core, { ...event, type: 'message:update', sender: event.sender })
    case 'message.deleted':
      return one(core, { ...event, type: 'message:delete', sender: null })
    case 'reaction.added':
    case 'reaction.removed': {
      const type = event.type === 'reaction.added' ? 'message:reaction:add' : 'message:reaction:remove'
      return one(core, {
        room: event.room,
        message: event.message,
        type,
        sender: null,
        more: { name: event.emoji },
      })
    }
    case 'room.created':
      return toPeople(event.memberIds, { data: { type: 'channel:created' } })
    case 'member.updated': {
      const data = { type: 'channel:mute', data: { is_channel_muted: event.member.muted } }
      return toPeople([event.member.userId], { channel_id: event.room.id, data })
    }
    case 'member.joined':
      return toPeople([event.user.id], { data: { type: 'channel:created' } })
    default:
      return null
  }
}

function inRoom(room: Room, build: () => Promise<Frame[]>): WantedFrames {
  return { topics: [roomTopic(room.id)], build }
}

function one(core: FaceCore, told: Told): WantedFrames {
  return inRoom(told.room, async () => [await frameOf(core, told)])
}

function toPeople(userIds: readonly string[], data: unknown): WantedFrames {
  const topics = userIds.map(userTopic)
  return { topics, build: async () => topics.map((topic) => ({ topic, name: 'events:channel', data })) }
}

/** A reply in a thread is also told as news of its root. */
async function created(core: FaceCore, room: Room, message: Message, sender: User): Promise<Frame[]> {
  const tempId = message.clientId?.startsWith('openwebui:')
    ? message.clientId.slice('openwebui:'.length)
    : null
  const more = { temp_id: tempId }
  const frames = [await frameOf(core, { room, message, type: 'message', sender, more })]
  if (message.threadId === null) return frames
  const [root] = await core.roomReads.named([message.threadId])
  if (root) frames.push(await frameOf(core, { room, message: root, type: 'message:reply', sender }))
  return frames
}

async function frameOf(core: FaceCore, { room, message, type, sender, more }: Told): Promise<Frame> {
  const quoted = message.replyTo ? ((await core.roomReads.named([message.replyTo]))[0] ?? null) : null
  const ids = new Set([
    message.senderId,
    ...Object.values(message.reactions).flat(),
    ...(quoted ? [quoted.senderId] : []),
  ])
  const users = new Map((await core.users.byIds([...ids])).map((user) => [user.id, user]))
  const writer = sender ?? users.get(message.senderId)
  const grants = await core.grants.list('channel', room.id)
  return {
    topic: roomTopic(room.id),
    name: 'events:channel',
    data: {
      channel_id: room.id,
      message_id: message.id,
      data: { type, data: { ...more, ...presentFullMessage(message, users, quoted) } },
      user: writer ? { id: writer.id, name: writer.displayName, role: writer.role } : null,
      channel: presentChannel(room, grants),
    },
  }
}
