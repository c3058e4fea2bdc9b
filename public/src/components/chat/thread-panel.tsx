/** A thread beside the room: its first message, the replies, and a composer. */
import { useEffect, useState } from 'preact/hooks'
import { messages as api } from '../../api/endpoints.ts'
import { roomTitle } from '../../lib/names.ts'
import type { Message } from '../../lib/types.ts'
import { markSeen } from '../../actions/messages.ts'
import { navigate, roomPath } from '../../router.ts'
import { roomById } from '../../stores/rooms.ts'
import { myId } from '../../stores/session.ts'
import { boxOf, findMessage, openLatest } from '../../stores/timelines.ts'
import { Composer } from './composer.tsx'
import { MessageRow } from './message-row.tsx'
import { SidePanel } from './side-panel.tsx'
import { Timeline } from './timeline.tsx'

export interface ThreadPanelProps {
  roomId: string
  rootId: string
  /** Message of the thread to bring into view. */
  target: string | null
}

export function ThreadPanel({ roomId, rootId, target }: ThreadPanelProps) {
  const box = boxOf(roomId, rootId)
  const room = roomById(roomId)
  const root = useRoot(roomId, rootId)
  const hasRoot = box.line.value.messages.some((message) => message.id === rootId)
  useEffect(() => void openLatest(box), [box])
  const above =
    root && !hasRoot ? (
      <div class="thread-root">
        <MessageRow message={root} continued={false} inThread flash={false} />
      </div>
    ) : null
  return (
    <SidePanel
      title="Thread"
      {...(room ? { note: roomTitle(room, myId.value) } : {})}
      onClose={() => navigate(roomPath(roomId))}
    >
      <Timeline
        box={box}
        firstUnread={null}
        target={target}
        onSeen={(last) => last.id !== rootId && markSeen(roomId, last.id)}
        beginning={above}
      />
      <Composer roomId={roomId} thread={rootId} placeholder="Reply in thread" />
    </SidePanel>
  )
}

/** The first message, from the timeline or asked for. */
function useRoot(roomId: string, rootId: string): Message | null {
  const [fetched, setFetched] = useState<Message | null>(null)
  const loaded = findMessage(roomId, rootId)
  useEffect(() => {
    if (loaded) return
    api.get(roomId, rootId).then(setFetched, () => undefined)
  }, [rootId])
  return loaded ?? fetched
}
