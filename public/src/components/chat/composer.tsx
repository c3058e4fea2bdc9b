/** Where messages are written: text, pictures, quote, completions. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { postMessage, typing } from '../../actions/messages.ts'
import { personName } from '../../lib/names.ts'
import { plainLine } from '../../markdown/parse.ts'
import { composerKey, editing, focusRequest, quoting, setQuote } from '../../stores/compose.ts'
import { myId } from '../../stores/session.ts'
import { boxOf } from '../../stores/timelines.ts'
import { drafts } from '../../stores/ui.ts'
import { IconButton } from '../controls.tsx'
import { Icon } from '../icon.tsx'
import { Popover } from '../popover.tsx'
import { AttachmentList, useAttachments } from './attachments.tsx'
import { CompletionList, useCompletions } from './completions.tsx'
import { EmojiPicker } from './emoji-picker.tsx'
import { grow } from './grow.ts'

export const MAX_LENGTH = 50_000

export interface ComposerProps {
  roomId: string
  thread: string | null
  placeholder: string
  /** Files dropped on the room; the composer takes them. */
  dropped?: File[]
}

/** On touch screens Enter makes a new line, as keyboards there have no Shift+Enter. */
const enterSends = () => !matchMedia('(pointer: coarse)').matches

export function Composer({ roomId, thread, placeholder, dropped }: ComposerProps) {
  const key = composerKey(roomId, thread)
  const area = useRef<HTMLTextAreaElement>(null)
  const fileInput = useRef<HTMLInputElement>(null)
  const emojiButton = useRef<HTMLButtonElement>(null)
  const [text, setText] = useState(drafts.get(key) ?? '')
  const [picking, setPicking] = useState(false)
  const attachments = useAttachments()
  const quote = quoting.value.get(key) ?? null
  const change = (value: string) => {
    setText(value)
    drafts.set(key, value)
  }
  const completions = useCompletions(roomId, area, change)

  useEffect(() => {
    // Not on touch screens, where the keyboard would cover the room.
    if (enterSends()) area.current?.focus({ preventScroll: true })
  }, [key])
  useEffect(() => {
    if (area.current) grow(area.current)
  }, [text])
  useEffect(() => {
    if (focusRequest.value.key === key && focusRequest.value.count > 0) area.current?.focus()
  }, [focusRequest.value, key])
  useEffect(() => {
    if (dropped && dropped.length > 0) attachments.add(dropped)
  }, [dropped])

  const ready = (text.trim() !== '' || attachments.done.length > 0) && !attachments.busy
  const submit = () => {
    if (!ready || text.length > MAX_LENGTH) return
    postMessage({
      roomId,
      thread,
      content: text.trim(),
      replyTo: quote?.id ?? null,
      images: attachments.done,
    })
    change('')
    attachments.clear()
    setQuote(key, null)
    completions.close()
  }
  const insert = (piece: string) => {
    const at = area.current?.selectionStart ?? text.length
    change(text.slice(0, at) + piece + text.slice(area.current?.selectionEnd ?? at))
    area.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || completions.onKey(event)) return
    if (event.key === 'Enter' && !event.shiftKey && enterSends()) {
      event.preventDefault()
      submit()
    } else if (event.key === 'Escape' && quote) {
      event.stopPropagation()
      setQuote(key, null)
    } else if (event.key === 'ArrowUp' && text === '') {
      if (editLast(roomId, thread)) event.preventDefault()
    }
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {completions.items.length > 0 ? <CompletionList completions={completions} /> : null}
      <div class="composer-box">
        {quote ? (
          <div class="composer-quote">
            <Icon name="reply" size={16} />
            <span>
              Replying to <strong>{personName(quote.sender)}</strong> {plainLine(quote.content)}
            </span>
            <IconButton icon="close" size={16} label="Cancel reply" onClick={() => setQuote(key, null)} />
          </div>
        ) : null}
        <AttachmentList attachments={attachments} />
        <textarea
          ref={area}
          value={text}
          rows={1}
          maxLength={MAX_LENGTH}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-autocomplete="list"
          aria-controls={completions.listId}
          aria-activedescendant={completions.activeId}
          enterkeyhint={enterSends() ? 'send' : 'enter'}
          data-testid={thread ? 'thread-composer' : 'composer'}
          onInput={(event) => {
            change(event.currentTarget.value)
            completions.update()
            if (event.currentTarget.value.trim()) typing(roomId)
          }}
          onKeyDown={onKeyDown}
          onClick={completions.update}
          onBlur={() => setTimeout(completions.close, 150)}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])]
            if (files.length === 0) return
            event.preventDefault()
            attachments.add(files)
          }}
        />
        <div class="composer-bar">
          <IconButton icon="image" label="Add images" onClick={() => fileInput.current?.click()} />
          <IconButton
            ref={emojiButton}
            icon="smile"
            label="Add emoji"
            aria-expanded={picking}
            onClick={() => setPicking(!picking)}
          />
          <span class="composer-hint muted">
            {text.length > MAX_LENGTH - 2_000
              ? `${MAX_LENGTH - text.length} characters left`
              : '@ai asks the AI · Markdown and $maths$ work'}
          </span>
          <button type="submit" class="send" disabled={!ready} aria-label="Send message" title="Send (Enter)">
            <Icon name="send" size={18} />
          </button>
        </div>
      </div>
      <input
        ref={fileInput}
        type="file"
        class="sr-only"
        tabIndex={-1}
        aria-hidden="true"
        accept="image/png,image/jpeg,image/webp,image/gif"
        multiple
        onChange={(event) => {
          attachments.add([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      {picking && emojiButton.current ? (
        <Popover anchor={emojiButton.current} label="Pick an emoji" onClose={() => setPicking(false)}>
          <EmojiPicker
            onPick={(emoji) => {
              setPicking(false)
              insert(emoji)
            }}
          />
        </Popover>
      ) : null}
    </form>
  )
}

/** Arrow up in an empty composer edits one's last message. */
function editLast(roomId: string, thread: string | null): boolean {
  const { messages } = boxOf(roomId, thread).line.peek()
  const last = messages.findLast((message) => message.sender.id === myId.peek())
  if (last) editing.value = last.id
  return last !== undefined
}
