/** Pinned messages of the room. */
import { useEffect } from 'preact/hooks'
import { pin } from '../../actions/messages.ts'
import { personName } from '../../lib/names.ts'
import { shortTime } from '../../lib/time.ts'
import { navigate, roomPath } from '../../router.ts'
import { loadPins, pinsByRoom } from '../../stores/pins.ts'
import { attempt, panel } from '../../stores/ui.ts'
import { Avatar } from '../avatar.tsx'
import { Empty, IconButton } from '../controls.tsx'
import { MarkdownView } from '../markdown-view.tsx'
import { SidePanel } from './side-panel.tsx'

export function PinsPanel({ roomId }: { roomId: string }) {
  const pins = pinsByRoom.value.get(roomId) ?? []
  useEffect(() => void attempt(loadPins(roomId)), [roomId])
  return (
    <SidePanel title="Pinned messages" onClose={() => (panel.value = null)}>
      <div class="panel-scroll">
        {pins.length === 0 ? (
          <Empty icon="pin" title="Nothing pinned">
            <p>Pin what people should find again: open the menu of a message.</p>
          </Empty>
        ) : null}
        {pins.map((message) => (
          <article key={message.id} class="card">
            <header>
              <Avatar user={message.sender} size={24} />
              <strong>{personName(message.sender)}</strong>
              <time dateTime={message.created_at}>{shortTime(message.created_at, new Date())}</time>
              <IconButton icon="close" size={16} label="Unpin" onClick={() => void pin(message, false)} />
            </header>
            <div class="card-text">
              <MarkdownView text={message.content} />
            </div>
            <button
              type="button"
              class="link"
              onClick={() => navigate(roomPath(roomId, { message: message.id, thread: message.thread_id }))}
            >
              Show in room
            </button>
          </article>
        ))}
      </div>
    </SidePanel>
  )
}
