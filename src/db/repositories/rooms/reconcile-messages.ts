/** Messages that Open WebUI's server wrote, changed or deleted while we were away. */
import { sql } from 'drizzle-orm'
import type { ReconcileRepository, StrangeMessage } from '../../../core/rooms/reconcile-repository.ts'
import { decodeJson } from '../../columns/json.ts'
import type { Conn } from '../../conn.ts'

interface Found {
  id: string
  room_id: string
  sender_id: string | null
  content: string | null
  parent_id: string | null
  created_ms: number
  updated_ms: number
  updated_ns: string
  meta: unknown
  known: string | null
  known_updated: number | null
  known_edited: number | null
  in_room: string | null
}

/**
 * By time of change over the index on `message.updated_at`. A message of ours has a row of ours with the same
 * time or a later one; one that differs was edited over there.
 */
export async function strangeMessages(
  conn: Conn,
  since: string,
  limit: number,
): ReturnType<ReconcileRepository['strangeMessages']> {
  const from = BigInt(since)
  const rows = await conn.sql.all<Found>(sql`
    select m.id as id, m.channel_id as room_id, m.user_id as sender_id, m.content as content, m.parent_id as parent_id,
      m.created_at / 1000000 as created_ms, m.updated_at / 1000000 as updated_ms,
      cast(m.updated_at as text) as updated_ns, m.meta as meta,
      h.message_id as known, h.updated_at as known_updated, h.edited_at as known_edited, r.room_id as in_room
    from message m
    left join hb_message h on h.message_id = m.id
    left join hb_room r on r.room_id = m.channel_id
    where m.updated_at > ${from}
    order by m.updated_at limit ${limit}`)
  const strange = rows.filter(
    (row) =>
      row.in_room !== null && (row.known === null || Number(row.updated_ms) > Number(row.known_updated)),
  )
  const last = rows.at(-1)
  return {
    messages: strange.map(toStrange).sort((a, b) => a.createdAt - b.createdAt),
    scanned: rows.length,
    next: rows.length < limit || !last ? null : last.updated_ns,
  }
}

function toStrange(row: Found): StrangeMessage {
  const meta = decodeJson(row.meta) as { model_id?: unknown } | null
  const model = meta && typeof meta === 'object' ? meta.model_id : null
  return {
    id: row.id,
    roomId: row.room_id,
    senderId: row.sender_id ?? '',
    content: row.content ?? '',
    threadId: row.parent_id,
    createdAt: Number(row.created_ms),
    updatedAt: Number(row.updated_ms),
    model: typeof model === 'string' ? model : null,
    known: row.known !== null,
  }
}

export async function lostMessages(
  conn: Conn,
  afterSeq: number,
  span: number,
): ReturnType<ReconcileRepository['lostMessages']> {
  const rows = await conn.sql.all<{
    seq: number
    id: string
    stored: string | null
    deleted: number | null
  }>(sql`
    select h.seq as seq, h.message_id as id, m.id as stored, h.deleted_at as deleted
    from hb_message h left join message m on m.id = h.message_id
    where h.seq > ${afterSeq} order by h.seq limit ${span}`)
  const last = rows.at(-1)
  return {
    ids: rows.filter((row) => row.stored === null && row.deleted === null).map((row) => row.id),
    nextSeq: rows.length < span || !last ? null : Number(last.seq),
  }
}
