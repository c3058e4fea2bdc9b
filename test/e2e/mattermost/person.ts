// One person at a browser with Mattermost's own web app, and everything that went wrong in it.
import type { Browser, BrowserContext, Locator, Page, Response } from 'playwright-core'
import { eventually } from '../../support/api.ts'
import { isKnownRefusal } from './refusals.ts'

export const PATIENCE = { timeout: 15_000 }
export const PASSWORD = 'Passw0rd!x1'

const ENTER_ATTEMPTS = 8
const ENTER_MS = 1_000

/** Runs in the page. */
function isEmptyOrGone(box: string): boolean {
  const found = document.querySelector<HTMLTextAreaElement>(box)
  return found === null || found.value === ''
}

/** What the browser complains about without anything being wrong. */
const NOT_A_FAULT = [
  /Failed to load resource/, // told by its response
  /net::ERR_/, // while the server is away
  /PerformanceReporterController/, // the app's own, when it draws itself anew in another language
]

export class Person {
  private readonly faults: string[] = []
  /** Bodies that are still being read. */
  private readonly reading = new Set<Promise<void>>()
  /** Statuses that the step at hand provokes. */
  private expected: readonly number[] = []

  private constructor(
    readonly name: string,
    readonly base: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser, name: string, base: string): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    context.setDefaultTimeout(PATIENCE.timeout)
    const person = new Person(name, base, context, await context.newPage())
    person.watch()
    return person
  }

  private watch(): void {
    this.page.on('response', (response) => {
      const work = this.judge(response)
      this.reading.add(work)
      void work.finally(() => this.reading.delete(work))
    })
    this.page.on('pageerror', (error) => this.faults.push(`${this.name}: page error: ${error.message}`))
    this.page.on('console', (message) => {
      if (message.type() !== 'error' || NOT_A_FAULT.some((known) => known.test(message.text()))) return
      this.faults.push(`${this.name}: console: ${message.text().slice(0, 300)}`)
    })
  }

  private async judge(response: Response): Promise<void> {
    const url = new URL(response.url())
    const method = response.request().method()
    const status = response.status()
    if (url.origin !== this.base || status < 400) return
    if (this.expected.includes(status) || isKnownRefusal(method, url.pathname, status)) return
    const text = await response.text().catch(() => '')
    this.faults.push(`${this.name}: ${method} ${url.pathname}: ${status} ${text.slice(0, 200)}`)
  }

  /** While `work` runs, answers of this status are its doing. */
  async expecting(status: number, work: () => Promise<void>): Promise<void> {
    this.expected = [status]
    await work()
    await Promise.all(this.reading)
    this.expected = []
  }

  /** Takes what went wrong since it was last asked. */
  async takeFaults(): Promise<string[]> {
    await Promise.all(this.reading)
    return this.faults.splice(0)
  }

  async go(path: string): Promise<void> {
    await this.page.goto(`${this.base}${path}`)
  }

  async channel(path: string): Promise<void> {
    await this.go(path)
    await this.page.locator('#post_textbox').waitFor()
  }

  async signUp(path = '/signup_user_complete'): Promise<void> {
    await this.go(path)
    await this.page.fill('#input_email', `${this.name}@example.com`)
    await this.page.fill('#input_name', this.name)
    await this.page.fill('#input_password-input', PASSWORD)
    await this.page.locator('input[type=checkbox]').first().check()
    await this.page.click('#saveSetting')
    await this.page.locator('#post_textbox').waitFor()
  }

  async say(text: string, box = '#post_textbox'): Promise<void> {
    await this.page.click(box)
    await this.page.keyboard.type(text)
    await this.enter(box)
  }

  /** Enter until the box has given its text away: one that has only just been opened may take the first for nothing. */
  async enter(box: string): Promise<void> {
    for (let attempt = 0; attempt < ENTER_ATTEMPTS; attempt += 1) {
      await this.page.keyboard.press('Enter')
      const gone = this.page.waitForFunction(isEmptyOrGone, box, { timeout: ENTER_MS })
      if (
        await gone.then(
          () => true,
          () => false,
        )
      )
        return
    }
    throw new Error(`${box} keeps its text`)
  }

  /** A slash command: what is offered has to be there before Enter means anything. */
  async command(text: string): Promise<void> {
    const offered = (response: Response) =>
      response.url().includes('autocomplete_suggestions') &&
      new URL(response.url()).searchParams.get('user_input') === text
    await this.page.click('#post_textbox')
    await Promise.all([this.page.waitForResponse(offered), this.page.keyboard.type(text)])
    await this.during('POST', /commands\/execute$/, () => this.page.keyboard.press('Enter'))
  }

  post(text: string): Locator {
    return this.page.locator('.post', { hasText: text }).last()
  }

  async sees(text: string): Promise<void> {
    await this.post(text).waitFor()
  }

  async seesNot(text: string): Promise<void> {
    await this.post(text).waitFor({ state: 'detached' })
  }

  /** An entry of the menu of a post. */
  async postMenu(text: string, entry: RegExp): Promise<void> {
    await this.post(text).hover()
    await this.post(text).locator('button[aria-label="more"]').first().click()
    await this.page.getByRole('menuitem', { name: entry }).first().click()
  }

  async replyTo(text: string, reply: string): Promise<void> {
    await this.post(text).hover()
    await this.post(text).locator('button[aria-label="reply"]').click()
    await this.say(reply, '#reply_textbox')
    await this.page.locator('#rhsContainer .post', { hasText: reply }).last().waitFor()
  }

  async channelMenu(entry: RegExp): Promise<void> {
    await this.page.locator('#channelHeaderDropdownButton, #channelHeaderTitle').first().click()
    await this.page.getByRole('menuitem', { name: entry }).first().click()
  }

  async teamMenu(entry: RegExp): Promise<void> {
    await this.page.locator('#sidebarTeamMenuButton').click()
    await this.page.getByRole('menuitem', { name: entry }).first().click()
  }

  async addMenu(entry: RegExp): Promise<void> {
    await this.page.locator('#browseOrAddChannelMenuButton').first().click()
    await this.page.getByRole('menuitem', { name: entry }).first().click()
  }

  async ownMenu(entry: RegExp): Promise<void> {
    await this.page.locator('#userAccountMenuButton').click()
    await this.page.getByRole('menuitem', { name: entry }).first().click()
  }

  /** Waits for an answer of the server that belongs to what `act` does. */
  async during(method: string, path: RegExp, act: () => Promise<unknown>): Promise<Response> {
    const waiting = this.page.waitForResponse(
      (response) => response.request().method() === method && path.test(new URL(response.url()).pathname),
      PATIENCE,
    )
    const [response] = await Promise.all([waiting, act()])
    return response
  }

  /** What `act` puts on the clipboard. */
  async copies(act: () => Promise<unknown>): Promise<string> {
    await this.page.evaluate(() => navigator.clipboard.writeText(''))
    await act()
    return eventually(async () => (await this.page.evaluate(() => navigator.clipboard.readText())) || null)
  }

  async picture(step: string): Promise<void> {
    const folder = process.env['E2E_PICTURES']
    if (folder === undefined) return
    await this.page
      .screenshot({ path: `${folder}/${step.replaceAll(/\W+/g, '-')}-${this.name}.png` })
      .catch(() => {})
  }
}
