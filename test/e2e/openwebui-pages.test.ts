// Every page of Open WebUI's unmodified front end opens without a fault, and what the recording made on them is made here:
// a note, a prompt, a collection, an answer of two models, a name, an API key, a chat that goes.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '../support/api.ts'
import { PATIENCE, type Person } from './openwebui/person.ts'
import { openWorld, type World } from './openwebui/world.ts'

let world: World
let admin: Person

beforeAll(async () => {
  world = await openWorld()
  admin = world.admin
  await admin.go('/auth')
  const { token } = (await admin.call('POST', '/api/v1/auths/signup', {
    name: 'Admin',
    email: 'admin@example.com',
    password: 'Passw0rd!',
  })) as { token: string }
  const ui = { version: '0.12.4' }
  await admin.page.evaluate((value) => localStorage.setItem('token', value), token)
  await admin.call('POST', '/api/v1/users/user/settings/update', { ui })
  const config = (await admin.call('GET', '/api/v1/auths/admin/config')) as object
  await admin.call('POST', '/api/v1/auths/admin/config', { ...config, ENABLE_API_KEYS: true })
  await admin.takeFaults()
}, 60_000)

afterAll(() => world?.close())

function step(name: string, work: () => Promise<void>): void {
  test(name, async () => {
    try {
      await work()
    } catch (error) {
      await admin.picture(name)
      throw error
    }
    expect(await admin.takeFaults()).toEqual([])
  })
}

const SETTINGS = [
  'General',
  'Authentication',
  'Interface',
  'Connections',
  'Models',
  'Sub-agents',
  'Integrations',
  'Documents',
  'Audio',
  'Images',
  'Web Search',
  'Code Execution',
  'Pipelines',
  'Analytics',
  'Evaluations',
  'Database',
]
const PAGES = [
  '/admin/users/groups',
  '/admin/evaluations/feedback',
  '/admin/functions',
  '/workspace/models/create',
  '/workspace/tools',
  '/workspace/skills',
  '/calendar',
  '/automations',
  '/playground',
  '/home',
]

describe('pages', () => {
  step('every tab of the settings', async () => {
    await admin.go('/admin/settings/general')
    // The person's own tabs come first and some have the same names.
    for (const tab of SETTINGS)
      await admin.page.getByRole('tab', { name: tab, exact: true }).last().click(PATIENCE)
    await admin.quiet()
  })

  for (const path of PAGES) step(path, () => open(path))
})

/** Until nothing more is asked for. */
async function open(path: string): Promise<void> {
  await admin.go(path)
  await admin.quiet()
}

describe('what is made on them', () => {
  step('a note keeps its text over a reload', async () => {
    await open('/notes')
    await admin.page.getByRole('button', { name: 'Create', exact: true }).first().click(PATIENCE)
    await admin.page.waitForURL(/notes\/[0-9a-f]/, PATIENCE)
    const path = new URL(admin.page.url()).pathname
    await admin.page.locator('.ProseMirror').last().click(PATIENCE)
    await admin.page.keyboard.type('my note body')
    await saved(`/api/v1${path}`, 'my note body')
    await admin.page.reload()
    await admin.sees('my note body')
  })

  step('a prompt', async () => {
    await admin.go('/workspace/prompts/create')
    await admin.page.getByPlaceholder('Name').first().fill('My prompt', PATIENCE)
    await admin.page.locator('textarea').first().fill('Say hi', PATIENCE)
    await admin.during('POST', /prompts\/create$/, () =>
      admin.page
        .getByRole('button', { name: /Save|Create/ })
        .last()
        .click(PATIENCE),
    )
  })

  step('a collection', async () => {
    await admin.go('/workspace/knowledge/create')
    await admin.page.getByPlaceholder('Name your knowledge base').fill('Facts', PATIENCE)
    await admin.page.locator('form textarea').fill('What is known', PATIENCE)
    await admin.during('POST', /knowledge\/create$/, () =>
      admin.page.locator('form button[type=submit]').click(PATIENCE),
    )
    await admin.page.waitForURL(/knowledge\/[0-9a-f]/, PATIENCE)
  })

  step('answers of two models side by side', async () => {
    await admin.newChat('test-echo,test-vision')
    await admin.say('hello both')
    await admin.sees('You said: hello both')
    await admin.sees('saw 0 images')
    await admin.answered()
  })

  step('are merged into one, and asked again', async () => {
    await admin.during('POST', /tasks\/moa\/completions$/, () =>
      admin.page.locator('button[aria-label="Merge Responses"], button:has-text("Merge")').last().click(PATIENCE),
    )
    await admin.sees('Merged Response')
    await admin.say('and again')
    await admin.sees('You said: and again')
    await admin.answered()
  })

  step('a setting that was emptied does not refuse files', async () => {
    await admin.go('/admin/settings/documents')
    await admin.during('POST', /retrieval\/config\/update$/, () =>
      admin.page.getByRole('button', { name: 'Save', exact: true }).click(PATIENCE),
    )
    await admin.newChat('test-echo')
    await admin.attach({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('still taken') })
    await admin.say('read it')
    await admin.sees(/still taken/)
    await admin.answered()
  })

  step('an API key', async () => {
    await open('/')
    await admin.settings('Account')
    await admin.page.getByText('Show', { exact: true }).last().click(PATIENCE)
    await admin.during('POST', /auths\/api_key$/, () =>
      admin.page.getByText('Create new secret key').first().click(PATIENCE),
    )
    const { api_key } = (await admin.call('GET', '/api/v1/auths/api_key')) as { api_key: string }
    const models = await fetch(`${admin.base}/api/models`, {
      headers: { authorization: `Bearer ${api_key}` },
    })
    expect(models.status).toBe(200)
  })

  step('a chat is deleted', async () => {
    await admin.newChat('test-echo')
    await admin.say('soon gone')
    await admin.sees('You said: soon gone')
    await admin.answered()
    await admin.page.locator('#chat-context-menu-button').click(PATIENCE)
    await admin.page.getByRole('menu').getByText('Delete').click(PATIENCE)
    await admin.during('DELETE', /chats\/[^/]+$/, () =>
      admin.page
        .getByRole('button', { name: /Confirm|Delete/ })
        .last()
        .click(PATIENCE),
    )
  })
})

/** Waits until the server has it: the page saves a moment after the last key. */
async function saved(path: string, text: string): Promise<void> {
  await eventually(async () => JSON.stringify(await admin.call('GET', path)).includes(text), PATIENCE.timeout)
}
