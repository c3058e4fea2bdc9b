/** Rooms and messages as Open WebUI's channels. Times are nanoseconds, written in full. */
import { jsonOf, listOf } from '../../../core/chats/context.ts'
import { isStandard } from '../../../core/grants/channels.ts'
import type { GrantRow } from '../../../core/chats/rows.ts'
import type { Message, MessageFile, Room, User } from '../../../core/types.ts'
import { nanosOfMillis, nanosOrNull, nanosText } from '../json.ts'
import { presentGrant } from './grants.ts'

type Shape = Record<string, unknown>

const CHANNEL_TYPE = { public: null, private: 'group', direct: 'dm', group: 'dm' } as const

export function presentChannel(room: Room, grants: readonly GrantRow[] = []): Shape {
  return {
    id: room.id,
    user_id: room.creatorId,
    type: isStandard(room) ? null : CHANNEL_TYPE[room.kind],
    name: room.name,
    description: room.description === '' ? null : room.description,
    is_private: room.kind === 'private' && !isStandard(room) ? true : null,
    data: room.props['openwebui.data'] ?? null,
    meta: room.props['openwebui.meta'] ?? null,
    access_grants: grants.map(presentGrant),
    created_at: nanosOfMillis(room.createdAt),
    updated_at: nanosOfMillis(room.updatedAt),
    updated_by: null,
    archived_at: null,
    archived_by: null,
    deleted_at: nanosOrNull(room.deletedAt),
    deleted_by: null,
  }
}

/** Who wrote it, or a face without a name for someone who is gone. */
export function presentWriter(user: User | undefined, message: Message): Shape {
  return { id: message.senderId, name: user?.displayName ?? 'Unknown', role: user?.role ?? 'user' }
}

/** The plain message, as posting answers. */
export function presentMessage(message: Message): Shape {
  return {
    id: message.id,
    user_id: message.senderId,
    app_id: null,
    channel_id: message.roomId,
    reply_to_id: message.replyTo,
    parent_id: message.threadId,
    is_pinned: message.pinnedAt !== null,
    pinned_at: nanosOrNull(message.pinnedAt),
    pinned_by: message.pinnedBy,
    content: message.content,
    data: dataOf(message),
    meta: metaOf(message),
    created_at: nanosOfMillis(message.createdAt),
    updated_at: nanosOfMillis(writtenAt(message)),
    etag: nanosText(writtenAt(message)),
  }
}

/** When its text changed last: replies, reactions and pins do not count, or clients call it edited. */
function writtenAt(message: Message): number {
  return message.editedAt ?? (message.ai ? message.updatedAt : message.createdAt)
}

/** With who wrote and reacted, and what it answers. */
export function presentFullMessage(
  message: Message,
  users: ReadonlyMap<string, User>,
  quoted: Message | null,
): Shape {
  return {
    ...presentMessage(message),
    user: presentWriter(users.get(message.senderId), message),
    reply_to_message: quoted
      ? { ...presentMessage(quoted), user: presentWriter(users.get(quoted.senderId), quoted) }
      : null,
    latest_reply_at: nanosOrNull(message.lastReplyAt),
    reply_count: message.replyCount,
    reactions: Object.entries(message.reactions).map(([name, userIds]) => ({
      name,
      users: userIds.map((id) => ({ id, name: users.get(id)?.displayName ?? 'Unknown' })),
      count: userIds.length,
    })),
  }
}

/** In lists `data` says only whether there is any: clients fetch it by itself. */
export function summarised(message: Shape): Shape {
  const data = message['data']
  const has = typeof data === 'object' && data !== null && Object.values(data).some(hasContent)
  return { ...message, data: has }
}

function hasContent(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}

/** What Open WebUI keeps in `message.data`: files, and an answer's output items. */
export function dataOf(message: Message): Shape | null {
  const kept = message.props['openwebui.data']
  const data: Shape = typeof kept === 'object' && kept !== null ? { ...kept } : {}
  if (message.files.length > 0 || 'files' in data) {
    const ids = new Set(message.files.map(({ id }) => id))
    const loose = listOf(data['files']).filter((entry) => !ids.has(String(jsonOf(entry)['id'])))
    data['files'] = [...message.files.map(presentFile), ...loose]
  }
  if (message.ai && !('output' in data) && message.content !== '') data['output'] = [outputOf(message)]
  return kept === null || (kept === undefined && Object.keys(data).length === 0) ? null : data
}

/** An answer's text as the one output item that clients render. */
function outputOf(message: Message): Shape {
  return {
    type: 'message',
    id: `msg_${message.id.replaceAll('-', '').slice(0, 24)}`,
    status: message.ai?.state === 'running' ? 'in_progress' : 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text: message.content }],
  }
}

function metaOf(message: Message): Shape | null {
  const kept = message.props['openwebui.meta']
  const meta: Shape = typeof kept === 'object' && kept !== null ? { ...kept } : {}
  if (message.ai) {
    meta['model_id'] ??= message.ai.model
    meta['model_name'] ??= message.ai.model
    if (message.ai.state !== 'running') meta['done'] = true
  }
  return Object.keys(meta).length === 0 ? null : meta
}

function presentFile(file: MessageFile): Shape {
  const image = file.contentType.startsWith('image/')
  return {
    type: image ? 'image' : 'file',
    id: file.id,
    url: file.id,
    name: file.name,
    content_type: file.contentType,
    size: file.sizeBytes,
    status: 'uploaded',
    file: {
      id: file.id,
      filename: file.name,
      meta: { name: file.name, content_type: file.contentType, size: file.sizeBytes },
    },
  }
}
