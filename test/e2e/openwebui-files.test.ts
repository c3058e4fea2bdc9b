// The unmodified front end of Open WebUI with files: attached to a question, put into a collection, cited under answers.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { docx, pdf } from '../support/documents.ts'
import { lastUserText } from '../support/upstream-replies.ts'
import { PATIENCE, type Person } from './openwebui/person.ts'
import { openWorld, type World } from './openwebui/world.ts'

let world: World
let admin: Person

beforeAll(async () => {
  world = await openWorld()
  admin = world.admin
  await admin.go('/')
  await admin.page.getByRole('button', { name: /get started/i }).click(PATIENCE)
  await admin.page.locator('#name').fill('Admin', PATIENCE)
  await admin.page.locator('#email').fill('admin@example.com')
  await admin.page.locator('input[type=password]').first().fill('Passw0rd!')
  await admin.during('POST', /signup$/, () => admin.page.locator('button[type=submit]').click())
  await admin.page.locator('#chat-input').waitFor(PATIENCE)
  await admin.during('POST', /settings\/update$/, () =>
    admin.page.getByRole('button', { name: /okay, let's go/i }).click(PATIENCE),
  )
}, 60_000)

afterAll(() => world?.close())

/** Without waiting: an answer that came while its page was left is never read to its end. */
const faults = (): string[] => admin.faults.splice(0)

function step(name: string, work: () => Promise<void>): void {
  test(name, async () => {
    try {
      await work()
    } catch (error) {
      await admin.picture(name)
      throw new Error(`${name}: ${faults().join('\n')}`, { cause: error })
    }
    expect(faults()).toEqual([])
  })
}

const file = (name: string, bytes: Uint8Array, mimeType: string) => ({
  name,
  mimeType,
  buffer: Buffer.from(bytes),
})

step('a PDF is attached, read, given to the model and cited', async () => {
  await admin.newChat('test-echo')
  const zebra = file('zebra.pdf', pdf(['The zebra has 42 stripes.']), 'application/pdf')
  await admin.attach(zebra)
  await admin.sees('zebra.pdf')
  await admin.say('How many stripes?')
  await admin.answered()
  const request = world.upstream.requests.findLast(({ body }) =>
    lastUserText(body).endsWith('How many stripes?'),
  )
  expect(request && lastUserText(request.body)).toContain(
    '<source id="1" name="zebra.pdf">\nThe zebra has 42 stripes.',
  )
  await admin.page.getByText('1 Source', { exact: true }).last().click(PATIENCE)
  await admin.page
    .getByRole('button', { name: /zebra\.pdf/ })
    .last()
    .click(PATIENCE)
  await admin.modal.getByText('The zebra has 42 stripes.').last().waitFor(PATIENCE)
})

step('what cannot be read is said at once', async () => {
  await admin.newChat('test-echo')
  await admin.attach(file('old.doc', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'application/msword'))
  await admin.sees(/Office 2003 and earlier/)
})

step('a Word document is put into a collection and found there', async () => {
  await admin.go('/workspace/knowledge/create')
  await admin.page.getByPlaceholder('Name your knowledge base').fill('Animals', PATIENCE)
  await admin.page.locator('textarea').first().fill('All about them')
  await admin.during('POST', /knowledge\/create$/, () =>
    admin.page.locator('button[type=submit]').last().click(PATIENCE),
  )
  await admin.page.waitForURL(/knowledge\/[0-9a-f]/, PATIENCE)
  const otter = file(
    'otter.docx',
    docx('Otters', 'An otter holds hands while it sleeps.'),
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  )
  await admin.during('GET', /\/files$/, () =>
    admin.page.locator('input[type=file]#files-input, input[type=file]').first().setInputFiles(otter),
  )
  await admin.sees('otter.docx')
})

step('a question names the collection and is answered from it', async () => {
  await admin.newChat('test-echo')
  await admin.page.locator('#chat-input').click(PATIENCE)
  await admin.page.keyboard.type('#Animals')
  await admin.page
    .getByRole('button', { name: /Animals/ })
    .last()
    .click(PATIENCE)
  await admin.say('Do otters dream?')
  await admin.answered()
  const request = world.upstream.requests.findLast(({ body }) =>
    lastUserText(body).includes('Do otters dream?'),
  )
  expect(request && lastUserText(request.body)).toContain('An otter holds hands while it sleeps.')
  await admin.sees('Retrieved 1 source')
})
