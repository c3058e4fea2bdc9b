/** The history of a room or thread: rows, endless scrolling both ways, jump to latest. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { dayLabel } from '../../lib/time.ts'
import type { Message } from '../../lib/types.ts'
import { streams } from '../../stores/live.ts'
import { outbox } from '../../stores/outgoing.ts'
import { type Row, toRows } from '../../stores/rows.ts'
import { myId } from '../../stores/session.ts'
import { type Box, extend, jumpToLatest } from '../../stores/timelines.ts'
import { Problem, Spinner } from '../controls.tsx'
import { Icon } from '../icon.tsx'
import { MessageRow, NoticeRow } from './message-row.tsx'
import { OutgoingRow } from './outgoing-row.tsx'
import { StreamRow } from './stream-row.tsx'
import { rowKeys } from './row-keys.ts'
import { useScroll } from './use-scroll.ts'

export interface TimelineProps {
  box: Box
  /** Id of the first message that was not seen when the room was opened. */
  firstUnread: string | null
  /** Message to bring into view. */
  target: string | null
  /** The newest message is on the screen. */
  onSeen: (message: Message) => void
  beginning: preact.ComponentChildren
}

export function Timeline({ box, firstUnread, target, onSeen, beginning }: TimelineProps) {
  const line = box.line.value
  const [flash, setFlash] = useState<string | null>(null)
  const seenUpTo = useRef('')
  const newest = line.messages.at(-1)
  const scroll = useScroll({
    openEnd: () => box.line.peek().hasNewer,
    onNear: (side) => void extend(box, side),
    onBottom: (atBottom) => {
      box.reading = !atBottom
      const last = box.line.peek().messages.at(-1)
      if (atBottom && last) seenUpTo.current = last.created_at
      if (atBottom && last && document.hasFocus()) onSeen(last)
    },
  })

  useFirstView(box, firstUnread, target, scroll, setFlash)
  useLayoutEffect(scroll.check, [line])
  useEffect(() => {
    window.addEventListener('focus', scroll.check)
    return () => window.removeEventListener('focus', scroll.check)
  }, [])

  const missed = countMissed(line.messages, seenUpTo.current)
  const latest = async () => {
    if (line.hasNewer) await jumpToLatest(box)
    scroll.toBottom()
  }
  const mine = outbox.value.filter((item) => item.room_id === box.roomId && item.thread === box.threadId)
  const status = box.status.value
  return (
    <div class="timeline">
      <div
        class="timeline-scroll"
        ref={scroll.scroller}
        onScroll={scroll.check}
        onKeyDown={rowKeys}
        tabIndex={0}
        role="log"
        aria-label="Messages"
        aria-live="off"
        aria-busy={status === 'loading'}
        data-testid="timeline"
      >
        <div class="timeline-inner" ref={scroll.inner}>
          {status === 'ready' && !line.hasOlder ? beginning : null}
          {line.hasOlder ? <Edge busy={box.paging.value === 'older'} /> : null}
          {status === 'loading' && line.messages.length === 0 ? <Skeleton /> : null}
          {status === 'failed' ? (
            <Problem text={box.error.value} retry={() => void jumpToLatest(box)} />
          ) : null}
          {toRows(line.messages, firstUnread).map((row) => renderRow(row, box, flash))}
          {line.hasNewer ? <Edge busy={box.paging.value === 'newer'} /> : null}
          {line.hasNewer ? null : <Loose box={box} known={line.messages} />}
          {line.hasNewer ? null : mine.map((item) => <OutgoingRow key={item.client_id} item={item} />)}
        </div>
      </div>
      {scroll.atBottom && !line.hasNewer ? null : (
        <button type="button" class="to-latest" onClick={() => void latest()} data-testid="to-latest">
          <Icon name="arrowDown" size={16} />
          {missed > 0 && newest ? `${missed} new ${missed === 1 ? 'message' : 'messages'}` : 'Latest'}
        </button>
      )}
    </div>
  )
}

function renderRow(row: Row, box: Box, flash: string | null) {
  if (row.kind === 'day') {
    return (
      <div key={row.key} class="day" role="separator">
        <span>{dayLabel(row.at, new Date())}</span>
      </div>
    )
  }
  if (row.kind === 'unread') {
    return (
      <div key={row.key} class="unread-line" role="separator">
        <span>New</span>
      </div>
    )
  }
  const { message } = row
  const notice = message.kind !== undefined && message.kind !== 'user' && message.kind !== 'me'
  if (notice && !message.ai) return <NoticeRow key={row.key} message={message} />
  return (
    <MessageRow
      key={row.key}
      message={message}
      continued={row.continued}
      inThread={box.threadId !== null}
      flash={flash === message.id}
    />
  )
}

/** Goes to the asked message, or to the line above what is new, when the window has loaded. */
function useFirstView(
  box: Box,
  firstUnread: string | null,
  target: string | null,
  scroll: ReturnType<typeof useScroll>,
  setFlash: (id: string | null) => void,
): void {
  const done = useRef('')
  const status = box.status.value
  useLayoutEffect(() => {
    const wanted = target ?? firstUnread
    if (!wanted || status !== 'ready' || done.current === wanted) return
    done.current = wanted
    if (!target) {
      if (scroll.scroller.current && scroll.inner.current) showUnread(scroll, wanted)
      return
    }
    if (scroll.toRow(target, 0.4)) setFlash(target)
  }, [status, target, firstUnread, box.line.value])
}

/** Only when what is new does not fit on the screen below the line. */
function showUnread(scroll: ReturnType<typeof useScroll>, id: string): void {
  const row = scroll.inner.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)
  const view = scroll.scroller.current
  if (row && view && row.offsetTop < view.scrollTop) scroll.toRow(id, 0.2)
}

function countMissed(messages: Message[], seenUpTo: string): number {
  if (!seenUpTo) return 0
  return messages.filter((m) => m.created_at > seenUpTo && m.sender.id !== myId.value).length
}

/** Replies being written whose message has not come yet. */
function Loose({ box, known }: { box: Box; known: Message[] }) {
  if (box.threadId) return null
  const ids = new Set(known.map((message) => message.id))
  const loose = [...streams.value.values()].filter(
    ({ value }) => value.roomId === box.roomId && !ids.has(value.messageId),
  )
  return (
    <>
      {loose.map((stream) => (
        <StreamRow key={stream.value.messageId} stream={stream} />
      ))}
    </>
  )
}

function Edge({ busy }: { busy: boolean }) {
  return <div class="edge">{busy ? <Spinner label="Loading messages" /> : null}</div>
}

function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      {[62, 38, 80, 50, 70, 44].map((width, index) => (
        <div key={index} class="skeleton-row">
          <span class="skeleton-face" />
          <span class="skeleton-lines">
            <span style={{ width: '22%' }} />
            <span style={{ width: `${width}%` }} />
          </span>
        </div>
      ))}
    </div>
  )
}
