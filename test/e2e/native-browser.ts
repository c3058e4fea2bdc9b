// Headless Chromium for the browser tests of our own client, and what a person does with it.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const WAIT_MS = 15_000

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
}

/** One person: a context of their own, and every complaint of their page. */
export class Person {
  readonly problems: string[] = []
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly base: string,
  ) {}

  static async open(browser: Browser, base: string): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    context.setDefaultTimeout(WAIT_MS)
    const page = await context.newPage()
    const person = new Person(context, page, base)
    page.on('pageerror', (error) => person.problems.push(String(error)))
    page.on('console', (message) => {
      // Resources that fail while offline are the test's doing; a refused script or a throw is not.
      if (message.type() === 'error' && !message.text().includes('net::'))
        person.problems.push(message.text())
    })
    return person
  }

  async signUp(username: string, path = '/register'): Promise<void> {
    await this.page.goto(this.base + path)
    await this.page.getByLabel('User name').fill(username)
    await this.page.getByLabel('Password').fill('correct horse 1')
    await this.page.getByRole('button', { name: 'Create account' }).click()
  }

  /** Makes a room and lands in it. */
  async makeRoom(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'New room' }).first().click()
    await this.page.getByRole('dialog').getByLabel('Name').fill(name)
    await this.page.getByRole('button', { name: 'Create room' }).click()
    await this.heading(name)
  }

  heading(name: string): Promise<void> {
    return this.page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  /** Makes an invite link of the open room. */
  async invite(): Promise<string> {
    await this.page.getByRole('button', { name: 'Invite people' }).first().click()
    await this.page.getByRole('button', { name: 'Create link' }).click()
    const link = await this.page.getByTestId('invite-link').first().inputValue()
    await this.page.keyboard.press('Escape')
    return link
  }

  async say(text: string): Promise<void> {
    await this.page.getByTestId('composer').fill(text)
    await this.page.getByTestId('composer').press('Enter')
  }

  /** Pastes a picture of this size into the composer, as from the clipboard. */
  async pastePicture(width: number, height: number): Promise<void> {
    await this.page.getByTestId('composer').evaluate(
      async (area, [width, height]) => {
        const canvas = document.createElement('canvas')
        canvas.width = width ?? 1
        canvas.height = height ?? 1
        canvas.getContext('2d')?.fillRect(4, 4, 20, 20)
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
        const clipboardData = new DataTransfer()
        if (blob) clipboardData.items.add(new File([blob], 'view.png', { type: 'image/png' }))
        area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
      },
      [width, height],
    )
  }

  /** Messages that the server has, with this text. */
  messages(text: string) {
    return this.page.locator('.message:not(.message-outgoing)', { hasText: text })
  }

  sees(text: string): Promise<void> {
    return this.messages(text).first().waitFor()
  }

  /** The id of the room that is open. */
  roomId(): string {
    return new URL(this.page.url()).pathname.split('/')[2] ?? ''
  }
}

/** Waits until a condition holds, as a person who looks again and again would. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS
  while (Date.now() < deadline) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never came true: ${what}`)
}
