/** Threads and drafts in Mattermost's shape. */
import type { ThreadState } from '../../../core/core.ts'
import type { Draft } from '../../../core/mattermost-repositories.ts'
import type { StoredFile } from '../../../core/types.ts'
import { toWire, toWireOr } from '../ids.ts'
import type { Json } from '../wire/fields.ts'
import { presentFile } from './files.ts'

/** JSON text; `post` and `participants` are JSON text already. */
export function threadJson(state: ThreadState, post: string, participants: string): string {
  const { root } = state
  const facts = {
    id: toWire(root.id),
    reply_count: root.replyCount,
    last_reply_at: root.lastReplyAt ?? 0,
    last_viewed_at: state.lastViewedAt,
    unread_replies: state.unreadReplies,
    unread_mentions: state.unreadMentions,
    is_urgent: false,
    delete_at: root.deletedAt ?? 0,
  }
  return `${JSON.stringify(facts).slice(0, -1)},"participants":${participants},"post":${post}}`
}

export function presentDraft(draft: Draft, files: readonly StoredFile[] = []): Json {
  return {
    create_at: draft.createdAt,
    update_at: draft.updatedAt,
    delete_at: 0,
    user_id: toWire(draft.userId),
    channel_id: toWire(draft.roomId),
    root_id: toWireOr(draft.rootId),
    message: draft.message,
    type: '',
    props: draft.props,
    ...(draft.fileIds.length > 0 ? { file_ids: draft.fileIds.map(toWire) } : {}),
    metadata: files.length > 0 ? { files: files.map(presentFile) } : {},
  }
}
