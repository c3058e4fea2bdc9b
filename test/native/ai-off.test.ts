// A server without a provider: it runs, and says why AI does not.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Api, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ann: Api

beforeAll(async () => {
  server = await startTestServer()
  ann = await Api.register(server.url, 'ann')
})
afterAll(() => server.stop())

test('/health says that AI is off, and why', async () => {
  const { status, body } = await ann.get('/health')
  expect(status).toBe(200)
  expect(body).toMatchObject({ status: true, database: { ok: true }, ai: { enabled: false } })
  expect(body.ai.reason).toContain('OPENAI_API_KEY')
})

test('asking gets a notice in the room', async () => {
  const room = await ann.room({ name: 'Lab', kind: 'public' })
  const frames = await ann.socket()
  await frames.join(room.id)
  await ann.say(room.id, '@ai hello')
  const notice = await frames.until<Json>(
    (frame) => frame.type === 'new_message' && frame.message.kind === 'ai_notice',
  )
  expect(notice.message.content).toContain('AI is off')
  frames.close()
})
