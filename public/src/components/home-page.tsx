/** What stands beside the room list when no room is open. */
import { personName } from '../lib/names.ts'
import { rooms, roomsLoaded } from '../stores/rooms.ts'
import { me } from '../stores/session.ts'
import { dialog } from '../stores/ui.ts'
import { Icon } from './icon.tsx'
import { Logo } from './logo.tsx'

export function HomePage() {
  const self = me.value
  const fresh = roomsLoaded.value && rooms.value.length === 0
  return (
    <main class="home" id="main">
      <Logo size={64} />
      <h1>{self ? `Hello, ${personName(self)}` : 'Hello'}</h1>
      <p>
        {fresh ? 'Make your first room, or look at what is there.' : 'Choose a room, or start something new.'}
      </p>
      <div class="home-actions">
        <button
          type="button"
          class="button button-primary"
          onClick={() => (dialog.value = { name: 'create-room' })}
        >
          <Icon name="plus" size={18} /> New room
        </button>
        <a class="button" href="/browse">
          <Icon name="globe" size={18} /> Browse rooms
        </a>
        <button type="button" class="button" onClick={() => (dialog.value = { name: 'new-direct' })}>
          <Icon name="thread" size={18} /> Message somebody
        </button>
      </div>
      <p class="home-tip">
        <kbd>Ctrl K</kbd> jumps anywhere. In a room, write <code>@ai</code> to ask the AI.
      </p>
    </main>
  )
}
