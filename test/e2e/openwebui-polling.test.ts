// Open WebUI's unmodified front end where no WebSocket gets through: it polls, and shows the same.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eventually } from '../support/api.ts'
import { PATIENCE, type Person } from './openwebui/person.ts'
import { openWorld, type World } from './openwebui/world.ts'

let world: World
let admin: Person
const transports = new Set<string>()

beforeAll(async () => {
  world = await openWorld({ ENABLE_WEBSOCKET_SUPPORT: 'false' })
  admin = world.admin
  admin.page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.pathname.startsWith('/ws/socket.io')) transports.add(url.searchParams.get('transport') ?? '')
  })
  admin.page.on('websocket', (socket) => void transports.add(`socket ${new URL(socket.url()).pathname}`))
  await admin.go('/auth')
  const { token } = (await admin.call('POST', '/api/v1/auths/signup', {
    name: 'Admin',
    email: 'admin@example.com',
    password: 'Passw0rd!',
  })) as { token: string }
  await admin.page.evaluate((value) => localStorage.setItem('token', value), token)
  await admin.call('POST', '/api/v1/users/user/settings/update', { ui: { version: '0.12.4' } })
  await admin.takeFaults()
}, 60_000)

afterAll(() => world?.close())

function questionOf(words: string) {
  const find = () => world.upstream.requests.find(({ body }) => body.messages.at(-1)?.content === words)
  return eventually(() => Promise.resolve(find()), PATIENCE.timeout)
}

test('an answer is streamed, goes on over a reload, and is stopped, without a WebSocket', async () => {
  await admin.newChat('test-stepped')
  await admin.say('one two three')
  const request = await questionOf('one two three')
  await request.step(2)
  await admin.sees('You said:')
  await admin.page.waitForURL(/\/c\//, PATIENCE)
  await admin.page.reload()
  await admin.sees('You said:')
  await request.step(1)
  await admin.sees('You said: one')
  await request.finish()
  await admin.sees('You said: one two three')
  await admin.answered()

  await admin.newChat('test-stepped')
  await admin.say('never comes')
  const stopped = await questionOf('never comes')
  await stopped.step(2)
  await admin.sees('You said:')
  await admin.during('POST', /api\/tasks\/chat\/[^/]+\/stop$/, () =>
    admin.page.locator('button[aria-label="Stop"]').click(PATIENCE),
  )
  expect(await stopped.ended).toBe('aborted')
  await admin.answered()
  expect([...transports]).toEqual(['polling'])
  // Not awaited: a body that the reload cut off is never read to its end.
  expect(admin.faults).toEqual([])
}, 60_000)
