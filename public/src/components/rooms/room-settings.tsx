/** Settings of a room: what it is, its AI, and leaving or ending it. */
import { useState } from 'preact/hooks'
import { deleteRoom, leaveRoom } from '../../actions/rooms.ts'
import { rooms as api } from '../../api/endpoints.ts'
import type { Room } from '../../lib/types.ts'
import { mayModerate, membersByRoom, roleIn } from '../../stores/members.ts'
import { isDirect } from '../../stores/room-list.ts'
import { putRoom, roomById } from '../../stores/rooms.ts'
import { myId } from '../../stores/session.ts'
import { attempt, dialog, toast } from '../../stores/ui.ts'
import { Field, Switch } from '../controls.tsx'
import { Dialog } from '../dialog.tsx'
import { Icon } from '../icon.tsx'
import { AiSettingsForm } from './ai-settings.tsx'

type Part = 'general' | 'ai' | 'leave'

export function RoomSettingsDialog({ roomId }: { roomId: string }) {
  const room = roomById(roomId)
  const [part, setPart] = useState<Part>(room && isDirect(room) ? 'ai' : 'general')
  if (!room) return null
  const editable = mayModerate(roomId, myId.value) || (isDirect(room) && membersByRoom.value.has(roomId))
  const tab = (name: Part, label: string) => (
    <button type="button" aria-current={part === name} onClick={() => setPart(name)}>
      {label}
    </button>
  )
  return (
    <Dialog title={isDirect(room) ? 'Conversation settings' : `${room.name}: settings`}>
      <nav class="tabs tabs-small" aria-label="Parts">
        {isDirect(room) ? null : tab('general', 'Room')}
        {tab('ai', 'AI')}
        {isDirect(room) ? null : tab('leave', 'Leave')}
      </nav>
      {part === 'general' ? <General key={room.id} room={room} editable={editable} /> : null}
      {part === 'ai' ? <AiSettingsForm key={room.id} room={room} editable={editable} /> : null}
      {part === 'leave' ? <Leaving room={room} /> : null}
    </Dialog>
  )
}

function General({ room, editable }: { room: Room; editable: boolean }) {
  const [name, setName] = useState(room.name)
  const [description, setDescription] = useState(room.description)
  const [secret, setSecret] = useState(room.kind === 'private')
  const save = async () => {
    const kind = secret ? 'private' : 'public'
    const body = {
      name: name.trim(),
      description: description.trim(),
      ...(kind === room.kind ? {} : { kind: kind as 'private' | 'public' }),
    }
    if (await attempt(api.update(room.id, body).then(putRoom))) toast('Saved.')
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <fieldset disabled={!editable}>
        <Field label="Name">
          {(ids) => (
            <input
              {...ids}
              required
              maxLength={64}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="What is it about?">
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
          disabled={!editable}
          onChange={setSecret}
        />
      </fieldset>
      {editable ? (
        <div class="form-actions">
          <button type="submit" class="button button-primary">
            Save
          </button>
        </div>
      ) : (
        <p class="muted">Owners and moderators can change this.</p>
      )}
    </form>
  )
}

function Leaving({ room }: { room: Room }) {
  const owner = roleIn(room.id, myId.value) === 'owner'
  const confirm = (title: string, text: string, action: string, run: () => Promise<unknown>) => {
    dialog.value = { name: 'confirm', title, text, action, run }
  }
  return (
    <div class="form danger-zone">
      <p>
        <button
          type="button"
          class="button"
          onClick={() => confirm(`Leave ${room.name}?`, leaveText(room), 'Leave', () => leaveRoom(room.id))}
        >
          <Icon name="logout" size={18} /> Leave room
        </button>
        <span class="muted">{leaveText(room)}</span>
      </p>
      {owner ? (
        <>
          <p>
            <button
              type="button"
              class="button"
              onClick={() =>
                confirm(
                  `Clear the history of ${room.name}?`,
                  'All messages are removed for everybody. This cannot be undone.',
                  'Clear history',
                  () => api.clear(room.id),
                )
              }
            >
              <Icon name="broom" size={18} /> Clear history
            </button>
            <span class="muted">Removes all messages for everybody.</span>
          </p>
          <p>
            <button
              type="button"
              class="button button-danger"
              onClick={() =>
                confirm(`Delete ${room.name}?`, 'Nobody can open it any more.', 'Delete room', () =>
                  deleteRoom(room.id),
                )
              }
            >
              <Icon name="trash" size={18} /> Delete room
            </button>
            <span class="muted">Closes the room for everybody.</span>
          </p>
        </>
      ) : null}
    </div>
  )
}

function leaveText(room: Room): string {
  return room.kind === 'private'
    ? 'You need a new invite to come back.'
    : 'You can join again from the public rooms.'
}
