/**
 * A message as it lies in the tables: text, quote, files and pin in Open WebUI's `message`, reactions in
 * its `message_reaction`, order, chain and counters in `hb_message`. Reactions and files come with the row
 * itself, so that a page of history is one read.
 *
 * What Open WebUI keeps in `message.data` (but the files) and `message.meta` shows as the props
 * `openwebui.data` and `openwebui.meta`, and goes back there.
 */
import { sql } from 'drizzle-orm'
import type { Message, MessageAi, MessageFile, MessageKind } from '../../../core/types.ts'
import type { Dialect } from '../../conn.ts'
import type { Row, Tables } from '../../schema/index.ts'
import { fromNs } from './room-rows.ts'

const dataProp = 'openwebui.data'
const metaProp = 'openwebui.meta'

const reactionsOf = {
  sqlite: sql<string>`(select json_group_array(json_array(r.name, r.user_id)) from
    (select name, user_id from message_reaction where message_id = "message"."id" order by created_at, id) r)`,
  pg: sql<string>`(select coalesce(json_agg(json_build_array(r.name, r.user_id) order by r.created_at, r.id), '[]')::text
    from message_reaction r where r.message_id = "message"."id")`,
}

const filesOf = {
  sqlite: sql<string>`(select json_group_array(json_array(file_id, name, content_type, size, width, height, blurhash, store_key, thumb_key))
    from (select * from hb_file where message_id = "message"."id" and deleted_at is null order by created_at, file_id))`,
  pg: sql<string>`(select coalesce(json_agg(json_build_array(file_id, name, content_type, size, width, height, blurhash, store_key, thumb_key)
    order by f.created_at, f.file_id), '[]')::text from hb_file f where f.message_id = "message"."id" and f.deleted_at is null)`,
}

export const messageFields = (t: Tables, dialect: Dialect) => ({
  seq: t.hbMessage.seq,
  id: t.hbMessage.messageId,
  roomId: t.hbMessage.roomId,
  senderId: t.hbMessage.senderId,
  kind: t.hbMessage.kind,
  content: t.message.content,
  threadId: t.hbMessage.threadId,
  replyTo: t.message.replyToId,
  hash: t.hbMessage.hash,
  previous: t.hbMessage.previous,
  clientId: t.hbMessage.clientId,
  createdAt: t.hbMessage.createdAt,
  updatedAt: t.hbMessage.updatedAt,
  editedAt: t.hbMessage.editedAt,
  deletedAt: t.hbMessage.deletedAt,
  pinnedAt: t.message.pinnedAt,
  pinnedBy: t.message.pinnedBy,
  isPinned: t.message.isPinned,
  mentions: t.hbMessage.mentions,
  ai: t.hbMessage.ai,
  props: t.hbMessage.props,
  data: t.message.data,
  meta: t.message.meta,
  ordinal: t.hbMessage.ordinal,
  rootOrdinal: t.hbMessage.rootOrdinal,
  replyCount: t.hbMessage.replyCount,
  lastReplyAt: t.hbMessage.lastReplyAt,
  reactions: reactionsOf[dialect],
  files: filesOf[dialect],
})

type MessageRow = Omit<Row<'hbMessage'>, 'messageId' | 'deletedBy'> & {
  id: string
  content: string | null
  replyTo: string | null
  pinnedAt: bigint | null
  pinnedBy: string | null
  isPinned: boolean
  data: unknown
  meta: unknown
  reactions: string
  files: string
}

export function toMessage(row: MessageRow): Message {
  return {
    seq: row.seq,
    id: row.id,
    roomId: row.roomId,
    senderId: row.senderId,
    kind: row.kind as MessageKind,
    content: row.content ?? '',
    threadId: row.threadId,
    replyTo: row.replyTo,
    hash: row.hash,
    previous: row.previous,
    clientId: row.clientId,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    editedAt: row.editedAt,
    deletedAt: row.deletedAt,
    pinnedAt: row.isPinned ? fromNs(row.pinnedAt) : null,
    pinnedBy: row.isPinned ? row.pinnedBy : null,
    mentions: row.mentions,
    files: row.files === '[]' ? [] : toFiles(row.files, row.data),
    reactions: row.reactions === '[]' ? {} : toReactions(row.reactions),
    ai: row.ai as unknown as MessageAi | null,
    props: propsOf(row.props, row.data, row.ai ? withoutModel(row.meta) : row.meta, row.files),
    ordinal: row.ordinal,
    rootOrdinal: row.rootOrdinal,
    replyCount: row.replyCount,
    lastReplyAt: row.lastReplyAt,
  }
}

