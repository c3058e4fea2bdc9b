/** Messages by the dozen: one statement inserts fifty rows, for imports, where two statements a message cost too much. */
import type { Message } from '../../../core/types.ts'
import { type Conn, stmt } from '../../conn.ts'
import { storedParts } from './message-rows.ts'
import { toNs } from './room-rows.ts'

/** SQLite takes 32,766 parameters, PostgreSQL 65,535; beyond fifty rows nothing is gained. */
const ROWS = 50

/** What a statement of `rows` rows is given for one of them. */
type Values = Record<string, unknown>

function messageValues(message: Message): Values {
  const { data, meta } = storedParts(message)
  return {
    id: message.id,
    userId: message.senderId,
    channelId: message.roomId,
    content: message.content,
    data,
    meta,
    createdAt: toNs(message.createdAt),
    updatedAt: toNs(message.createdAt),
    parentId: message.threadId,
    replyToId: message.replyTo,
  }
}

function hbMessageValues(message: Message): Values {
  return {
    messageId: message.id,
    roomId: message.roomId,
    senderId: message.senderId,
    ordinal: message.ordinal,
    rootOrdinal: message.rootOrdinal,
    kind: message.kind,
    hash: message.hash,
    previous: message.previous,
    clientId: message.clientId,
    createdAt: message.createdAt,
    updatedAt: message.updatedAt,
    mentions: message.mentions,
    props: storedParts(message).props,
    ai: message.ai,
    threadId: message.threadId,
    replyCount: message.replyCount,
    lastReplyAt: message.lastReplyAt,
  }
}

const messageColumns = 'id userId channelId content data meta createdAt updatedAt parentId replyToId'.split(
  ' ',
)
const hbMessageColumns =
  'messageId roomId senderId ordinal rootOrdinal kind hash previous clientId createdAt updatedAt mentions props ai threadId replyCount lastReplyAt'.split(
    ' ',
  )

/** Placeholders `id0`, `userId0` … `id49`; typed by nobody but the two functions above, which know the columns. */
function holders<T>(rows: number, columns: readonly string[], p: (name: string) => unknown): T[] {
  return Array.from(
    { length: rows },
    (_, row) => Object.fromEntries(columns.map((column) => [column, p(`${column}${row}`)])) as T,
  )
}

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

function params(messages: readonly Message[], values: (message: Message) => Values): Values {
  const out: Values = {}
  for (const [row, message] of messages.entries()) {
    const own = values(message)
    for (const column in own) out[column + row] = own[column]
  }
  return out
}

/** The `seq` of each, in the same order. */
export async function insertMany(conn: Conn, messages: readonly Message[]): Promise<number[]> {
  const seqs: number[] = []
  for (let at = 0; at < messages.length;) {
    const { rows, message, hbMessage } = messages.length - at >= ROWS ? many : one
    const slice = messages.slice(at, at + rows)
    await conn.run(message, params(slice, messageValues))
    const inserted = await conn.all(hbMessage, params(slice, hbMessageValues))
    // Numbers are given in the order of the rows, but returned in any.
    seqs.push(...inserted.map(({ seq }) => seq).sort((a, b) => a - b))
    at += rows
  }
  return seqs
}
