// Goal: the fake provider itself does what tests rely on, seen by a plain client.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startUpstream, type Upstream } from './upstream.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream({ models: ['extra'] })
})
afterAll(() => upstream.close())

const ask = (model: string, more: object = {}, signal?: AbortSignal) =>
  fetch(`${upstream.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({
      model,
      stream: true,
      messages: [{ role: 'user', content: 'hello there' }],
      ...more,
    }),
    signal,
  })

test('lists models and streams an echo that ends in [DONE]', async () => {
  const listed = (await (await fetch(`${upstream.url}/models`)).json()) as { data: { id: string }[] }
  expect(listed.data.map((model) => model.id)).toContain('extra')
  const text = await (await ask('extra')).text()
  expect(text).toContain('"content":"hello "')
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
})

test('a queued reply comes before the model name', async () => {
  upstream.queue({ chunks: ['queued'] })
  const answer = (await (await ask('fail-500', { stream: false })).json()) as {
    choices: { message: object }[]
  }
  expect(answer.choices[0]?.message).toMatchObject({ content: 'queued' })
})

test('a stepped reply waits for each step', async () => {
  const n = upstream.requests.length
  const response = await ask('test-stepped')
  const request = await upstream.request(n)
  await request.step(2)
  const reader = response.body!.getReader()
  let seen = ''
  while (!seen.includes('said: ')) seen += new TextDecoder().decode((await reader.read()).value)
  expect(seen).not.toContain('hello')
  expect(await Promise.all([request.finish(), drain(reader)])).toEqual([
    'complete',
    expect.stringContaining('there'),
  ])
})

test('a client that hangs up is recorded', async () => {
  const n = upstream.requests.length
  const stop = new AbortController()
  const response = await ask('fail-hang-mid', {}, stop.signal)
  const request = await upstream.request(n)
  await response.body!.getReader().read()
  stop.abort()
  expect(await request.ended).toBe('aborted')
  expect(request.aborted).toBe(true)
})

test('background tasks of Open WebUI get JSON', async () => {
  const content =
    '### Task:\nGenerate a title.\n### Output:\nJSON format: { "title": "your concise title here" }'
  const response = await ask('test-echo', { stream: false, messages: [{ role: 'user', content }] })
  const answer = (await response.json()) as { choices: { message: { content: string } }[] }
  expect(JSON.parse(answer.choices[0]!.message.content)).toEqual({ title: expect.any(String) })
})

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return text
    text += new TextDecoder().decode(value)
  }
}
