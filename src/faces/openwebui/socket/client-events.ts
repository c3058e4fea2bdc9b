/** What clients send over the socket, and the acknowledgement each event gets. */
import type { Actor } from '../../../core/types.ts'
import type { Client } from './client.ts'
import type { OpenwebuiSockets } from './index.ts'
import { openTopic, roomTopic } from './topics.ts'
import { isRecord } from './packets.ts'

type Payload = Record<string, unknown>
type Handler = (sockets: OpenwebuiSockets, client: Client, actor: Actor, data: Payload) => Promise<unknown>

/** `undefined` = nothing to acknowledge with. */
export async function handleClientEvent(
  sockets: OpenwebuiSockets,
  client: Client,
  name: string,
  args: unknown[],
): Promise<unknown[] | undefined> {
  const data = isRecord(args[0]) ? args[0] : {}
  // Own names only: `constructor` is no event.
  if (Object.hasOwn(BY_TOKEN, name)) return BY_TOKEN[name]?.(sockets, client, data)
  const handler = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined
  if (!handler) {
    sockets.tabs.piece(client, name, args[0])
    return undefined
  }
  const actor = await sockets.actorOf(client)
  if (!actor) return undefined
  const reply = await handler(sockets, client, actor, data)
  return reply === undefined ? undefined : [reply]
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function tokenIn(data: Payload): string | null {
  return isRecord(data['auth']) ? text(data['auth']['token']) : null
}

/** Events that bring their own token. */
const BY_TOKEN: Record<
  string,
  (sockets: OpenwebuiSockets, client: Client, data: Payload) => Promise<unknown[] | undefined>
> = {
  'user-join': async (sockets, client, data) => {
    const token = tokenIn(data)
    const actor = token === null ? null : await sockets.authenticate(client, token)
    if (!actor) return [null]
    await sockets.joinRooms(client, actor)
    return [{ id: actor.user.id, name: actor.user.displayName }]
  },
  'join-channels': async (sockets, client, data) => {
    const token = tokenIn(data)
    const actor = token === null ? null : await sockets.authenticate(client, token)
    if (actor) await sockets.joinRooms(client, actor)
    return undefined
  },
  'join-note': async (sockets, client, data) => {
    const token = tokenIn(data)
    const noteId = text(data['note_id'])
    const actor = token === null ? null : await sockets.authenticate(client, token)
    if (!actor || noteId === null || !(await sockets.core.permissions.has(actor, 'features.notes')))
      return undefined
    if (await sockets.core.notes.readable(actor, noteId)) sockets.join(client, openTopic(`note:${noteId}`))
    return undefined
  },
}

/** Asked with an acknowledgement, which says no. */
const ENCRYPTION = ['start', 'status', 'join', 'bind', 'packet', 'leave', 'ping'].map(
  (name) => `encryption:${name}`,
)
const notEncrypted: Handler = async () => ({
  ok: false,
  error: 'Encrypted channels are not built in this version of Hubbub.',
})

const HANDLERS: Record<string, Handler> = {
  ...Object.fromEntries(ENCRYPTION.map((name) => [name, notEncrypted])),
  heartbeat: async (sockets, _client, actor) => {
    sockets.core.presence.touch(actor.user.id)
    return undefined
  },
  usage: async (sockets, client, _actor, data) => {
    const model = text(data['model'])
    if (data['action'] === 'chat' && model !== null) sockets.usage.note(model, client.engineId)
    return undefined
  },
  'events:channel': channelEvent,
  'events:chat': chatEvent,
  'ydoc:document:join': (sockets, client, actor, data) =>
    sockets.documents.join(sockets, client, actor, data),
  'ydoc:document:state': (sockets, client, _actor, data) => sockets.documents.state(sockets, client, data),
  'ydoc:document:update': (sockets, client, actor, data) =>
    sockets.documents.update(sockets, client, actor, data),
  'ydoc:document:leave': (sockets, client, actor, data) =>
    sockets.documents.leave(sockets, client, actor, data),
  'ydoc:awareness:update': (sockets, client, actor, data) =>
    sockets.documents.awareness(sockets, client, actor, data),
}

async function channelEvent(
  sockets: OpenwebuiSockets,
  client: Client,
  actor: Actor,
  data: Payload,
): Promise<undefined> {
  const roomId = text(data['channel_id'])
  const event = isRecord(data['data']) ? data['data'] : {}
  if (roomId === null || !client.rooms.has(roomTopic(roomId))) return undefined
  if (event['type'] === 'typing') {
    const typing = isRecord(event['data']) && event['data']['typing'] === true
    const messageId = text(data['message_id'])?.slice(0, 64) ?? null
    // Made anew: what else was sent is passed on to nobody.
    sockets.publish(roomTopic(roomId), 'events:channel', {
      channel_id: roomId,
      message_id: messageId,
      data: { type: 'typing', data: { typing } },
      user: { id: actor.user.id, name: actor.user.displayName, role: actor.user.role },
    })
    if (typing) await sockets.core.typing.start(actor, roomId, messageId)
  } else if (event['type'] === 'last_read_at') {
    await sockets.core.reads.mark(actor, roomId)
  }
  return undefined
}

async function chatEvent(
  sockets: OpenwebuiSockets,
  client: Client,
  actor: Actor,
  data: Payload,
): Promise<unknown> {
  const chatId = text(data['chat_id'])
  const event = isRecord(data['data']) ? data['data'] : {}
  if (chatId === null || !/^[0-9a-f-]{36}$/i.test(chatId)) return false
  const topic = openTopic(`chat:${chatId}`)
  switch (event['type']) {
    case 'join':
      if (!(await sockets.core.chats.accessible(actor, chatId, 'read'))) return false
      sockets.join(client, topic)
      sockets.openChats.announce(chatId)
      return true
    case 'leave':
      sockets.leave(client, topic)
      sockets.openChats.announce(chatId)
      return true
    case 'typing':
      return typing(sockets, client, actor, chatId, event)
    case 'last_read_at':
      await sockets.core.chats.markRead(actor, chatId)
      return undefined
    default:
      return undefined
  }
}

async function typing(
  sockets: OpenwebuiSockets,
  client: Client,
  actor: Actor,
  chatId: string,
  event: Payload,
): Promise<boolean> {
  const topic = openTopic(`chat:${chatId}`)
  const on = isRecord(event['data']) ? event['data']['typing'] : null
  if (typeof on !== 'boolean' || !client.rooms.has(topic)) return false
  if (!(await sockets.core.chats.accessible(actor, chatId, 'write'))) return false
  const data = {
    chat_id: chatId,
    user_id: actor.user.id,
    user: { id: actor.user.id, name: actor.user.displayName },
    shared: true,
    data: { type: 'typing', data: { typing: on } },
  }
  client.carrier.publish(topic, `42${JSON.stringify(['events', data])}`)
  return true
}
