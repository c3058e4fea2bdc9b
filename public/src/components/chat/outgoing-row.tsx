/** A message that the server has not acknowledged yet. */
import { discardMessage, retryMessage } from '../../actions/messages.ts'
import { personName } from '../../lib/names.ts'
import type { Outgoing } from '../../stores/outbox.ts'
import { me } from '../../stores/session.ts'
import { Avatar } from '../avatar.tsx'
import { Icon } from '../icon.tsx'
import { MarkdownView } from '../markdown-view.tsx'
import { Images } from './images.tsx'

const states = {
  sending: 'Sending…',
  waiting: 'Waiting for the connection',
  failed: 'Not sent',
} as const

export function OutgoingRow({ item }: { item: Outgoing }) {
  const self = me.value
  if (!self) return null
  return (
    <article
      class={`message message-outgoing message-${item.state}`}
      data-id={item.client_id}
      data-testid="outgoing"
      aria-label={`${personName(self)}, ${states[item.state]}`}
    >
      <Avatar user={self} />
      <div class="message-main">
        <header class="message-head">
          <span class="message-name">{personName(self)}</span>
          <span class="outgoing-state">
            <Icon name={item.state === 'failed' ? 'alert' : 'clock'} size={14} /> {states[item.state]}
          </span>
        </header>
        {item.content ? <MarkdownView text={item.content} /> : null}
        <Images message={{ images: item.images, files: [], sender: self }} />
        {item.state === 'failed' ? (
          <p class="outgoing-failed" role="alert">
            {item.error ?? 'The server did not take it.'}{' '}
            <button type="button" class="link" onClick={() => retryMessage(item.client_id)}>
              Try again
            </button>{' '}
            <button type="button" class="link" onClick={() => discardMessage(item.client_id)}>
              Discard
            </button>
          </p>
        ) : null}
      </div>
    </article>
  )
}
