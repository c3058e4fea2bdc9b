/** Messages over `message` and `hb_message`; both are written in the same unit. */
import { and, asc, desc, eq, gt, inArray, lte, sql } from 'drizzle-orm'
import type { MessagePage, MessageRepository } from '../../../core/rooms/repositories.ts'
import type { Message } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'
import { insertMany } from './insert-many.ts'
import { seqsByHash } from './message-hashes.ts'
import { toMessage, toTombstone, storedParts } from './message-rows.ts'
import * as statements from './message-statements.ts'
import { purgeMessages } from './purge.ts'
import { toNs } from './room-rows.ts'
import { indexedUpTo } from './search-state.ts'

export function messageRepository(conn: Conn): MessageRepository {
  const { hbMessage, hbMessageEdit, message: table, messageReaction, channelFile } = conn.tables
  const select = () => statements.selectMessages(conn.db, conn.tables, conn.dialect)

  async function get(id: string): Promise<Message | null> {
    const row = await conn.get(statements.messageById, { id })
    return row && toMessage(row)
  }

  return {
    insert: (message) => insert(conn, message),
    insertMany: (messages) => insertMany(conn, messages),
    get,
    async getMany(ids) {
      if (ids.length === 0) return []
      const rows = await select().where(inArray(table.id, [...ids]))
      const byId = new Map(rows.map((row) => [row.id, toMessage(row)]))
      return ids.flatMap((id) => byId.get(id) ?? [])
    },
    page: (query) => page(conn, query),
    async byHash(hash) {
      const seqs = seqsByHash(hash, await indexedUpTo(conn))
      const found = await select()
        .where(and(inArray(hbMessage.seq, seqs), eq(hbMessage.hash, hash)))
        .limit(10)
      return found.map(toMessage)
    },
    async byClientId(roomId, senderId, clientId) {
      const found = await conn.get(statements.byClientId, { roomId, senderId, clientId })
      return found && get(found.id)
    },
    async newestChange(roomId) {
      const row = await conn.get(statements.newestChange, { roomId })
      return { updatedAt: Number(row?.updatedAt ?? 0), seq: Number(row?.seq ?? 0) }
    },
    async newest(roomId) {
      const row = await conn.get(statements.newestPage, { roomId, limit: 1 })
      return row && toMessage(row)
    },
    async changedSince(roomId, since, limit) {
      const rows = await conn.db
        .select()
        .from(hbMessage)
        .where(and(eq(hbMessage.roomId, roomId), gt(hbMessage.updatedAt, since)))
        .orderBy(asc(hbMessage.updatedAt), asc(hbMessage.seq))
        .limit(limit)
      const kept = rows.filter((row) => row.deletedAt === null).map((row) => row.messageId)
      const full = new Map((await this.getMany(kept)).map((message) => [message.id, message]))
      return rows.flatMap((row) =>
        row.deletedAt === null ? (full.get(row.messageId) ?? []) : [toTombstone(row)],
      )
    },
    async pins(roomId, limit) {
      const rows = await select()
        .where(and(eq(table.channelId, roomId), eq(table.isPinned, true)))
        .orderBy(desc(table.pinnedAt), desc(table.id))
        .limit(limit)
      return rows.map(toMessage)
    },
    async besideDeleted(roomId, id, side) {
      const own = await conn.get(statements.tombstone, { id, roomId })
      if (!own) return null
      const found = await conn.get(side === 'newer' ? statements.livingNewer : statements.livingOlder, {
        roomId,
        seq: own.seq,
      })
      return { id: found?.id ?? null }
    },
    async update(message) {
      const { props, data, meta } = storedParts(message)
      await conn.db
        .update(table)
        .set({ content: message.content, data, meta, updatedAt: toNs(message.updatedAt) })
        .where(eq(table.id, message.id))
      await conn.db
        .update(hbMessage)
        .set({
          mentions: message.mentions,
          props,
          editedAt: message.editedAt,
          updatedAt: message.updatedAt,
          hash: message.hash,
          previous: message.previous,
          ai: message.ai && { ...message.ai },
        })
        .where(eq(hbMessage.messageId, message.id))
    },
    async setPin(message) {
      await conn.db
        .update(table)
        .set({
          isPinned: message.pinnedAt !== null,
          pinnedAt: message.pinnedAt === null ? null : toNs(message.pinnedAt),
          pinnedBy: message.pinnedBy,
        })
        .where(eq(table.id, message.id))
      await this.touch(message.id, message.updatedAt)
    },
    async touch(id, updatedAt) {
      await conn.db.update(hbMessage).set({ updatedAt }).where(eq(hbMessage.messageId, id))
    },
    async remove(id, at, by) {
      await conn.db.delete(messageReaction).where(eq(messageReaction.messageId, id))
      await conn.db.delete(channelFile).where(eq(channelFile.messageId, id))
      await conn.db.delete(table).where(eq(table.id, id))
      await conn.db
        .update(hbMessage)
        .set({ deletedAt: at, deletedBy: by, updatedAt: at, mentions: [], props: {}, ai: null })
        .where(eq(hbMessage.messageId, id))
    },
    async replyIds(rootId, limit) {
      const rows = await conn.db
        .select({ id: table.id })
        .from(table)
        .where(eq(table.parentId, rootId))
        .orderBy(asc(table.createdAt))
        .limit(limit)
      return rows.map((row) => row.id)
    },
    async setReplies(rootId, replyCount, lastReplyAt, updatedAt) {
      await conn.run(statements.replyState, { id: rootId, replyCount, lastReplyAt, updatedAt })
    },
    async lastReplyAt(rootId) {
      const row = await conn.get(statements.newestReplies, { roomId: rootId, limit: 1 })
      return row && row.createdAt
    },
    async insertEdit(edit) {
      await conn.db.insert(hbMessageEdit).values(edit)
    },
    async edits(messageId) {
      return conn.db
        .select()
        .from(hbMessageEdit)
        .where(eq(hbMessageEdit.messageId, messageId))
        .orderBy(asc(hbMessageEdit.editedAt), asc(hbMessageEdit.id))
    },
    async mentionsAfter(roomId, userId, after, everyMessage) {
      const [row] = await conn.db
        .select({
          all: sql<number>`count(*)`,
          roots: sql<number>`coalesce(sum(case when ${hbMessage.threadId} is null then 1 else 0 end), 0)`,
        })
        .from(hbMessage)
        .where(
          and(
            eq(hbMessage.roomId, roomId),
            sql`${hbMessage.deletedAt} is null`,
            sql`${hbMessage.senderId} <> ${userId}`,
            gt(hbMessage.ordinal, after),
            everyMessage
              ? undefined
              : sql`(${hbMessage.mentions} like ${`%"${userId}"%`} or ${hbMessage.props} like '%"core.everyone":true%')`,
          ),
        )
      return { all: Number(row?.all ?? 0), roots: Number(row?.roots ?? 0) }
    },
    async maxSeq() {
      const [row] = await conn.db
        .select({ seq: hbMessage.seq })
        .from(hbMessage)
        .orderBy(desc(hbMessage.seq))
        .limit(1)
      return row?.seq ?? 0
    },
    async purge(roomId, maxSeq, limit) {
      const rows = await conn.db
        .select({ seq: hbMessage.seq, id: hbMessage.messageId })
        .from(hbMessage)
        .where(and(eq(hbMessage.roomId, roomId), lte(hbMessage.seq, maxSeq)))
        .orderBy(desc(hbMessage.seq))
        .limit(limit)
      const files = await purgeMessages(
        conn,
        rows.map((row) => row.id),
      )
      return { seqs: rows.map((row) => row.seq), files }
    },
  }
}