/** A deleted message: its place and its hash, and nothing it said. */
export function toTombstone(row: Row<'hbMessage'>): Message {
  const { messageId, deletedBy: _, ...rest } = row
  return {
    ...rest,
    id: messageId,
    kind: row.kind as MessageKind,
    content: '',
    replyTo: null,
    pinnedAt: null,
    pinnedBy: null,
    mentions: [],
    files: [],
    reactions: {},
    ai: null,
    props: {},
  }
}

function toReactions(json: string): Record<string, string[]> {
  const reactions: Record<string, string[]> = {}
  for (const [name, userId] of JSON.parse(json) as [string, string][]) (reactions[name] ??= []).push(userId)
  return reactions
}

type FileTuple = [
  string,
  string,
  string,
  number,
  number | null,
  number | null,
  string | null,
  string,
  string | null,
]

function toFiles(json: string, data: unknown): MessageFile[] {
  const files = (JSON.parse(json) as FileTuple[]).map(
    ([id, name, contentType, sizeBytes, width, height, blurhash, key, thumbKey]): MessageFile => ({
      id,
      name,
      contentType,
      sizeBytes,
      width,
      height,
      blurhash,
      key,
      thumbKey,
      url: `/uploads/${key}`,
    }),
  )
  const order = entriesOf(data).map((entry) => entry['id'])
  const place = (file: MessageFile) => (order.includes(file.id) ? order.indexOf(file.id) : order.length)
  return files.sort((a, b) => place(a) - place(b))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function entriesOf(data: unknown): Record<string, unknown>[] {
  const files = isObject(data) ? data['files'] : null
  return Array.isArray(files) ? files.filter(isObject) : []
}

/** Entries of files that are no files of the room, such as those uploaded elsewhere: kept as they are. */
function looseEntries(data: unknown, attached: string): Record<string, unknown>[] {
  const entries = entriesOf(data)
  if (entries.length === 0) return entries
  const ids = new Set((JSON.parse(attached) as FileTuple[]).map(([id]) => id))
  return entries.filter(({ id }) => typeof id !== 'string' || !ids.has(id))
}

/** What storedParts writes for Open WebUI about a model's reply; our `ai` says it all. */
function withoutModel(meta: unknown): unknown {
  if (!isObject(meta)) return meta
  const { model_id: _id, model_name: _name, done: _done, ...rest } = meta
  return rest
}

function propsOf(
  props: Record<string, unknown>,
  data: unknown,
  meta: unknown,
  attached: string,
): Record<string, unknown> {
  const rest = isObject(data) ? Object.entries(data).filter(([key]) => key !== 'files') : []
  const loose = looseEntries(data, attached)
  if (loose.length > 0) rest.push(['files', loose])
  const withMeta = isObject(meta) && Object.keys(meta).length > 0
  if (rest.length === 0 && !withMeta) return props
  return {
    ...props,
    ...(rest.length > 0 ? { [dataProp]: Object.fromEntries(rest) } : {}),
    ...(withMeta ? { [metaProp]: meta } : {}),
  }
}

/** The columns of `message` and `hb_message` that a message's props and files become. */
export function storedParts(message: Message): {
  props: Record<string, unknown>
  data: Record<string, unknown>
  meta: Record<string, unknown> | null
} {
  const { [dataProp]: data, [metaProp]: meta, ...props } = message.props
  const model = message.ai && {
    model_id: message.ai.model,
    model_name: message.ai.model,
    done: message.ai.state !== 'running',
  }
  return {
    props,
    data: { ...(isObject(data) ? data : {}), files: filesIn(message, data) },
    meta: model ? { ...(isObject(meta) ? meta : {}), ...model } : isObject(meta) ? meta : null,
  }
}

function filesIn(message: Message, data: unknown): Record<string, unknown>[] {
  const ids = new Set(message.files.map(({ id }) => id))
  const loose = entriesOf(data).filter(({ id }) => typeof id !== 'string' || !ids.has(id))
  return [...message.files.map(toEntry), ...loose]
}

/** How Open WebUI names a file in a message: by id, as its own client uploads it. */
function toEntry(file: MessageFile): Record<string, unknown> {
  return {
    type: file.contentType.startsWith('image/') ? 'image' : 'file',
    id: file.id,
    url: file.id,
    name: file.name,
    size: file.sizeBytes,
    content_type: file.contentType,
  }
}
