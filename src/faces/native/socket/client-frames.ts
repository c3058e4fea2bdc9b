/** Frames a native client may send, checked before anything looks at them. Contract: native.md, WebSocket. */
import { type Static, Type as t } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

/** Larger client frames close the socket with 1009. */
export const maxClientFrameBytes = 64 * 1024

const id = t.String({ minLength: 1, maxLength: 64 })
const clientId = t.String({ minLength: 1, maxLength: 128 })

const schemas = {
  auth: t.Object({ token: t.String({ minLength: 1, maxLength: 8_192 }) }),
  join_room: t.Object({ room_id: id, since: t.Optional(t.Union([id, t.Null()])) }),
  leave_room: t.Object({ room_id: id }),
  typing: t.Object({ room_id: id, thread: t.Optional(t.Union([id, t.Null()])) }),
  send_message: t.Object({
    room_id: id,
    content: t.String({ maxLength: 60_000 }),
    reply_to: t.Optional(t.Union([id, t.Null()])),
    thread: t.Optional(t.Union([id, t.Null()])),
    image_urls: t.Optional(t.Array(t.String({ maxLength: 2_048 }), { maxItems: 10 })),
    file_ids: t.Optional(t.Array(id, { maxItems: 10 })),
    client_id: t.Optional(clientId),
  }),
  stop_ai: t.Object({ room_id: id, message_id: id }),
  read: t.Object({ room_id: id, message_id: id }),
  ping: t.Object({}),
} as const

type Schemas = typeof schemas
export type ClientFrameType = keyof Schemas
export const clientFrameTypes: readonly string[] = Object.keys(schemas)
export type ClientFrame = { [K in ClientFrameType]: { type: K } & Static<Schemas[K]> }[ClientFrameType]

const checks = new Map(Object.entries(schemas).map(([type, schema]) => [type, TypeCompiler.Compile(schema)]))

export interface FrameProblem {
  code: 'bad_json' | 'bad_frame' | 'unknown_type'
  message: string
  clientId: string | null
}

/** The frame, or what is wrong with it. */
export function parseClientFrame(text: string): ClientFrame | FrameProblem {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { code: 'bad_json', message: 'The frame is not valid JSON.', clientId: null }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { code: 'bad_frame', message: 'A frame is a JSON object.', clientId: null }
  }
  const frame = value as Record<string, unknown>
  const ownClientId = typeof frame['client_id'] === 'string' ? frame['client_id'].slice(0, 128) : null
  const check = typeof frame['type'] === 'string' ? checks.get(frame['type']) : undefined
  if (!check) return { code: 'unknown_type', message: 'There is no such frame type.', clientId: ownClientId }
  if (!check.Check(frame)) {
    const problem = check.Errors(frame).First()
    const where = problem?.path.slice(1).replaceAll('/', '.') ?? ''
    return {
      code: 'bad_frame',
      message: `${where}: ${problem?.message ?? 'not valid'}`,
      clientId: ownClientId,
    }
  }
  return frame as ClientFrame
}

export const isProblem = (frame: ClientFrame | FrameProblem): frame is FrameProblem => 'code' in frame
