/** Event frames as text. Built once per event; each connection only adds its number and the brace. */
import type { SharedFrame } from './connection.ts'

/** Wire ids; clients read them as data even where they also choose the receivers. */
export interface Broadcast {
  user?: string
  channel?: string
  team?: string
  omitUsers?: string[]
  connection?: string
  omitConnection?: string
}

/** `data` is JSON text of an object. */
export function eventFrame(event: string, data: string, to: Broadcast = {}): SharedFrame {
  return `{"event":"${event}","data":${data},"broadcast":${broadcastJson(to)},"seq":`
}

/** As eventFrame, from a plain object. */
export function frameOf(event: string, data: Record<string, unknown>, to: Broadcast = {}): SharedFrame {
  return eventFrame(event, JSON.stringify(data), to)
}

/** A string that holds JSON: Mattermost encodes most payloads twice. */
export function nested(value: unknown): string {
  return JSON.stringify(value)
}

function broadcastJson(to: Broadcast): string {
  const omit = to.omitUsers?.length
    ? JSON.stringify(Object.fromEntries(to.omitUsers.map((id) => [id, true])))
    : 'null'
  return `{"omit_users":${omit},"user_id":"${to.user ?? ''}","channel_id":"${to.channel ?? ''}","team_id":"${
    to.team ?? ''
  }","connection_id":"${to.connection ?? ''}","omit_connection_id":"${to.omitConnection ?? ''}"}`
}

export function okReply(seq: number, data?: Record<string, unknown>): string {
  return JSON.stringify({ status: 'OK', ...(data ? { data } : {}), seq_reply: seq })
}

export function failReply(seq: number, status: number, id: string, message: string): string {
  const error = { id, message, detailed_error: '', status_code: status }
  return JSON.stringify({ status: 'FAIL', error, seq_reply: seq })
}
