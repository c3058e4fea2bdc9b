/** "3 replies" below the first message of a thread. */
import type { Message } from '../../lib/types.ts'
import { navigate, roomPath } from '../../router.ts'
import { Icon } from '../icon.tsx'

export function ThreadLink({ message }: { message: Message }) {
  const count = message.reply_count ?? 0
  if (count === 0) return null
  return (
    <button
      type="button"
      class="thread-link"
      onClick={() => navigate(roomPath(message.room_id, { thread: message.id }))}
    >
      <Icon name="thread" size={16} />
      {count === 1 ? '1 reply' : `${count} replies`}
    </button>
  )
}
