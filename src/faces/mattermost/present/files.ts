/** Files and custom emoji in Mattermost's shape. */
import type { Message, MessageFile, StoredFile } from '../../../core/types.ts'
import { toWire, toWireOr } from '../ids.ts'

/** A file of a message: who sent the message owns it. */
export function presentMessageFile(file: MessageFile, message: Message): Record<string, unknown> {
  return fileInfo({
    id: file.id,
    ownerId: message.senderId,
    roomId: message.roomId,
    messageId: message.id,
    name: file.name,
    contentType: file.contentType,
    sizeBytes: file.sizeBytes,
    width: file.width,
    height: file.height,
    createdAt: message.createdAt,
  })
}

export function presentFile(file: StoredFile): Record<string, unknown> {
  return fileInfo(file)
}

type FileFacts = Pick<
  StoredFile,
  | 'id'
  | 'ownerId'
  | 'roomId'
  | 'messageId'
  | 'name'
  | 'contentType'
  | 'sizeBytes'
  | 'width'
  | 'height'
  | 'createdAt'
>

function fileInfo(file: FileFacts): Record<string, unknown> {
  const out: Record<string, unknown> = {
    id: toWire(file.id),
    user_id: toWire(file.ownerId),
    channel_id: toWireOr(file.roomId),
    create_at: file.createdAt,
    update_at: file.createdAt,
    delete_at: 0,
    name: file.name,
    extension: extensionOf(file.name),
    size: file.sizeBytes,
    mime_type: file.contentType,
    mini_preview: null,
    remote_id: '',
    archived: false,
  }
  if (file.messageId) out.post_id = toWire(file.messageId)
  if (file.width && file.height) {
    Object.assign(out, { width: file.width, height: file.height, has_preview_image: true })
  }
  return out
}

export function extensionOf(name: string): string {
  const at = name.lastIndexOf('.')
  return at > 0 ? name.slice(at + 1).toLowerCase() : ''
}
