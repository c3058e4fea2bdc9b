/** The statements of the messages' hot paths: prepared once a connection. */
import { and, asc, desc, eq, gt, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { type Builder, type Dialect, type Placeholders, stmt } from '../../conn.ts'
import type { Tables } from '../../schema/index.ts'
import { messageFields } from './message-rows.ts'

/** `message` is there only while it is not deleted, so the join leaves the deleted ones out. */
export const selectMessages = (db: Builder, t: Tables, dialect: Dialect) =>
  db
    .select(messageFields(t, dialect))
    .from(t.message)
    .innerJoin(t.hbMessage, eq(t.hbMessage.messageId, t.message.id))

export const messageById = stmt('message.byId', (db, t, p: Placeholders<{ id: string }>, dialect) =>
  selectMessages(db, t, dialect)
    .where(eq(t.message.id, p('id')))
    .limit(1),
)

// Two looks into two indexes; one query over both columns would read the whole room.
export const newestChange = stmt(
  'message.newestChange',
  (_db, _t, p: Placeholders<{ roomId: string }>) =>
    sql<{
      updatedAt: number | null
      seq: number | null
    }>`select (select max(updated_at) from hb_message where room_id = ${p('roomId')}) as "updatedAt",
    (select max(seq) from hb_message where room_id = ${p('roomId')}) as "seq"`,
)

export const tombstone = stmt('message.tombstone', (db, t, p: Placeholders<{ id: string; roomId: string }>) =>
  db
    .select({ seq: t.hbMessage.seq })
    .from(t.hbMessage)
    .where(
      and(
        eq(t.hbMessage.messageId, p('id')),
        eq(t.hbMessage.roomId, p('roomId')),
        isNotNull(t.hbMessage.deletedAt),
      ),
    )
    .limit(1),
)

type Beside = { roomId: string; seq: number }

const living = (t: Tables, roomId: unknown, beside: SQL) =>
  and(sql`${t.hbMessage.roomId} = ${roomId}`, isNull(t.hbMessage.deletedAt), beside)

export const livingNewer = stmt('message.livingNewer', (db, t, p: Placeholders<Beside>) =>
  db
    .select({ id: t.hbMessage.messageId })
    .from(t.hbMessage)
    .where(living(t, p('roomId'), gt(t.hbMessage.seq, p('seq'))))
    .orderBy(asc(t.hbMessage.seq))
    .limit(1),
)

export const livingOlder = stmt('message.livingOlder', (db, t, p: Placeholders<Beside>) =>
  db
    .select({ id: t.hbMessage.messageId })
    .from(t.hbMessage)
    .where(living(t, p('roomId'), lt(t.hbMessage.seq, p('seq'))))
    .orderBy(desc(t.hbMessage.seq))
    .limit(1),
)

type PageParams = { roomId: string; limit: number }
type CursorParams = PageParams & { id: string }

// The cursor's place is looked up inside: its time is in nanoseconds and would lose digits on the way here.
const place = (id: unknown) => sql`(select c.created_at, c.id from message c where c.id = ${id})`
const older = (t: Tables, id: unknown) => sql`(${t.message.createdAt}, ${t.message.id}) < ${place(id)}`
const newer = (t: Tables, id: unknown) => sql`(${t.message.createdAt}, ${t.message.id}) > ${place(id)}`

export const newestPage = stmt('message.newest', (db, t, p: Placeholders<PageParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(eq(t.message.channelId, p('roomId')))
    .orderBy(desc(t.message.createdAt), desc(t.message.id))
    .limit(p('limit')),
)

export const pageBefore = stmt('message.before', (db, t, p: Placeholders<CursorParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(and(eq(t.message.channelId, p('roomId')), older(t, p('id'))))
    .orderBy(desc(t.message.createdAt), desc(t.message.id))
    .limit(p('limit')),
)

export const pageAfter = stmt('message.after', (db, t, p: Placeholders<CursorParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(and(eq(t.message.channelId, p('roomId')), newer(t, p('id'))))
    .orderBy(asc(t.message.createdAt), asc(t.message.id))
    .limit(p('limit')),
)

export const newestRoots = stmt('message.newestRoots', (db, t, p: Placeholders<PageParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(and(eq(t.message.channelId, p('roomId')), isNull(t.message.parentId)))
    .orderBy(desc(t.message.createdAt), desc(t.message.id))
    .limit(p('limit')),
)

export const rootsBefore = stmt('message.rootsBefore', (db, t, p: Placeholders<CursorParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(and(eq(t.message.channelId, p('roomId')), isNull(t.message.parentId), older(t, p('id'))))
    .orderBy(desc(t.message.createdAt), desc(t.message.id))
    .limit(p('limit')),
)

export const rootsAfter = stmt('message.rootsAfter', (db, t, p: Placeholders<CursorParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(and(eq(t.message.channelId, p('roomId')), isNull(t.message.parentId), newer(t, p('id'))))
    .orderBy(asc(t.message.createdAt), asc(t.message.id))
    .limit(p('limit')),
)

// In threads `roomId` stands for the root; the root itself is added by the caller.
export const newestReplies = stmt('message.newestReplies', (db, t, p: Placeholders<PageParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(eq(t.message.parentId, p('roomId')))
    .orderBy(desc(t.message.createdAt), desc(t.message.id))
    .limit(p('limit')),
)

export const repliesBefore = stmt('message.repliesBefore', (db, t, p: Placeholders<CursorParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(and(eq(t.message.parentId, p('roomId')), older(t, p('id'))))
    .orderBy(desc(t.message.createdAt), desc(t.message.id))
    .limit(p('limit')),
)

export const repliesAfter = stmt('message.repliesAfter', (db, t, p: Placeholders<CursorParams>, dialect) =>
  selectMessages(db, t, dialect)
    .where(and(eq(t.message.parentId, p('roomId')), newer(t, p('id'))))
    .orderBy(asc(t.message.createdAt), asc(t.message.id))
    .limit(p('limit')),
)

export const insertMessage = stmt(
  'message.insert',
  (
    db,
    t,
    p: Placeholders<{
      id: string
      senderId: string
      roomId: string
      content: string
      data: unknown
      meta: unknown
      createdNs: bigint
      threadId: string | null
      replyTo: string | null
    }>,
  ) =>
    db.insert(t.message).values({
      id: p('id'),
      userId: p('senderId'),
      channelId: p('roomId'),
      content: p('content'),
      data: p('data'),
      meta: p('meta'),
      createdAt: p('createdNs'),
      updatedAt: p('createdNs'),
      parentId: p('threadId'),
      replyToId: p('replyTo'),
      isPinned: false,
    }),
)

export const insertHbMessage = stmt(
  'message.insertHb',
  (
    db,
    t,
    p: Placeholders<{
      id: string
      roomId: string
      senderId: string
      ordinal: number
      rootOrdinal: number
      kind: string
      hash: string
      previous: string | null
      clientId: string | null
      createdAt: number
      updatedAt: number
      editedAt: number | null
      mentions: string[]
      props: Record<string, unknown>
      ai: unknown
      threadId: string | null
    }>,
  ) =>
    db
      .insert(t.hbMessage)
      .values({
        messageId: p('id'),
        roomId: p('roomId'),
        senderId: p('senderId'),
        ordinal: p('ordinal'),
        rootOrdinal: p('rootOrdinal'),
        kind: p('kind'),
        hash: p('hash'),
        previous: p('previous'),
        clientId: p('clientId'),
        createdAt: p('createdAt'),
        updatedAt: p('updatedAt'),
        editedAt: p('editedAt'),
        mentions: p('mentions'),
        props: p('props'),
        ai: p('ai'),
        threadId: p('threadId'),
      })
      .returning({ seq: t.hbMessage.seq }),
)

export const byClientId = stmt(
  'message.byClientId',
  (db, t, p: Placeholders<{ roomId: string; senderId: string; clientId: string }>) =>
    db
      .select({ id: t.hbMessage.messageId })
      .from(t.hbMessage)
      .where(
        and(
          eq(t.hbMessage.roomId, p('roomId')),
          eq(t.hbMessage.senderId, p('senderId')),
          eq(t.hbMessage.clientId, p('clientId')),
        ),
      )
      .limit(1),
)

export const replyState = stmt(
  'message.replyState',
  (
    db,
    t,
    p: Placeholders<{ id: string; replyCount: number; lastReplyAt: number | null; updatedAt: number }>,
  ) =>
    db
      .update(t.hbMessage)
      .set({
        replyCount: sql`${p('replyCount')}`,
        lastReplyAt: sql`${p('lastReplyAt')}`,
        updatedAt: sql`${p('updatedAt')}`,
      })
      .where(eq(t.hbMessage.messageId, p('id'))),
)
