// /docs: Swagger UI from our own files that a person can use, and a document that is complete; the Eden type.
import { treaty } from '@elysiajs/eden'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { chromium, type Browser } from 'playwright-core'
import type { App } from '../../src/faces/native/index.ts'
import { Api, type Json } from '../support/api.ts'
import { chromiumPath } from '../support/packages.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let document: Json

beforeAll(async () => {
  server = await startTestServer()
  document = (await new Api(server.url).get('/docs/json')).body
})
afterAll(() => server.stop())

test('every operation says what it is, takes and answers', () => {
  const incomplete: string[] = []
  for (const [path, item] of Object.entries<Json>(document.paths)) {
    for (const [method, operation] of Object.entries<Json>(item)) {
      const name = `${method} ${path}`
      if (!operation.summary || !operation.tags?.length) incomplete.push(`${name}: summary or tags`)
      const statuses = Object.keys(operation.responses)
      if (!statuses.some((status) => Number(status) < 400)) incomplete.push(`${name}: no good answer`)
      if (operation.security === undefined && !statuses.includes('401')) incomplete.push(`${name}: 401`)
      for (const [status, answer] of Object.entries<Json>(operation.responses)) {
        if (!answer.description) incomplete.push(`${name} ${status}: description`)
        if ((status === '200' || status === '201') && !answer.content && !path.startsWith('/uploads/'))
          incomplete.push(`${name} ${status}: no shape`)
      }
      const named = (operation.parameters ?? [])
        .filter((one: Json) => one.in === 'path')
        .map((one: Json) => one.name)
      for (const [, part] of path.matchAll(/\{(\w+)\}/g))
        if (!named.includes(part)) incomplete.push(`${name}: ${part}`)
    }
  }
  expect(incomplete).toEqual([])
  expect(Object.keys(document.paths).length).toBeGreaterThan(35)
  expect(document.components.schemas).toHaveProperty('Message')
  expect(JSON.stringify(document)).not.toContain('"numeric"')
})

test('only the native face is in it', () => {
  const foreign = Object.keys(document.paths).filter((path) =>
    /^\/(api\/v[14]|openai|ollama|ws|docs)\b/.test(path),
  )
  expect(foreign).toEqual([])
})

test('the Eden client is typed by the routes', async () => {
  const api = treaty<App>(server.url)
  const { data, status } = await api.api.auth.register.post({ username: 'eden', password: 'correct horse 1' })
  expect(status).toBe(201)
  const token: string = data?.token ?? ''
  const me = await api.api.auth.me.get({ headers: { authorization: `Bearer ${token}` } })
  expect(me.data?.username).toBe('eden')
  const nobody = await api.api.auth.me.get()
  expect(nobody.error?.status).toBe(401)
})

test('a person signs in on the page and tries a call, without the internet', async () => {
  await Api.register(server.url, 'ann')
  let browser: Browser | undefined
  try {
    browser = await chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox'] })
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())))
    page.on(
      'request',
      (request) => void (request.url().startsWith(server.url) || problems.push(request.url())),
    )
    await page.goto(`${server.url}/docs`)
    const login = page.locator('.opblock', { has: page.locator('[data-path="/api/auth/login"]') })
    await login.waitFor()
    expect(await page.locator('.errors-wrapper').count()).toBe(0)
    await login.locator('.opblock-summary-control').click()
    await login.locator('textarea').fill(JSON.stringify({ username: 'ann', password: 'correct horse 1' }))
    await login.locator('button.execute').click()
    await login.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor()
    const me = page.locator('.opblock', { has: page.locator('[data-path="/api/auth/me"]') })
    await me.locator('.opblock-summary-control').click()
    await me.locator('button.execute').click()
    await me.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor()
    expect(await me.locator('.live-responses-table').innerText()).toContain('"username": "ann"')
    expect(problems.filter((text) => !text.startsWith('data:'))).toEqual([])
  } finally {
    await browser?.close()
  }
}, 30_000)
