/** What clients ask over the socket once they are signed in. */
import { AppFault } from '../../../core/faults.ts'
import type { Actor } from '../../../core/types.ts'
import { SERVER_VERSION } from '../config/server-config.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import { Fields, isRecord, type Json } from '../wire/fields.ts'
import type { Connection } from './connection.ts'
import { failReply, okReply } from './frames.ts'
import { decodeMsgpack } from './msgpack.ts'

export interface ClientAction {
  seq: number
  action: string
  data: Json
}

/** null when the frame is no object; text is JSON, bytes are MessagePack. */
export function parseAction(frame: string | Uint8Array): ClientAction | null {
  try {
    const value = typeof frame === 'string' ? (JSON.parse(frame) as unknown) : decodeMsgpack(frame)
    if (!isRecord(value)) return null
    const { seq, action, data } = value
    return {
      seq: typeof seq === 'number' ? seq : 0,
      action: typeof action === 'string' ? action : '',
      data: isRecord(data) ? data : {},
    }
  } catch {
    return null
  }
}

/** Answers one action on the connection it came by; never throws. */
export async function runAction(face: Face, connection: Connection, asked: ClientAction): Promise<void> {
  const { seq, action } = asked
  if (action === '') return fail(connection, seq, 400, 'no_action', 'No websocket action.')
  if (seq <= 0) return fail(connection, seq, 400, 'bad_seq', 'Invalid sequence for websocket message.')
  if (action.startsWith('custom_') || action === 'authentication_challenge') return
  const actor = connection.actor
  if (!actor) return fail(connection, seq, 401, 'not_authenticated', 'You must be signed in.')
  // Own names only: `constructor` is no action.
  const handler = Object.hasOwn(HANDLERS, action) ? HANDLERS[action] : undefined
  if (!handler) return fail(connection, seq, 500, 'bad_action', 'Unknown websocket action.')
  try {
    const data = await handler(face, connection, actor, new Fields(asked.data))
    connection.reply(okReply(seq, data))
  } catch (error) {
    if (!(error instanceof AppFault) && !(error instanceof Error && error.name === 'MmError')) {
      face.log.error('a websocket action failed', { action, error })
    }
    const id = 'api.websocket_handler.invalid_param.app_error'
    connection.reply(failReply(seq, 400, id, 'Invalid parameter.'))
  }
}

function fail(connection: Connection, seq: number, status: number, why: string, message: string): void {
  connection.reply(failReply(seq, status, `api.web_socket_router.${why}.app_error`, message))
}

type Handler = (
  face: Face,
  connection: Connection,
  actor: Actor,
  data: Fields,
) => Promise<Json | undefined> | Json | undefined

const HANDLERS: Record<string, Handler> = {
  ping: () => ({ text: 'pong', version: SERVER_VERSION, server_time: Date.now(), node_id: '' }),

  async user_typing(face, _connection, actor, data) {
    await face.core.typing.start(actor, data.id('channel_id'), data.idOrNull('parent_id'))
    return {}
  },

  async user_update_active_status(face, _connection, actor, data) {
    const active = data.flag('user_is_active')
    if (active) face.core.presence.touch(actor.user.id)
    if (data.flag('manual')) await face.core.presence.set(actor, active ? null : 'away')
    return undefined
  },

  presence(_face, connection, _actor, data) {
    if (data.has('channel_id')) connection.focus.channelId = data.idOrNull('channel_id')
    if (data.has('thread_channel_id')) connection.focus.threadChannelId = data.idOrNull('thread_channel_id')
    return undefined
  },

  async get_statuses(face, connection) {
    return statuses(face, connection.userId ? [connection.userId] : [])
  },

  async get_statuses_by_ids(face, _connection, _actor, data) {
    return statuses(face, data.ids('user_ids'))
  },

  posted_notify_ack: () => undefined,
}

async function statuses(face: Face, ids: string[]): Promise<Json> {
  const known = await face.core.presence.of(ids)
  return Object.fromEntries(ids.map((id) => [toWire(id), known.get(id)?.state ?? 'offline']))
}
