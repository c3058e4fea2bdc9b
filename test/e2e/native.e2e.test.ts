// Our own client as two people use it, in a real browser against a real server: rooms, invites, talk, AI, uploads,
// reloads and lost connections. What single routes answer is tested in test/native.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { npubEncode } from 'nostr-tools/nip19'
import { type EventTemplate, finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import type { Browser } from 'playwright-core'
import { startTestServer, type TestServer } from '../support/server.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { Person, startBrowser, until } from './native-browser.ts'

let browser: Browser
let server: TestServer
let upstream: Upstream
let ann: Person
let bob: Person

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'test' } })
  browser = await startBrowser()
}, 60_000)

afterAll(async () => {
  await browser.close()
  await server.stop()
  await upstream.close()
})

let count = 0

/** Ann and Bob, both new, in a room that Ann made and invited Bob to. */
beforeEach(async () => {
  count += 1
  ann = await Person.open(browser, server.url)
  bob = await Person.open(browser, server.url)
  await ann.signUp(`ann${count}`)
  await ann.makeRoom(`den ${count}`)
  const link = await ann.invite()
  await bob.signUp(`bob${count}`, new URL(link).pathname)
  await bob.page.getByRole('button', { name: 'Join room' }).click()
  // The invite names the room in its heading too: only the address tells that he is in.
  await bob.page.waitForURL(/\/rooms\//)
  await bob.heading(`den ${count}`)
}, 60_000)

afterEach(async () => {
  await ann.context.close()
  await bob.context.close()
  expect([...ann.problems, ...bob.problems]).toEqual([])
})

describe('talking', () => {
  test('each hears the other at once; typing, reactions, edits and deletes too', async () => {
    await ann.say('Hello **Bob**')
    await bob.sees('Hello Bob')
    expect(await bob.messages('Hello Bob').locator('strong').textContent()).toBe('Bob')

    await bob.page.getByTestId('composer').pressSequentially('Hi')
    await ann.page.getByText(`bob${count} is typing`).waitFor()
    await bob.page.getByTestId('composer').press('Enter')
    await ann.sees('Hi')

    await ann.messages('Hi').last().hover()
    await ann.page.getByRole('button', { name: 'React with +1' }).click()
    await bob.page.locator('.reaction', { hasText: '👍' }).waitFor()

    await bob.page.getByTestId('composer').press('ArrowUp')
    await bob.page.getByLabel('Edit message').fill('Hi there')
    await bob.page.getByLabel('Edit message').press('Enter')
    await ann.sees('Hi there')
    await ann.page.getByRole('button', { name: '(edited)' }).click()
    await ann.page.getByRole('dialog').getByText('Hi', { exact: true }).waitFor()
    await ann.page.keyboard.press('Escape')

    await bob.messages('Hi there').hover()
    await bob.page.getByRole('button', { name: 'More actions' }).click()
    await bob.page.getByRole('menuitem', { name: 'Delete' }).click()
    await bob.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await ann.messages('Hi there').waitFor({ state: 'detached' })
  }, 60_000)

  test('a thread beside the room, counted in it', async () => {
    await ann.say('What for lunch?')
    await bob.messages('What for lunch?').hover()
    await bob.page.getByRole('button', { name: 'Reply in thread' }).click()
    await bob.page.getByTestId('thread-composer').fill('Soup')
    await bob.page.getByTestId('thread-composer').press('Enter')
    await ann.page.getByRole('button', { name: '1 reply' }).click()
    await ann.page.locator('.side-panel').getByText('Soup').waitFor()
    expect(await ann.page.locator('.room .message', { hasText: 'Soup' }).count()).toBe(0)

    // Reading the room reads its threads too: nothing is left to count after a reload.
    await ann.page.reload()
    await ann.sees('What for lunch?')
    await until('all is read', async () => (await ann.page.getByTestId('unread').count()) === 0)
  }, 60_000)

  test('unread and mentions are counted elsewhere and gone when read', async () => {
    const room = bob.page.url()
    await bob.page.goto(server.url)
    await ann.say('one')
    await ann.say(`two @bob${count}`)
    const item = bob.page.locator('.room-item', { hasText: `den ${count}` })
    await item.getByTestId('mentions').waitFor()
    expect(await bob.page.title()).toStartWith('(1) ')
    await bob.page.goto(room)
    await bob.page.locator('.unread-line').waitFor()
    await item.getByTestId('mentions').waitFor({ state: 'detached' })
    await bob.page.reload()
    await bob.sees('two')
    expect(await item.getByTestId('mentions').count()).toBe(0)
  }, 60_000)

  test('hostile text does nothing', async () => {
    await ann.say(
      '<img src=x onerror="window.hit=1"><script>window.hit=1</script> [x](javascript:window.hit=1)',
    )
    await ann.say('```html\n<script>window.hit=1</script>\n```')
    await bob.sees('<script>')
    await until('code is there', async () => (await bob.page.locator('pre code').count()) > 0)
    const dangerous = 'script:not([src]), .md img, .md [onerror], .md a[href^="javascript"]'
    expect(await bob.page.locator(dangerous).count()).toBe(0)
    expect(await bob.page.evaluate('window.hit')).toBeUndefined()
  }, 60_000)
})

describe('AI', () => {
  test('an answer streams to both, survives a reload in its middle, and shows its cost', async () => {
    upstream.queue({
      chunks: ['Stars ', 'are ', 'hot ', '**plasma**', '.'],
      stepped: true,
      usage: { prompt: 12, completion: 5 },
    })
    const before = upstream.requests.length
    await ann.say('@ai what are stars?')
    const asked = await upstream.request(before)
    await asked.step(2)
    await ann.sees('Stars are')
    await bob.sees('Stars are')
    expect(await ann.page.getByRole('button', { name: 'Stop' }).count()).toBe(1)

    await bob.page.reload()
    await bob.sees('Stars are')
    await asked.step(1)
    await bob.sees('Stars are hot')
    await asked.finish()
    for (const person of [ann, bob]) {
      await person.sees('Stars are hot plasma.')
      await person.page.getByTestId('ai-writing').waitFor({ state: 'detached' })
      expect(await person.page.getByTestId('ai-usage').textContent()).toContain('17 tokens')
      expect(await person.messages('Stars are').count()).toBe(1)
    }
  }, 60_000)

  test('stop reaches the provider and keeps what was written', async () => {
    upstream.queue({ chunks: ['Once ', 'upon ', 'a time'], stepped: true })
    const before = upstream.requests.length
    await bob.say('@ai tell a story')
    const asked = await upstream.request(before)
    await asked.step(1)
    await bob.sees('Once')
    await bob.page.getByRole('button', { name: 'Stop' }).click()
    expect(await asked.ended).toBe('aborted')
    await ann.page.getByText('Stopped').waitFor()
    expect(await ann.messages('Once').count()).toBe(1)
  }, 60_000)
})

test('a picture is pasted in, shown before it is sent, and seen by the other', async () => {
  await ann.pastePicture(64, 40)
  await ann.page.locator('[data-testid=attachment][data-done=true]').waitFor()
  await ann.say('look')
  const picture = bob.messages('look').locator('.picture img')
  await picture.waitFor()
  await until('the picture is drawn', () =>
    picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth === 64),
  )
}, 60_000)

