// A database that Open WebUI's own server made and used: its people sign in here with what they have.
import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONFIG_DEFAULTS } from '../../src/core/open-webui-config/defaults.ts'
import { JSON_NULL } from '../../src/db/columns/json.ts'
import { openDatabase } from '../../src/db/open.ts'
import { type AccountsCore, accountsCore } from '../support/accounts-core.ts'
import { Api } from '../support/api.ts'
import { apiWith, person } from '../support/factories.ts'
import { createOpenWebuiDatabase } from '../support/openwebui-database.ts'

const ADMIN = { username: 'admin@example.com', password: 'Passw0rd!' }
const BOB = { username: 'bob@example.com', password: 'B0bPassw0rd!' }

async function onTheirDatabase(work: (here: AccountsCore) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-owui-'))
  const path = join(folder, 'webui.db')
  createOpenWebuiDatabase(path)
  try {
    await using here = await accountsCore({ database: await openDatabase({ dialect: 'sqlite', path }) })
    await work(here)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const login = (here: AccountsCore, body: object) => new Api(here.url).post('/api/auth/login', body)

test('people get usernames, keep their passwords, and hashes become today’s', async () => {
  await onTheirDatabase(async (here) => {
    const { body } = await login(here, ADMIN)
    expect(body.user).toMatchObject({
      username: 'admin',
      display_name: 'Admin Renamed',
      email: 'admin@example.com',
      role: 'admin',
      created_at: '2026-11-21T01:56:10.000Z',
    })
    const credential = await here.deps.store.read.credentials.byUserId(body.user.id)
    expect(credential?.passwordHash).toStartWith('$argon2id$')
    expect(credential?.sessionStamp).toBe('e8ca3b2a-1b0f-4603-b2ce-cdcd8d84df75')
    expect((await login(here, ADMIN)).status).toBe(200)
    expect((await login(here, { ...BOB, username: 'bob' })).status).toBe(200)
    expect((await login(here, { ...BOB, password: 'B0bPassw0rd?' })).status).toBe(401)
  })
})

test('nobody is first any more, and an administrator’s choice of role governs this face too', async () => {
  await onTheirDatabase(async (here) => {
    const { role } = await person(here.core, { username: 'late' })
    // Their admin page was saved with "pending": someone chose it.
    expect(role).toBe('pending')
  })
})

test('what Open WebUI seeded by itself is nobody’s choice', async () => {
  await using here = await accountsCore()
  const { config } = here.database.read.tables
  await here.database.tx((tx) =>
    tx.db.insert(config).values(
      Object.entries(CONFIG_DEFAULTS).map(([key, value]) => ({
        key,
        value: value ?? JSON_NULL,
        updatedAt: 1_795_222_090,
      })),
    ),
  )
  expect(here.core.settings.isExplicit('ui.default_user_role')).toBe(false)
  const first = await person(here.core)
  expect(first.role).toBe('admin')
  expect((await person(here.core)).role).toBe('user')
  expect((await person(here.core, { face: 'openwebui' })).role).toBe('pending')
  const boss = await here.core.sessions.open(first, 'native', { ip: null })
  await apiWith(here.url, boss.token).patch('/api/admin/settings', { default_role: 'pending' })
  expect(here.core.settings.isExplicit('ui.default_user_role')).toBe(true)
  expect((await person(here.core)).role).toBe('pending')
})

test('its one API key opens what its owner may, while keys are allowed', async () => {
  await onTheirDatabase(async (here) => {
    const api = apiWith(here.url, 'sk-5ff4b7f2235541daa7163ee5042b362f')
    expect((await api.get('/api/auth/me')).body.email).toBe('admin@example.com')
    const { body } = await login(here, ADMIN)
    const admin = await here.core.sessions.actorByToken(body.token, null)
    await here.core.settings.set(admin!, { 'auth.enable_api_keys': false })
    here.core.accounts.heard({ type: 'settings.changed', keys: ['auth.enable_api_keys'] })
    expect((await api.get('/api/auth/me')).status).toBe(401)
  })
})

test('an account that its server switched off is off', async () => {
  await onTheirDatabase(async (here) => {
    const { body } = await login(here, BOB)
    await here.deps.store.tx((repos) => repos.credentials.setActive(body.user.id, false))
    here.core.accounts.heard({ type: 'user.updated', user: (await here.core.users.byId(body.user.id))! })
    expect((await login(here, BOB)).status).toBe(403)
    expect((await apiWith(here.url, body.token).get('/api/auth/me')).status).toBe(401)
  })
})

test('a person whom its server deleted is gone here too, and the name is free', async () => {
  await onTheirDatabase(async (here) => {
    const { body } = await login(here, BOB)
    const { user, auth } = here.database.read.tables
    await here.database.tx(async (tx) => {
      await tx.db.delete(auth).where(eq(auth.id, body.user.id))
      await tx.db.delete(user).where(eq(user.id, body.user.id))
    })
    await here.core.accounts.reconcile()
    expect((await apiWith(here.url, body.token).get('/api/auth/me')).status).toBe(401)
    expect(await here.core.users.byId(body.user.id)).toMatchObject({ displayName: 'Deleted user' })
    expect((await person(here.core, { username: 'bob' })).id).not.toBe(body.user.id)
  })
})
