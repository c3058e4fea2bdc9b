/** The whole page: what stands where, by route and session. */
import { useEffect } from 'preact/hooks'
import { type Route, route } from '../router.ts'
import { me, sessionState, signOut, unreachable } from '../stores/session.ts'
import { dialog } from '../stores/ui.ts'
import { AdminPage } from './admin/admin-page.tsx'
import { AuthCard } from './auth/auth-card.tsx'
import { SignIn } from './auth/sign-in.tsx'
import { RoomPage } from './chat/room-page.tsx'
import { Empty, Spinner } from './controls.tsx'
import { HomePage } from './home-page.tsx'
import { ConnectionBanner, LiveRegion, Toasts } from './notices.tsx'
import { Page } from './page.tsx'
import { BrowsePage } from './rooms/browse-page.tsx'
import { CreateRoomDialog } from './rooms/create-room.tsx'
import { InviteDialog } from './rooms/invite-dialog.tsx'
import { InvitePage } from './rooms/invite-page.tsx'
import { NewDirectDialog } from './rooms/new-direct.tsx'
import { RoomSettingsDialog } from './rooms/room-settings.tsx'
import { Sidebar } from './rooms/sidebar.tsx'
import { Switcher } from './rooms/switcher.tsx'
import { SearchPage } from './search-page.tsx'
import { SettingsPage } from './settings/settings-page.tsx'
import { ConfirmDialog, HistoryDialog, ImageDialog, ShortcutsDialog } from './small-dialogs.tsx'

export function App() {
  return (
    <>
      <Screen />
      <CurrentDialog />
      <Toasts />
      <LiveRegion />
    </>
  )
}

function Screen() {
  const at = route.value
  const state = sessionState.value
  useEffect(() => {
    if (at.name === 'home' || at.name === 'login') document.title = 'Hubbub'
  }, [at.name])
  if (state === 'starting') {
    return (
      <div class="starting">
        <Spinner label="Starting" />
        {unreachable.value ? <p role="status">The server cannot be reached. Trying again…</p> : null}
      </div>
    )
  }
  if (at.name === 'invite') return <InvitePage key={at.token} token={at.token} />
  if (state === 'out') return <SignIn mode={at.name === 'register' ? 'register' : 'login'} />
  if (me.value?.role === 'pending') return <Waiting />
  return (
    <div class={at.name === 'home' ? 'app app-list' : 'app'}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <ConnectionBanner />
      <div class="app-columns">
        <Sidebar />
        <Content at={at} />
      </div>
    </div>
  )
}

function Content({ at }: { at: Route }) {
  switch (at.name) {
    case 'room':
      return <RoomPage key={at.id} id={at.id} thread={at.thread} message={at.message} />
    case 'browse':
      return <BrowsePage />
    case 'search':
      return <SearchPage key={at.room ?? ''} query={at.query} room={at.room} />
    case 'settings':
      return <SettingsPage page={at.page} />
    case 'admin':
      return <AdminPage page={at.page} />
    case 'unknown':
      return (
        <Page title="Nothing here">
          <Empty icon="search" title="There is no such page" />
        </Page>
      )
    default:
      return <HomePage />
  }
}

function Waiting() {
  return (
    <AuthCard title="Almost there">
      <p>An administrator has to let your account in. Reload this page then.</p>
      <button type="button" class="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </AuthCard>
  )
}

function CurrentDialog() {
  const open = dialog.value
  if (!open || sessionState.value !== 'in') return null
  switch (open.name) {
    case 'create-room':
      return <CreateRoomDialog />
    case 'new-direct':
      return <NewDirectDialog />
    case 'switcher':
      return <Switcher />
    case 'invite':
      return <InviteDialog roomId={open.roomId} />
    case 'room-settings':
      return <RoomSettingsDialog roomId={open.roomId} />
    case 'history':
      return <HistoryDialog {...open} />
    case 'image':
      return <ImageDialog {...open} />
    case 'shortcuts':
      return <ShortcutsDialog />
    case 'confirm':
      return <ConfirmDialog key={open.title} {...open} />
  }
}
