/** Dialogs of a few lines: are you sure, a large picture, earlier texts, keys. */
import { useEffect, useState } from 'preact/hooks'
import { messageOf } from '../api/client.ts'
import { messages as api } from '../api/endpoints.ts'
import { fullTime } from '../lib/time.ts'
import type { Edit } from '../lib/types.ts'
import { findMessage } from '../stores/timelines.ts'
import { attempt, closeDialog, type Dialog as DialogState } from '../stores/ui.ts'
import { Problem, Spinner } from './controls.tsx'
import { Dialog } from './dialog.tsx'
import { MarkdownView } from './markdown-view.tsx'

type Of<N extends DialogState['name']> = Extract<DialogState, { name: N }>

export function ConfirmDialog({ title, text, action, run }: Of<'confirm'>) {
  const [busy, setBusy] = useState(false)
  const go = async () => {
    setBusy(true)
    const done = await attempt(run())
    setBusy(false)
    if (done) closeDialog()
  }
  return (
    <Dialog title={title} size="small">
      <p>{text}</p>
      <div class="form-actions">
        <button type="button" class="button" onClick={closeDialog}>
          Cancel
        </button>
        <button
          type="button"
          class="button button-danger"
          autofocus
          disabled={busy}
          onClick={() => void go()}
        >
          {action}
        </button>
      </div>
    </Dialog>
  )
}

export function ImageDialog({ url, alt }: Of<'image'>) {
  return (
    <Dialog title={alt} size="large">
      <a class="large-image" href={url} target="_blank" rel="noopener">
        <img src={url} alt={alt} />
      </a>
    </Dialog>
  )
}

export function HistoryDialog({ roomId, messageId }: Of<'history'>) {
  const [edits, setEdits] = useState<Edit[] | null>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    api.edits(roomId, messageId).then(setEdits, (error: unknown) => setProblem(messageOf(error)))
  }, [messageId])
  const now = findMessage(roomId, messageId)
  return (
    <Dialog title="Edit history">
      {problem ? <Problem text={problem} /> : null}
      {!edits && !problem ? <Spinner /> : null}
      {now ? (
        <section class="version">
          <h3>Now</h3>
          <MarkdownView text={now.content} />
        </section>
      ) : null}
      {edits?.toReversed().map((edit, index) => (
        <section class="version" key={index}>
          <h3>Until {fullTime(edit.edited_at)}</h3>
          <MarkdownView text={edit.content} />
        </section>
      ))}
    </Dialog>
  )
}

const shortcuts: [keys: string, what: string][] = [
  ['Ctrl/⌘ K', 'Jump to a room or page'],
  ['Enter', 'Send'],
  ['Shift Enter', 'New line'],
  ['↑', 'Edit your last message (in an empty composer)'],
  ['Esc', 'Close what is open'],
  ['@', 'Mention somebody, or the AI'],
  [':', 'Emoji by name'],
  ['↑ ↓ in the messages', 'Go from message to message; Tab reaches its actions'],
  ['Ctrl/⌘ /', 'This list'],
]

export function ShortcutsDialog() {
  return (
    <Dialog title="Keyboard" size="small">
      <dl class="shortcuts">
        {shortcuts.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
