/** An earlier text of a message. */
import type { MessageEdit } from '../../core/types.ts'
import { timestamp } from './present-user.ts'

export function presentEdit(edit: MessageEdit) {
  return {
    id: edit.id,
    message_id: edit.messageId,
    content: edit.content,
    edited_by: edit.editedBy,
    edited_at: timestamp(edit.editedAt),
  }
}
