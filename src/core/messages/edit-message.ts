/**
 * Changes one's own message. The text before goes into the edit history; the hash stays that of the first
 * text. New mentions are noted but call nobody: the moment has passed.
 */
import { fault } from '../faults.ts'
import { mayEditMessage, noSuchMessage } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import { accessMessage, lockMessage } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { reindex } from '../search/index-feed.ts'
import type { Actor, Message, MessageFile, Uuid } from '../types.ts'
import { toMessageFile } from './append-message.ts'
import { whoIsCalled } from './called.ts'
import { checkContent, checkFiles, checkMessageProps } from './content-rules.ts'

export interface MessagePatch {
  content?: string
  props?: Record<string, unknown>
  fileIds?: Uuid[]
}

export async function editMessage(
  ctx: RoomsContext,
  actor: Actor,
  messageId: Uuid,
  patch: MessagePatch,
): Promise<Message> {
  requireScope(actor, 'messages:write')
  const { deps } = ctx
  const before = await accessMessage(deps.store.read, actor, messageId, 'message.post')
  const sender = await ctx.core.users.byId(before.message.senderId)
  if (!sender) throw noSuchMessage()
  const called =
    patch.content === undefined
      ? null
      : await whoIsCalled(ctx, deps.store.read, before.standing.room, patch.content)

  return deps.store.tx(async (repos, unit) => {
    const { message, standing } = await lockMessage(repos, actor, messageId, 'message.post')
    if (!mayEditMessage(actor, message) && actor.via !== 'system') {
      throw fault.forbidden('message.not_yours', 'Only its author may change a message.')
    }
    const files =
      patch.fileIds === undefined ? message.files : await changeFiles(repos, actor, message, patch.fileIds)
    const content =
      patch.content === undefined
        ? message.content
        : checkContent(patch.content, files.length > 0, deps.settings.messageMaxChars)
    const changed = content !== message.content || files !== message.files
    const now = Math.max(deps.clock.now(), message.updatedAt + 1)
    const next: Message = {
      ...message,
      content,
      files,
      mentions: called?.userIds ?? message.mentions,
      props:
        patch.props === undefined ? message.props : checkMessageProps({ ...message.props, ...patch.props }),
      editedAt: changed ? now : message.editedAt,
      updatedAt: now,
    }
    if (content !== message.content) {
      await repos.messages.insertEdit({
        id: deps.ids.next(),
        messageId,
        content: message.content,
        editedBy: actor.user.id,
        editedAt: now,
      })
    }
    await repos.messages.update(next)
    if (content !== message.content) await reindex(repos, next)
    const reason = changed ? 'edit' : 'props'
    unit.emit({ type: 'message.updated', room: standing.room, message: next, sender, reason })
    return next
  })
}

/** Files that are no longer named leave the message; new ones must be the author's own. */
async function changeFiles(
  repos: Repositories,
  actor: Actor,
  message: Message,
  fileIds: readonly Uuid[],
): Promise<MessageFile[]> {
  const kept = message.files.filter((file) => fileIds.includes(file.id))
  const newIds = fileIds.filter((id) => !kept.some((file) => file.id === id))
  const added = await checkFiles(repos, actor, newIds, message.roomId)
  const gone = message.files.filter((file) => !kept.includes(file)).map((file) => file.id)
  await repos.files.detach(gone)
  if (added.length > 0) await repos.files.attach(added, message.roomId, message.id, message.updatedAt)
  return [...kept, ...added.map(toMessageFile)]
}