test('what is written offline waits for the line and arrives once', async () => {
  await ann.say('before')
  await bob.sees('before')
  await ann.context.setOffline(true)
  await ann.page.getByTestId('connection-banner').waitFor()
  await ann.say('written offline')
  await ann.page.getByText('Waiting for the connection').waitFor()
  await bob.say('meanwhile')
  await ann.context.setOffline(false)
  await bob.sees('written offline')
  await ann.sees('meanwhile')
  await ann.sees('written offline')
  await ann.page.getByTestId('outgoing').waitFor({ state: 'detached' })
  await ann.page.reload()
  await ann.sees('written offline')
  for (const person of [ann, bob]) {
    expect(await person.messages('written offline').count()).toBe(1)
    expect(await person.messages('meanwhile').count()).toBe(1)
  }
}, 60_000)

test('a long history scrolls back without end, keeps its place, and jumps to the latest', async () => {
  await fillRoom(ann, 130)
  await ann.sees('line 129.')
  await bob.page.reload()
  await bob.sees('line 129.')
  const scroller = bob.page.getByTestId('timeline')
  await until('the first message is loaded', async () => {
    await scroller.evaluate((element) => ((element as unknown as { scrollTop: number }).scrollTop = 0))
    return (await bob.messages('line 0.').count()) > 0
  })
  await bob.page.getByTestId('to-latest').click()
  await until('the latest is on the screen', () => bob.messages('line 129.').isVisible())
  await ann.say('newest')
  await bob.messages('newest').waitFor()
}, 60_000)

