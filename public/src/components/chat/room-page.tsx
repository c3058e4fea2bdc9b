/** One room: header, timeline, composer, and a panel beside them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { messageOf } from '../../api/client.ts'
import { markSeen } from '../../actions/messages.ts'
import { roomTitle } from '../../lib/names.ts'
import type { Message, Room } from '../../lib/types.ts'
import { visits } from '../../router.ts'
import { loadPins } from '../../stores/pins.ts'
import { loadRoom, roomById, roomsLoaded } from '../../stores/rooms.ts'
import { firstUnreadId } from '../../stores/rows.ts'
import { myId } from '../../stores/session.ts'
import { type Box, boxOf, openAround, openLatest } from '../../stores/timelines.ts'
import { panel } from '../../stores/ui.ts'
import { Empty, Spinner } from '../controls.tsx'
import { JoinRoom } from '../rooms/join-room.tsx'
import { Beginning } from './beginning.tsx'
import { Composer } from './composer.tsx'
import { DropZone } from './drop-zone.tsx'
import { MembersPanel } from './members-panel.tsx'
import { PinsPanel } from './pins-panel.tsx'
import { RoomHeader } from './room-header.tsx'
import { ThreadPanel } from './thread-panel.tsx'
import { Timeline } from './timeline.tsx'
import { TypingLine } from './typing-line.tsx'

export interface RoomPageProps {
  id: string
  thread: string | null
  message: string | null
}

export function RoomPage({ id, thread, message }: RoomPageProps) {
  const room = roomById(id)
  const [problem, setProblem] = useState('')
  const [visited, setVisited] = useState<Room | null>(null)
  useEffect(() => {
    setProblem('')
    void loadPins(id).catch(() => undefined)
    loadRoom(id).then(setVisited, (error: unknown) => setProblem(messageOf(error)))
  }, [id])
  if (room && room.role !== null) {
    return <OpenRoom key={id} room={room} thread={thread} message={message} />
  }
  if (problem && roomsLoaded.value) {
    return (
      <main class="room">
        <Empty icon="lock" title="This room is not open to you">
          <p>{problem}</p>
          <a class="button" href="/">
            Back to your rooms
          </a>
        </Empty>
      </main>
    )
  }
  if (visited && visited.role === null) return <JoinRoom room={visited} />
  return (
    <main class="room room-loading">
      <Spinner label="Loading the room" />
    </main>
  )
}

function OpenRoom({ room, thread, message }: { room: Room; thread: string | null; message: string | null }) {
  const { target, visit } = useTarget(thread ? null : message)
  const box = boxOf(room.id)
  const [dropped, setDropped] = useState<File[]>([])
  const firstUnread = useOpening(box, room, target, visit)
  const title = roomTitle(room, myId.value)
  useEffect(() => {
    document.title = `${title} · Hubbub`
  }, [title])
  return (
    <>
      <main class="room" id="main">
        <DropZone onFiles={setDropped}>
          <RoomHeader room={room} title={title} />
          <Timeline
            key={visit}
            box={box}
            firstUnread={firstUnread}
            target={target}
            onSeen={(last) => markSeen(room.id, newestId(room.id, last))}
            beginning={<Beginning room={room} title={title} />}
          />
          <TypingLine roomId={room.id} />
          <Composer roomId={room.id} thread={null} dropped={dropped} placeholder={`Message ${title}`} />
        </DropZone>
      </main>
      {thread ? (
        <ThreadPanel key={thread} roomId={room.id} rootId={thread} target={message} />
      ) : panel.value === 'members' ? (
        <MembersPanel room={room} />
      ) : panel.value === 'pins' ? (
        <PinsPanel roomId={room.id} />
      ) : null}
    </>
  )
}

/**
 * The message that was asked for last. It stays when the address no longer names it (a thread was
 * opened), so that the timeline keeps its place; asking again for the same one is a new visit.
 */
function useTarget(message: string | null): { target: string | null; visit: string } {
  const last = useRef<{ target: string | null; visit: string }>({ target: null, visit: '' })
  const visit = `${message} ${visits.value}`
  if (message && last.current.visit !== visit) last.current = { target: message, visit }
  return last.current
}

/**
 * Loads the window, and notes where the unread messages began when the room was opened: in the same
 * rendering that shows the messages, so that nothing moves.
 */
function useOpening(box: Box, room: Room, target: string | null, visit: string): string | null {
  const read = useRef({ unread_count: room.unread_count, last_read_message_id: room.last_read_message_id })
  const first = useRef<string | null | undefined>(undefined)
  useEffect(() => void (target ? openAround(box, target) : openLatest(box)), [box, target, visit])
  const line = box.line.value
  const loaded = box.status.value === 'ready' && !line.hasNewer && !target
  if (loaded && first.current === undefined)
    first.current = firstUnreadId(line.messages, read.current, myId.peek())
  return first.current ?? null
}

/** Reading the room reads its threads too: the newest message may be a reply that stands in one. */
function newestId(roomId: string, last: Message): string {
  const newest = roomById(roomId)?.last_message
  return newest && newest.created_at > last.created_at ? newest.id : last.id
}
