/** A reply that streams before its message is known here. */
import type { Signal } from '@preact/signals'
import type { Message } from '../../lib/types.ts'
import type { Stream } from '../../stores/stream.ts'
import { Avatar } from '../avatar.tsx'
import { AiBody } from './ai-body.tsx'

export function StreamRow({ stream }: { stream: Signal<Stream> }) {
  const { roomId, messageId } = stream.value
  const sender = { id: messageId, username: 'ai', display_name: 'AI', avatar_url: null, is_bot: true }
  const message: Message = {
    id: messageId,
    room_id: roomId,
    thread_id: null,
    reply_to: null,
    sender,
    content: '',
    images: [],
    files: [],
    reactions: {},
    mentions: [],
    ai: null,
    edited_at: null,
    created_at: new Date().toISOString(),
  }
  return (
    <article class="message message-ai" data-id={messageId}>
      <Avatar user={sender} />
      <div class="message-main">
        <header class="message-head">
          <span class="message-name">AI</span>
          <span class="badge badge-ai">AI</span>
        </header>
        <AiBody message={message} />
      </div>
    </article>
  )
}
