/** One's own settings: profile, password, appearance, API keys. */
import { signOut } from '../../stores/session.ts'
import { Icon } from '../icon.tsx'
import { Page, type Tab } from '../page.tsx'
import { Appearance } from './appearance.tsx'
import { Keys } from './keys.tsx'
import { PasswordForm } from './password-form.tsx'
import { Profile } from './profile.tsx'

const tabs: Tab[] = [
  { path: '/settings/profile', label: 'Profile', icon: 'user' },
  { path: '/settings/password', label: 'Password', icon: 'lock' },
  { path: '/settings/appearance', label: 'Appearance', icon: 'moon' },
  { path: '/settings/keys', label: 'API keys', icon: 'key' },
]

export function SettingsPage({ page }: { page: string }) {
  return (
    <Page title="Settings" tabs={tabs} current={`/settings/${page}`}>
      {page === 'password' ? (
        <PasswordForm />
      ) : page === 'appearance' ? (
        <Appearance />
      ) : page === 'keys' ? (
        <Keys />
      ) : (
        <Profile />
      )}
      <footer class="page-foot">
        <button type="button" class="button" onClick={() => void signOut()}>
          <Icon name="logout" size={18} /> Sign out
        </button>
      </footer>
    </Page>
  )
}
