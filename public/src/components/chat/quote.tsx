/** The message that a reply quotes, in one line; a click goes there. */
import { useEffect, useState } from 'preact/hooks'
import { messages as api } from '../../api/endpoints.ts'
import { personName } from '../../lib/names.ts'
import type { Message } from '../../lib/types.ts'
import { plainLine } from '../../markdown/parse.ts'
import { navigate, roomPath } from '../../router.ts'
import { findMessage } from '../../stores/timelines.ts'
import { Avatar } from '../avatar.tsx'

/** Asked for once per page; null = gone or not readable. */
const fetched = new Map<string, Promise<Message | null>>()

function fetchMessage(roomId: string, id: string): Promise<Message | null> {
  const known = fetched.get(id)
  if (known) return known
  const asked = api.get(roomId, id).catch(() => null)
  fetched.set(id, asked)
  return asked
}

export function Quote({ roomId, id }: { roomId: string; id: string }) {
  const loaded = findMessage(roomId, id)
  const [message, setMessage] = useState<Message | null | undefined>(loaded ?? undefined)
  useEffect(() => {
    let gone = false
    if (!loaded) void fetchMessage(roomId, id).then((found) => gone || setMessage(found))
    return () => {
      gone = true
    }
  }, [roomId, id])
  const shown = loaded ?? message
  if (!shown) {
    return <p class="quote quote-gone">{shown === null ? 'The original message is gone.' : '…'}</p>
  }
  return (
    <button
      type="button"
      class="quote"
      onClick={() => navigate(roomPath(roomId, { message: id, thread: shown.thread_id }))}
    >
      <Avatar user={shown.sender} size={18} />
      <strong>{personName(shown.sender)}</strong>
      <span>{plainLine(shown.content) || 'Image'}</span>
    </button>
  )
}