async function insert(conn: Conn, message: Message): Promise<number> {
  const { props, data, meta } = storedParts(message)
  await conn.run(statements.insertMessage, {
    id: message.id,
    senderId: message.senderId,
    roomId: message.roomId,
    content: message.content,
    data,
    meta,
    createdNs: toNs(message.createdAt),
    threadId: message.threadId,
    replyTo: message.replyTo,
  })
  const row = await conn.get(statements.insertHbMessage, {
    id: message.id,
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
    editedAt: message.editedAt,
    mentions: message.mentions,
    props,
    ai: message.ai,
    threadId: message.threadId,
  })
  return row!.seq
}

async function page(conn: Conn, query: MessagePage): Promise<Message[]> {
  const { limit } = query
  const roomId = query.threadId ?? query.roomId
  const of = query.threadId ? 'replies' : query.rootsOnly ? 'roots' : 'all'
  if (query.after) {
    const statement = {
      replies: statements.repliesAfter,
      roots: statements.rootsAfter,
      all: statements.pageAfter,
    }[of]
    return (await conn.all(statement, { roomId, limit, id: query.after })).map(toMessage)
  }
  if (query.before) {
    const statement = {
      replies: statements.repliesBefore,
      roots: statements.rootsBefore,
      all: statements.pageBefore,
    }[of]
    return (await conn.all(statement, { roomId, limit, id: query.before })).map(toMessage).reverse()
  }
  const statement = {
    replies: statements.newestReplies,
    roots: statements.newestRoots,
    all: statements.newestPage,
  }[of]
  return (await conn.all(statement, { roomId, limit })).map(toMessage).reverse()
}
