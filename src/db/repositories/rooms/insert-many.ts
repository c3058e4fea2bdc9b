/** Messages by the dozen: one statement inserts fifty rows, for imports, where two statements a message cost too much. */
import type { Message } from '../../../core/types.ts'
import { type Conn, stmt } from '../../conn.ts'
import { storedParts } from './message-rows.ts'
import { toNs } from './room-rows.ts'

/** SQLite takes 32,766 parameters, PostgreSQL 65,535; beyond fifty rows nothing is gained. */
const ROWS = 50

/** What a statement is given for its rows, by placeholder. */
type Values = Record<string, unknown>
/** The values of one message in the order of the columns. */
type ValuesOf = (message: Message) => unknown[]

const messageColumns = 'id userId channelId content data meta createdAt updatedAt parentId replyToId'.split(
  ' ',
)

function messageValues(message: Message): unknown[] {
  const { id, senderId, roomId, content, threadId, replyTo } = message
  const { data, meta } = storedParts(message)
  const at = toNs(message.createdAt)
  return [id, senderId, roomId, content, data, meta, at, at, threadId, replyTo]
}

const hbMessageColumns =
  'messageId roomId senderId ordinal rootOrdinal kind hash previous clientId createdAt updatedAt mentions props ai threadId replyCount lastReplyAt'.split(
    ' ',
  )

function hbMessageValues(message: Message): unknown[] {
  const { id, roomId, senderId, ordinal, rootOrdinal, kind, hash, previous, clientId } = message
  const { createdAt, updatedAt, mentions, props, ai, threadId, replyCount, lastReplyAt } = message
  const chain = [id, roomId, senderId, ordinal, rootOrdinal, kind, hash, previous, clientId]
  return [...chain, createdAt, updatedAt, mentions, props, ai, threadId, replyCount, lastReplyAt]
}

/** Placeholders `id0`, `userId0` … `id49`; typed by nobody but the two functions above, which know the columns. */
function holders<T>(rows: number, columns: readonly string[], p: (name: string) => unknown): T[] {
  return names(rows, columns).map(
    (own) => Object.fromEntries(columns.map((column, at) => [column, p(own[at] ?? '')])) as T,
  )
}

function names(rows: number, columns: readonly string[]): string[][] {
  return Array.from({ length: rows }, (_, row) => columns.map((column) => `${column}${row}`))
}

/** Made once: they are looked up for every value of every row. */
const messageNames = names(ROWS, messageColumns)
const hbMessageNames = names(ROWS, hbMessageColumns)

function statements(rows: number) {
  return {
    rows,
    message: stmt(`message.insert${rows}`, (db, t, p) =>
      db.insert(t.message).values(
        holders<typeof t.message.$inferInsert>(rows, messageColumns, p).map((row) => ({
          ...row,
          isPinned: false,
        })),
      ),
    ),
    hbMessage: stmt(`message.insertHb${rows}`, (db, t, p) =>
      db
        .insert(t.hbMessage)
        .values(holders<typeof t.hbMessage.$inferInsert>(rows, hbMessageColumns, p))
        .returning({ seq: t.hbMessage.seq }),
    ),
  }
}

const many = statements(ROWS)
const one = statements(1)

function params(messages: readonly Message[], list: readonly string[][], values: ValuesOf): Values {
  const out: Values = {}
  for (const [row, message] of messages.entries()) {
    const own = values(message)
    const columns = list[row] ?? []
    for (let at = 0; at < own.length; at++) out[columns[at] ?? ''] = own[at]
  }
  return out
}

/** The `seq` of each, in the same order. */
export async function insertMany(conn: Conn, messages: readonly Message[]): Promise<number[]> {
  const seqs: number[] = []
  for (let at = 0; at < messages.length;) {
    const { rows, message, hbMessage } = messages.length - at >= ROWS ? many : one
    const slice = messages.slice(at, at + rows)
    await conn.run(message, params(slice, messageNames, messageValues))
    const inserted = await conn.all(hbMessage, params(slice, hbMessageNames, hbMessageValues))
    // Numbers are given in the order of the rows, but returned in any.
    seqs.push(...inserted.map(({ seq }) => seq).sort((a, b) => a - b))
    at += rows
  }
  return seqs
}
