/** Administration: people, settings, models, usage. */
import { isAdmin } from '../../stores/session.ts'
import { Empty } from '../controls.tsx'
import { Page, type Tab } from '../page.tsx'
import { AdminModels } from './models.tsx'
import { AdminSettings } from './settings.tsx'
import { AdminUsage } from './usage.tsx'
import { AdminUsers } from './users.tsx'

const tabs: Tab[] = [
  { path: '/admin/users', label: 'People', icon: 'users' },
  { path: '/admin/settings', label: 'Settings', icon: 'settings' },
  { path: '/admin/models', label: 'Models', icon: 'cube' },
  { path: '/admin/usage', label: 'Usage', icon: 'chart' },
]

export function AdminPage({ page }: { page: string }) {
  if (!isAdmin.value) {
    return (
      <Page title="Administration">
        <Empty icon="shield" title="For administrators only" />
      </Page>
    )
  }
  return (
    <Page title="Administration" tabs={tabs} current={`/admin/${page}`}>
      {page === 'settings' ? (
        <AdminSettings />
      ) : page === 'models' ? (
        <AdminModels />
      ) : page === 'usage' ? (
        <AdminUsage />
      ) : (
        <AdminUsers />
      )}
    </Page>
  )
}
