// One person at a browser with the unmodified front end, and everything that went wrong in it.
import type { Browser, BrowserContext, Page, Request, Response } from 'playwright-core'
import { eventually } from '../../support/api.ts'
import { isRecordedFailure, missingIn } from './recording.ts'

export const PATIENCE = { timeout: 10_000 }

/** What the browser complains about without anything being wrong. */
const NOT_A_FAULT = [
  /Failed to load resource/, // told by its response
  /The resource .* was preloaded/,
]

/**
 * The page never reads this answer. As it must not be stored either, the browser does not fetch it to its end: it is
 * never finished, and its body is not to be had.
 */
const UNREAD = /\/auths\/update\/timezone$/
const QUIET_MS = 500

export class Person {
  readonly faults: string[] = []
  /** Bodies that are still being read. */
  private readonly reading = new Set<Promise<void>>()
  /** What the page waits for, and when that changed last. */
  private readonly open = new Set<Request>()
  private changedAt = 0

  private constructor(
    readonly name: string,
    readonly base: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser, name: string, base: string): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const person = new Person(name, base, context, await context.newPage())
    person.watch(person.page)
    return person
  }

  /** Another window of the same person; its faults count as theirs. */
  async window(): Promise<Page> {
    const page = await this.context.newPage()
    this.watch(page)
    return page
  }

  /** Until the page has asked for nothing more for a while. */
  async quiet(): Promise<void> {
    const isQuiet = () => Promise.resolve(this.open.size === 0 && Date.now() - this.changedAt >= QUIET_MS)
    await eventually(isQuiet, PATIENCE.timeout)
  }

  private watch(page: Page): void {
    const changed = (request: Request, begun: boolean) => {
      this.changedAt = Date.now()
      if (begun && !UNREAD.test(request.url())) this.open.add(request)
      else this.open.delete(request)
    }
    page.on('request', (request) => changed(request, true))
    page.on('requestfinished', (request) => changed(request, false))
    page.on('requestfailed', (request) => changed(request, false))
    page.on('response', (response) => {
      const work = this.judge(response).catch(() => {})
      this.reading.add(work)
      void work.finally(() => this.reading.delete(work))
    })
    page.on('pageerror', (error) =>
      this.faults.push(`${this.name}: page error: ${error.message.slice(0, 300)}`),
    )
    page.on('console', (message) => {
      if (message.type() !== 'error' || NOT_A_FAULT.some((known) => known.test(message.text()))) return
      this.faults.push(`${this.name}: console: ${message.text().slice(0, 300)}`)
    })
  }

  private async judge(response: Response): Promise<void> {
    const url = new URL(response.url())
    if (url.origin !== this.base) return
    const method = response.request().method()
    const status = response.status()
    const what = `${this.name}: ${method} ${url.pathname}${url.search}`
    // Its sidebar asks whenever the socket connects, also where channels are off; its own server says the same.
    if (status === 403 && url.pathname === '/api/v1/channels/') return
    if (status >= 400 && !isRecordedFailure(method, url.pathname, status)) {
      this.faults.push(`${what}: ${status} ${(await response.text().catch(() => '')).slice(0, 200)}`)
      return
    }
    if (!response.headers()['content-type']?.includes('json') || status >= 300) return
    if (UNREAD.test(url.pathname)) return
    const missing = missingIn(method, url.pathname, status, await response.json())
    if (missing !== null) this.faults.push(`${what}: ${missing}`)
  }

  /** Takes what went wrong since it was last asked. */
  async takeFaults(): Promise<string[]> {
    await Promise.all(this.reading)
    return this.faults.splice(0)
  }

  async go(path: string): Promise<void> {
    await this.page.goto(`${this.base}${path}`)
  }

  /** A new chat with this model; ready to type. */
  async newChat(model: string): Promise<void> {
    await this.go(`/?models=${model}`)
    await this.page.locator('#chat-input').waitFor(PATIENCE)
    // The name in the selector comes with the list of models; what is typed before is sent to nobody.
    await this.page
      .getByRole('button', { name: new RegExp(model.split(',')[0] ?? model) })
      .first()
      .waitFor(PATIENCE)
  }

  async say(text: string): Promise<void> {
    await this.page.locator('#chat-input').click(PATIENCE)
    await this.page.keyboard.type(text)
    await this.page.keyboard.press('Enter')
  }

  /** Waits until this text is to be seen. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page
      .getByText(text)
      .last()
      .waitFor({ ...PATIENCE, state: 'visible' })
  }

  async seesNot(text: string | RegExp): Promise<void> {
    await this.page
      .getByText(text)
      .first()
      .waitFor({ ...PATIENCE, state: 'detached' })
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

  /** Waits until no answer is being written in the chat that is open. */
  async answered(): Promise<void> {
    await this.page.locator('button[aria-label="Regenerate"]').last().waitFor(PATIENCE)
    await this.page.locator('button[aria-label="Stop"]').waitFor({ ...PATIENCE, state: 'detached' })
  }

  async attach(file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.during('GET', /process\/status$/, () =>
      this.page.locator('#chat-container input[type=file], input[type=file]').first().setInputFiles(file),
    )
  }

  get modal() {
    return this.page.locator('.modal').last()
  }

  /** Shows the buttons of a channel's message. */
  async hover(text: string): Promise<void> {
    await this.page.getByText(text).last().hover(PATIENCE)
  }

  async openSidebar(): Promise<void> {
    const closed = this.page.locator('button[aria-label="Open Sidebar"]:visible').first()
    const open = this.page.locator('button[aria-label="Close Sidebar"]')
    await closed.or(open).first().waitFor(PATIENCE)
    if (!(await open.isVisible())) await closed.click(PATIENCE)
    await open.waitFor(PATIENCE)
  }

  /** An entry of the menu of a chat in the sidebar. */
  async chatMenu(title: string, entry: string): Promise<void> {
    const row = this.page.locator('#sidebar #sidebar-chat-group', { hasText: title }).first()
    await row.hover(PATIENCE)
    await row.locator('button[aria-label="Chat Menu"]').click(PATIENCE)
    await this.page.getByRole('menu').getByText(entry, { exact: true }).click(PATIENCE)
  }

  /** An entry of the person's own menu. */
  async menu(entry: string): Promise<void> {
    await this.openSidebar()
    await this.page.locator('#sidebar').getByRole('button', { name: 'Admin' }).click(PATIENCE)
    await this.page.getByRole('menuitem', { name: entry }).click(PATIENCE)
  }

  /** A tab of the person's settings. */
  async settings(tab: string): Promise<void> {
    await this.menu('Settings')
    await this.page.getByRole('tab', { name: tab }).first().click(PATIENCE)
  }

  /** Saves an admin page. */
  async save(path: RegExp): Promise<void> {
    await this.during('POST', path, () =>
      this.page.getByRole('button', { name: 'Save', exact: true }).click(PATIENCE),
    )
  }

  /** Asks the server beside the page, with the person's token. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const token = await this.page.evaluate(() => localStorage.getItem('token'))
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  async picture(step: string): Promise<void> {
    const folder = process.env['E2E_PICTURES']
    if (folder === undefined) return
    for (const [index, page] of this.context.pages().entries()) {
      const path = `${folder}/${step.replaceAll(/\W+/g, '-')}-${this.name}-${index}.png`
      await page.screenshot({ path }).catch(() => {})
    }
  }
}
