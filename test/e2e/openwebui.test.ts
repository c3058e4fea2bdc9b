// The unmodified front end of Open WebUI 0.12.4 in a browser, against our server: the recorded steps one after another,
// each without a failed request, an error in the console or a missing key that its own server would have had.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '../support/api.ts'
import { PATIENCE, type Person } from './openwebui/person.ts'
import { openWorld, type World } from './openwebui/world.ts'

const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let world: World
let admin: Person
let bob: Person
/** The first chat, and the channel of both. */
let chatPath = ''
let channelPath = ''

beforeAll(async () => {
  world = await openWorld()
  ;({ admin, bob } = world)
}, 60_000)

afterAll(() => world?.close())

/** A step that leaves no fault behind. A step that fails leaves pictures of both browsers. */
function step(name: string, work: () => Promise<void>): void {
  test(name, async () => {
    try {
      await work()
    } catch (error) {
      await Promise.all([admin, bob].map((one) => one.picture(name)))
      throw new Error(`${name}: ${[...(await admin.takeFaults()), ...(await bob.takeFaults())].join('\n')}`, {
        cause: error,
      })
    }
    expect([...(await admin.takeFaults()), ...(await bob.takeFaults())]).toEqual([])
  })
}

describe('onboarding', () => {
  step('the first load shows the welcome page', async () => {
    await admin.go('/')
    await admin.page.getByRole('button', { name: /get started/i }).click(PATIENCE)
  })

  step('the first account becomes administrator and sees the news', async () => {
    await admin.page.locator('#name').fill('Admin', PATIENCE)
    await admin.page.locator('#email').fill('admin@example.com')
    await admin.page.locator('input[type=password]').first().fill('Passw0rd!')
    await admin.during('POST', /signup$/, () => admin.page.locator('button[type=submit]').click())
    await admin.page.locator('#chat-input').waitFor(PATIENCE)
    await admin.during('POST', /settings\/update$/, () =>
      admin.page.getByRole('button', { name: /okay, let's go/i }).click(PATIENCE),
    )
  })
})

describe('a chat', () => {
  step('the streamed answer, the title and follow-up questions appear', async () => {
    await admin.newChat('test-echo')
    await admin.say('Hello there')
    await admin.sees('You said: Hello there')
    await admin.sees('What comes next?')
    await admin.sees('A Test Title')
    await admin.page.waitForURL(/\/c\/[0-9a-f-]{36}$/, PATIENCE)
    chatPath = new URL(admin.page.url()).pathname
  })

  step('a second turn', async () => {
    await admin.say('Second turn')
    await admin.sees('You said: Second turn')
    await admin.answered()
  })

  step('a reload keeps both turns', async () => {
    await admin.page.reload()
    await admin.sees('You said: Hello there')
    await admin.sees('You said: Second turn')
  })

  step('regenerating gives a second version', async () => {
    await admin.page.locator('button[aria-label="Regenerate"]').last().click(PATIENCE)
    await admin.page.getByText('Try Again').last().click(PATIENCE)
    await admin.sees('2/2')
    await admin.answered()
  })

  step('an answer is gone on with and keeps what it had', async () => {
    await admin.during('POST', /api\/chat\/completions$/, () =>
      admin.page.locator('#continue-response-button').last().click(PATIENCE),
    )
    await admin.sees(/You said: Second turn\s*You said: Second turn/)
    await admin.answered()
  })

  step('a good answer is rated', async () => {
    await admin.during('POST', /evaluations\/feedback$/, () =>
      admin.page.locator('button[aria-label="Good Response"]').last().click(PATIENCE),
    )
  })

  step('an edited question is sent again', async () => {
    await admin.page.locator('.user-message').last().hover()
    await admin.page.locator('button.edit-user-message-button').last().click(PATIENCE)
    await admin.page.locator('[id^="message-edit-"]').last().fill('Edited turn')
    await admin.page.locator('#confirm-edit-message-button').click(PATIENCE)
    await admin.sees('You said: Edited turn')
    await admin.answered()
  })

  step('an answer goes on over a reload', async () => {
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
  })

  step('a slow answer is stopped', async () => {
    await admin.newChat('test-stepped')
    await admin.say('never comes')
    const request = await questionOf('never comes')
    await request.step(2)
    await admin.sees('You said:')
    await admin.during('POST', /api\/tasks\/chat\/[^/]+\/stop$/, () =>
      admin.page.locator('button[aria-label="Stop"]').click(PATIENCE),
    )
    expect(await request.ended).toBe('aborted')
    await admin.answered()
  })

  step('what the provider says is shown when it fails', async () => {
    await admin.newChat('fail-402')
    await admin.say('please')
    await admin.sees('The account at the model provider has no credit left.')
  })

  step('reasoning is shown as a thought', async () => {
    await admin.newChat('test-reasoning')
    await admin.say('think')
    await admin.sees(/Thought for/)
    await admin.sees('Forty-two.')
    await admin.answered()
  })

  step('a built-in tool is called and its result answered', async () => {
    await admin.newChat('test-tools')
    await admin.say('use a tool')
    await admin.sees(/The tool said/)
    await admin.answered()
  })

  step('a text file is read', async () => {
    await admin.newChat('test-echo')
    await admin.attach({
      name: 'note.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('The word is xyzzy.'),
    })
    await admin.say('Which word?')
    await admin.sees(/xyzzy/)
    await admin.answered()
  })

  step('an image goes to a model that sees', async () => {
    await admin.newChat('test-vision')
    await admin.attach({ name: 'dot.png', mimeType: 'image/png', buffer: DOT })
    await admin.say('look')
    await admin.sees('saw 1 images')
    await admin.answered()
  })

  step('a second window sees a new chat appear', async () => {
    const second = await admin.window()
    await second.goto(`${admin.base}/`)
    await second.locator('button[aria-label="Open Sidebar"]:visible').first().click(PATIENCE)
    const before = await second.locator('#sidebar button[aria-label="Chat Menu"]').count()
    await admin.newChat('test-echo')
    await admin.say('For the other window')
    await admin.sees('You said: For the other window')
    await second.locator('#sidebar button[aria-label="Chat Menu"]').nth(before).waitFor(PATIENCE)
    await admin.answered()
    await second.close()
  })

  step('a temporary chat is not saved', async () => {
    await admin.go('/?temporary-chat=true&models=test-echo')
    await admin.page
      .getByRole('button', { name: /test-echo/ })
      .first()
      .waitFor(PATIENCE)
    await admin.say('Between us')
    await admin.sees('You said: Between us')
    await admin.answered()
    expect(admin.page.url()).not.toContain('/c/')
  })
})

/** The question with these words, as the provider got it: not those for a title and the like. */
function questionOf(words: string) {
  const find = () => world.upstream.requests.find(({ body }) => body.messages.at(-1)?.content === words)
  return eventually(() => Promise.resolve(find()), PATIENCE.timeout)
}

describe('order among the chats', () => {
  step('a folder is made and a chat moved into it', async () => {
    await admin.go(chatPath)
    await admin.sees('Edited turn')
    await admin.openSidebar()
    await admin.page.locator('#sidebar button[aria-label="New Folder"]').click(PATIENCE)
    await admin.page.locator('#folder-name').fill('Project', PATIENCE)
    await admin.during('POST', /folders\/$/, () => admin.modal.getByRole('button', { name: 'Save' }).click())
    await admin.sees('Project')
    await admin.page.locator('#chat-context-menu-button').click(PATIENCE)
    await admin.page.getByRole('menu').getByText('Move').hover(PATIENCE)
    await admin.during('POST', /\/folder$/, () =>
      admin.page.getByRole('menu').getByText('Project').last().click(PATIENCE),
    )
  })

  step('a chat is tagged', async () => {
    await admin.page.reload()
    await admin.page.locator('#chat-context-menu-button').click(PATIENCE)
    await admin.page.locator('input[role=combobox]:visible').last().fill('mytag', PATIENCE)
    await admin.during('POST', /\/tags$/, () => admin.page.keyboard.press('Enter'))
    await admin.sees('mytag')
    await admin.page.keyboard.press('Escape')
  })

  step('a chat is renamed', async () => {
    await admin.chatMenu('A Test Title', 'Rename')
    const input = admin.page.locator('#sidebar input[id^="chat-title-input"]')
    await input.fill('Renamed by hand', PATIENCE)
    await admin.during('POST', /\/chats\/[^/]+$/, () => input.press('Enter'))
    await admin.sees('Renamed by hand')
  })

  step('a chat is pinned and unpinned', async () => {
    await admin.during('POST', /\/pin$/, () => admin.chatMenu('Renamed by hand', 'Pin'))
    await admin.sees('Pinned')
    await admin.during('POST', /\/pin$/, () => admin.chatMenu('Renamed by hand', 'Unpin'))
    await admin.seesNot('Pinned')
  })

  step('a chat is cloned', async () => {
    await admin.during('POST', /\/clone$/, () => admin.chatMenu('Renamed by hand', 'Clone'))
    await admin.sees('Clone of Renamed by hand')
  })

  step('the search finds it', async () => {
    await admin.page.locator('#sidebar-search-button').click(PATIENCE)
    await admin.during('GET', /\/api\/v1\/search$/, () => admin.page.keyboard.type('Second'))
    const found = admin.page.locator('[data-index="0"]')
    await found.getByText('Personal chat').or(found.getByText('Project')).first().waitFor(PATIENCE)
    await found.getByText(/Second turn/).first().waitFor(PATIENCE)
    await admin.page.keyboard.press('Escape')
  })

  step('a chat is shared by a link', async () => {
    await admin.go(chatPath)
    await admin.page.locator('#chat-context-menu-button').click(PATIENCE)
    await admin.page.getByRole('menu').getByText('Share').click(PATIENCE)
    const answer = await admin.during('POST', /\/share$/, () =>
      admin.page.locator('#copy-and-share-chat-button').click(PATIENCE),
    )
    const { share_id } = (await answer.json()) as { share_id: string }
    await admin.go(`/s/${share_id}`)
    await admin.sees('You said: Edited turn')
  })

  step('a chat is archived and listed there', async () => {
    await admin.go('/')
    await admin.openSidebar()
    await admin.during('POST', /\/archive$/, () => admin.chatMenu('Clone of Renamed by hand', 'Archive'))
    await admin.settings('Archived Chats')
    await admin.sees('Clone of Renamed by hand')
  })
})

describe('a second person', () => {
  step('the administrator opens sign-up and channels', async () => {
    await admin.go('/admin/settings/general')
    await admin.page.getByRole('switch', { name: 'Channels', exact: true }).click(PATIENCE)
    await admin.save(/auths\/admin\/config$/)
    await admin.go('/admin/settings/authentication')
    await admin.page
      .getByRole('switch', { name: /New Sign Ups|Sign Ups/ })
      .first()
      .click(PATIENCE)
    await admin.save(/auths\/admin\/config$/)
  })

  step('they sign up and wait', async () => {
    await bob.go('/auth')
    await bob.page.getByRole('button', { name: /^sign up$/i }).click(PATIENCE)
    await bob.page.locator('#name').fill('Bob', PATIENCE)
    await bob.page.locator('#email').fill('bob@example.com')
    await bob.page.locator('input[type=password]').first().fill('B0bPassw0rd!')
    await bob.page.locator('button[type=submit]').click()
    await bob.sees(/Account Activation Pending/)
  })

  step('the administrator approves them', async () => {
    await admin.go('/admin/users')
    await admin.page
      .locator('tr', { hasText: 'bob@example.com' })
      .getByLabel('Change User Role')
      .click(PATIENCE)
    await admin.modal.locator('select').first().selectOption('user')
    await admin.during('POST', /users\/[^/]+\/update$/, () =>
      admin.modal.getByRole('button', { name: 'Save' }).click(),
    )
  })

  step('they chat with a model that is for all', async () => {
    await admin.call('POST', '/api/v1/models/model/access/update', {
      id: 'test-echo',
      name: 'test-echo',
      access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
    })
    await bob.page.reload()
    await bob.newChat('test-echo')
    await bob.say('I am Bob')
    await bob.sees('You said: I am Bob')
    await bob.answered()
  })
})

describe('a channel', () => {
  step('is made, and a message posted', async () => {
    await admin.go('/')
    await admin.openSidebar()
    await admin.page.locator('#sidebar button[aria-label="Create Channel"]').click(PATIENCE)
    await admin.page.locator('input[placeholder=new-channel]').fill('general', PATIENCE)
    await admin.modal.getByRole('button', { name: 'Visibility' }).click()
    await admin.page.getByRole('menuitemradio', { name: 'Public' }).click(PATIENCE)
    await admin.modal.getByRole('button', { name: 'Create' }).click()
    await admin.page.waitForURL(/\/channels\//, PATIENCE)
    channelPath = new URL(admin.page.url()).pathname
    // "Public" lets all read; that they may write is said beside it.
    const grants = ['read', 'write'].map((permission) => ({
      principal_type: 'user',
      principal_id: '*',
      permission,
    }))
    await admin.call('POST', `/api/v1${channelPath}/access/update`, { access_grants: grants })
    await admin.during('POST', /messages\/post$/, () => admin.say('Hello channel'))
    await admin.sees('Hello channel')
  })

  step('both see what the other writes', async () => {
    await bob.go(channelPath)
    await bob.sees('Hello channel')
    await bob.during('POST', /messages\/post$/, () => bob.say('Hello from Bob'))
    await admin.sees('Hello from Bob')
  })

  step('a reaction reaches the other', async () => {
    await admin.hover('Hello from Bob')
    await admin.page.locator('button.p-1[aria-haspopup=true]:visible').last().click(PATIENCE)
    await admin.during('POST', /reactions\/add$/, () =>
      admin.page.locator('button:has(> img[src*="/assets/emojis/"])').first().click(PATIENCE),
    )
    await bob.page.locator('img[src*="/assets/emojis/"]').first().waitFor(PATIENCE)
  })

  step('a reply stands in the thread', async () => {
    await admin.hover('Hello from Bob')
    await admin.page.locator('button[aria-label="Reply in Thread"]:visible').last().click(PATIENCE)
    await admin.page.locator('#chat-input').last().click(PATIENCE)
    await admin.page.keyboard.type('In the thread')
    await admin.during('POST', /messages\/post$/, () => admin.page.keyboard.press('Enter'))
    await bob.sees('1 Replies')
  })

  step('a model that is mentioned answers', async () => {
    await admin.go(channelPath)
    await admin.page.locator('#chat-input').click(PATIENCE)
    await admin.page.keyboard.type('@test-ec')
    await admin.page
      .getByRole('button', { name: /test-echo/ })
      .last()
      .click(PATIENCE)
    await admin.page.keyboard.type('are you here?')
    await admin.during('POST', /messages\/post$/, () => admin.page.keyboard.press('Enter'))
    // The setting of a new server: answers go into the thread of the question.
    await bob.page.getByText('1 Replies').nth(1).click(PATIENCE)
    await bob.sees('You said: ')
  })

  step('a picture that is posted is seen by both', async () => {
    const uploading = admin.during('POST', /api\/v1\/files\/$/, () =>
      admin.page
        .locator('input[type=file]')
        .first()
        .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: DOT }),
    )
    await uploading
    await admin.during('POST', /messages\/post$/, () => admin.say('A picture'))
    for (const person of [admin, bob]) {
      const picture = person.page.locator('img[src*="/api/v1/files/"]').last()
      await picture.waitFor(PATIENCE)
      await eventually(() => picture.evaluate((img) => (img as HTMLImageElement).naturalWidth > 0))
    }
  })
})

describe('settings', () => {
  step('every tab of a person opens', async () => {
    await admin.go('/')
    await admin.settings('General')
    for (const tab of [
      'Interface',
      'Notifications',
      'Personalization',
      'Audio',
      'Data Controls',
      'Usage',
      'Account',
      'About',
    ])
      await admin.page.getByRole('tab', { name: tab }).first().click(PATIENCE)
  })

  step('signing out leads to the sign-in page, where a wrong password is refused', async () => {
    await admin.go('/')
    // What the page still asks for would be refused when it comes after the goodbye.
    await admin.quiet()
    await admin.menu('Sign Out')
    await admin.page.locator('#email').fill('admin@example.com', PATIENCE)
    await admin.page.locator('input[type=password]').first().fill('wrong')
    await admin.page.locator('button[type=submit]').click()
    await admin.sees(/email or password provided is incorrect/)
  })

  step('the right password shows the chats again', async () => {
    await admin.page.locator('input[type=password]').first().fill('Passw0rd!')
    await admin.page.locator('button[type=submit]').click()
    await admin.page.locator('#chat-input').waitFor(PATIENCE)
    await admin.openSidebar()
    await admin.sees('A Test Title')
  })
})

test('the server had nothing to complain about', () => {
  expect(world.server.errors).toEqual([])
})
