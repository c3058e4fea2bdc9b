/** Making a room. */
import { useState } from 'preact/hooks'
import { ApiError, messageOf } from '../../api/client.ts'
import { createRoom } from '../../actions/rooms.ts'
import type { RoomKind } from '../../lib/types.ts'
import { Field, Switch } from '../controls.tsx'
import { Dialog } from '../dialog.tsx'

export function CreateRoomDialog() {
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [secret, setSecret] = useState(false)
  const [always, setAlways] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    const kind: RoomKind = secret ? 'private' : 'public'
    setBusy(true)
    try {
      await createRoom({
        name: name.trim(),
        description: description.trim(),
        kind,
        ...(always ? { ai: { respond: 'always' } } : {}),
      })
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  const fields = error instanceof ApiError ? error.fields : {}
  return (
    <Dialog title="New room">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Field label="Name" error={fields.name ?? (error ? messageOf(error) : undefined)}>
          {(ids) => (
            <input
              {...ids}
              autofocus
              required
              maxLength={64}
              value={name}
              placeholder="e.g. reading club"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="What is it about?" hint="Shown at the top of the room. You can leave it empty.">
          {(ids) => (
            <input
              {...ids}
              maxLength={250}
              value={description}
              onInput={(event) => setDescription(event.currentTarget.value)}
            />
          )}
        </Field>
        <Switch
          label="Private"
          hint="Only people with an invite can find and read it."
          checked={secret}
          onChange={setSecret}
        />
        <Switch
          label="The AI answers every message"
          hint="Otherwise it answers when somebody writes @ai. You can change this later."
          checked={always}
          onChange={setAlways}
        />
        <div class="form-actions">
          <button type="submit" class="button button-primary" disabled={busy || !name.trim()}>
            Create room
          </button>
        </div>
      </form>
    </Dialog>
  )
}
