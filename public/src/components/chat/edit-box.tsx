/** Editing a message in its place: Enter saves, Esc lets it be. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { editMessage } from '../../actions/messages.ts'
import type { Message } from '../../lib/types.ts'
import { composerKey, editing, focusComposer } from '../../stores/compose.ts'
import { grow } from './grow.ts'

export function EditBox({ message }: { message: Message }) {
  const [text, setText] = useState(message.content)
  const [saving, setSaving] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    const element = area.current
    if (!element) return
    grow(element)
    element.focus()
    element.setSelectionRange(element.value.length, element.value.length)
  }, [])
  const close = () => {
    editing.value = null
    focusComposer(composerKey(message.room_id, message.thread_id))
  }
  const save = async () => {
    const content = text.trim()
    if (content === message.content.trim()) return close()
    if (!content) return
    setSaving(true)
    const done = await editMessage(message, content)
    setSaving(false)
    if (done) close()
  }
  return (
    <div class="edit-box">
      <textarea
        ref={area}
        aria-label="Edit message"
        value={text}
        rows={1}
        disabled={saving}
        onInput={(event) => {
          setText(event.currentTarget.value)
          grow(event.currentTarget)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation()
            close()
          } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault()
            void save()
          }
        }}
      />
      <p class="edit-actions">
        <button type="button" class="button button-small" onClick={close}>
          Cancel
        </button>
        <button
          type="button"
          class="button button-small button-primary"
          disabled={saving || !text.trim()}
          onClick={() => void save()}
        >
          Save
        </button>
        <span class="muted hint-keys">Esc to cancel, Enter to save</span>
      </p>
    </div>
  )
}