test('a direct message reaches who never heard of the conversation', async () => {
  await ann.page.getByRole('button', { name: 'New direct message' }).click()
  await ann.page.getByLabel('Find people').fill(`bob${count}`)
  await ann.page
    .getByRole('dialog')
    .getByRole('button', { name: `@bob${count}` })
    .click()
  await ann.page.getByRole('button', { name: 'Start conversation' }).click()
  await ann.heading(`bob${count}`)
  await ann.say('psst')
  await bob.page.getByRole('link', { name: `ann${count}` }).click()
  await bob.sees('psst')
  await ann.page.locator('.side-panel, .room-header .presence').first().waitFor()
}, 60_000)

test('signing in by a Nostr extension makes an account, and finds it again', async () => {
  const secret = generateSecretKey()
  for (const visit of ['first', 'second']) {
    const page = await (await browser.newContext()).newPage()
    await page.exposeFunction('signForTest', (event: EventTemplate) => finalizeEvent(event, secret))
    await page.addInitScript((pubkey) => {
      const { signForTest } = window as unknown as { signForTest: (event: unknown) => Promise<unknown> }
      Object.assign(window, { nostr: { getPublicKey: async () => pubkey, signEvent: signForTest } })
    }, getPublicKey(secret))
    await page.goto(`${server.url}/login`)
    await page.getByRole('button', { name: 'Continue with Nostr' }).click()
    await page.locator('.sidebar').waitFor()
    if (visit === 'first') await page.getByText('You are in no room yet.').waitFor()
    await page.goto(`${server.url}/settings`)
    expect(await page.locator('.npub').textContent()).toContain(npubEncode(getPublicKey(secret)))
    await page.context().close()
  }
}, 60_000)

test('a quote leads to its message and back again, however often', async () => {
  await fillRoom(ann, 130)
  await ann.sees('line 129.')
  await ann.page.getByTestId('timeline').evaluate((element) => element.scrollTo(0, 0))
  await ann.messages('line 80.').hover()
  await ann.page.getByRole('button', { name: 'Reply', exact: true }).click()
  await ann.say('that one')
  for (let visit = 0; visit < 2; visit++) {
    await ann.page.getByTestId('to-latest').click()
    await ann.page.locator('button.quote', { hasText: 'line 80.' }).click()
    await until('the quoted message is on the screen', () => onScreen(ann, 'line 80.'))
  }
}, 60_000)

test('on a phone the list and the room are screens of their own', async () => {
  await bob.page.setViewportSize({ width: 390, height: 844 })
  await bob.page.getByRole('link', { name: 'Back to rooms' }).click()
  await bob.page.locator('.room-item', { hasText: `den ${count}` }).click()
  await bob.heading(`den ${count}`)
  expect(await bob.page.locator('.sidebar').isVisible()).toBe(false)
  const wide = await bob.page.evaluate('document.documentElement.scrollWidth')
  expect(wide).toBeLessThanOrEqual(390)
}, 60_000)

test('the pages come back by themselves when the server was restarted', async () => {
  let own = await startTestServer()
  const port = String(own.server.port)
  const cat = await Person.open(browser, own.url)
  try {
    await cat.signUp('cat')
    await cat.makeRoom('attic')
    await cat.say('before')
    await cat.sees('before')
    await own.stop(true)
    await cat.page.getByTestId('connection-banner').waitFor()
    await cat.say('while it was gone')
    own = await startTestServer({ dataDir: own.dataDir, env: { PORT: port } })
    await cat.sees('while it was gone')
    await cat.page.reload()
    await cat.sees('before')
    expect(await cat.messages('while it was gone').count()).toBe(1)
  } finally {
    await cat.context.close()
    await own.stop()
  }
}, 60_000)

/** Posts `line 0.`, `line 1.`, … to the open room, as the person. */
async function fillRoom(person: Person, lines: number): Promise<void> {
  const token = await person.page.evaluate(() => localStorage.getItem('hubbub.token'))
  for (let n = 0; n < lines; n++) {
    const posted = await fetch(`${server.url}/api/rooms/${person.roomId()}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: `line ${n}.` }),
    })
    expect(posted.status).toBe(201)
  }
}

/** A message with this text of its own (not only quoted) can be seen without scrolling. */
async function onScreen(person: Person, text: string): Promise<boolean> {
  const box = await person.page.locator('.message .md', { hasText: text }).first().boundingBox()
  return box !== null && box.y > 60 && box.y < 700
}
