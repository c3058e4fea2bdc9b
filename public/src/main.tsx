/** Starts the client: theme, router, session, connection, then the page. */
import { effect, untracked } from '@preact/signals'
import { render } from 'preact'
import { whenUnauthorised } from './api/client.ts'
import { App } from './components/app.tsx'
import { connect, disconnect, startLive } from './socket/live-socket.ts'
import { startShortcuts } from './shortcuts.ts'
import { closeOutbox, openOutbox } from './stores/outgoing.ts'
import { callCount, loadRooms, resetRooms } from './stores/rooms.ts'
import { forget, me, restoreSession, sessionToken, watchOtherTabs } from './stores/session.ts'
import { forgetOthers } from './stores/timelines.ts'
import { attempt, startTheme } from './stores/ui.ts'
import { startRouter } from './router.ts'
import { startTitle } from './title.ts'

startTheme()
startRouter()
startShortcuts()
startTitle(callCount)
watchOtherTabs()
whenUnauthorised(forget)

// Signing in brings everything up, signing out takes everything down.
effect(() => {
  const token = sessionToken.value
  untracked(() => {
    if (!token || !me.value || me.value.role === 'pending') {
      disconnect()
      resetRooms()
      forgetOthers(null)
      closeOutbox()
      return
    }
    openOutbox(me.value.id)
    void attempt(loadRooms())
    connect(token)
  })
})

startLive()
void restoreSession()

const root = document.getElementById('app')
if (root) {
  root.replaceChildren()
  render(<App />, root)
}
