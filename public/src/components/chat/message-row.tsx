/** One message of the timeline: who, when, what, and what can be done with it. */
import { useState } from 'preact/hooks'
import { rooms } from '../../api/endpoints.ts'
import { memo } from '../../lib/memo.tsx'
import { personName } from '../../lib/names.ts'
import { bareClock, clockTime, fullTime } from '../../lib/time.ts'
import type { Message } from '../../lib/types.ts'
import { editing } from '../../stores/compose.ts'
import { isPinned } from '../../stores/pins.ts'
import { attempt, dialog } from '../../stores/ui.ts'
import { Avatar } from '../avatar.tsx'
import { Icon } from '../icon.tsx'
import { AiBody } from './ai-body.tsx'
import { EditBox } from './edit-box.tsx'
import { Images } from './images.tsx'
import { MarkdownView } from '../markdown-view.tsx'
import { MessageTools } from './message-tools.tsx'
import { Quote } from './quote.tsx'
import { Reactions } from './reactions.tsx'
import { ThreadLink } from './thread-link.tsx'

export interface MessageRowProps {
  message: Message
  continued: boolean
  /** Inside a thread panel the link to the thread is left out. */
  inThread: boolean
  flash: boolean
}

export const MessageRow = memo(function MessageRow({ message, continued, inThread, flash }: MessageRowProps) {
  const [active, setActive] = useState(false)
  const edited = editing.value === message.id
  const classes = ['message', continued ? 'message-continued' : '', flash ? 'message-flash' : '']
  if (message.sender.is_bot) classes.push('message-ai')
  return (
    <article
      class={classes.join(' ')}
      data-id={message.id}
      tabIndex={-1}
      aria-label={`${personName(message.sender)}, ${clockTime(message.created_at)}`}
      onMouseEnter={() => setActive(true)}
      onMouseLeave={() => setActive(false)}
      onFocusCapture={() => setActive(true)}
      onBlurCapture={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setActive(false)
      }}
    >
      <Gutter message={message} continued={continued} />
      <div class="message-main">
        {continued ? null : <Head message={message} />}
        {message.reply_to ? <Quote roomId={message.room_id} id={message.reply_to} /> : null}
        {edited ? <EditBox message={message} /> : <Body message={message} />}
        <Reactions message={message} />
        {inThread ? null : <ThreadLink message={message} />}
      </div>
      {active && !edited ? <MessageTools message={message} inThread={inThread} /> : null}
    </article>
  )
})

function Gutter({ message, continued }: { message: Message; continued: boolean }) {
  if (!continued) return <Avatar user={message.sender} presence={!message.sender.is_bot} />
  return (
    <time class="gutter-time" dateTime={message.created_at} title={fullTime(message.created_at)}>
      {bareClock(message.created_at)}
    </time>
  )
}

function Head({ message }: { message: Message }) {
  return (
    <header class="message-head">
      <span class="message-name">{personName(message.sender)}</span>
      {message.sender.is_bot ? <span class="badge badge-ai">AI</span> : null}
      <time dateTime={message.created_at} title={fullTime(message.created_at)}>
        {clockTime(message.created_at)}
      </time>
      {isPinned(message.room_id, message.id) ? (
        <span class="message-pinned" title="Pinned">
          <Icon name="pin" size={14} />
          <span class="sr-only">Pinned</span>
        </span>
      ) : null}
    </header>
  )
}

function Body({ message }: { message: Message }) {
  if (message.ai || message.sender.is_bot) return <AiBody message={message} />
  return (
    <>
      {message.content ? <MarkdownView text={message.content} /> : null}
      {message.edited_at ? <EditedMark message={message} /> : null}
      <Images message={message} />
    </>
  )
}

function EditedMark({ message }: { message: Message }) {
  const open = () => {
    dialog.value = { name: 'history', roomId: message.room_id, messageId: message.id }
  }
  return (
    <button type="button" class="edited" onClick={open} title={`Edited ${fullTime(message.edited_at ?? '')}`}>
      (edited)
    </button>
  )
}

/** A notice of the room: who came, what changed, why an AI did not answer. */
export const NoticeRow = memo(function NoticeRow({ message }: { message: Message }) {
  const alarming = message.kind === 'ai_notice'
  return (
    <div class={alarming ? 'notice notice-ai' : 'notice'} data-id={message.id} role="note">
      {alarming ? <Icon name="sparkle" size={16} /> : null}
      <div>
        <MarkdownView text={message.content} />
        {alarming && /paused/i.test(message.content) ? <ResumeAi roomId={message.room_id} /> : null}
      </div>
      <time dateTime={message.created_at}>{clockTime(message.created_at)}</time>
    </div>
  )
})

/** After the loop guard: a person lets the AI members go on. */
function ResumeAi({ roomId }: { roomId: string }) {
  return (
    <button type="button" class="link" onClick={() => void attempt(rooms.resumeAi(roomId))}>
      Let them go on
    </button>
  )
}
