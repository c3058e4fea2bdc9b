// Goal: every way a provider can answer or fail becomes the right deltas or the right failure, and a stop reaches it.
// Method: a real HTTP server that misbehaves on request (test/support/upstream.ts); limits of milliseconds.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { UpstreamFailure, type ChatDelta, type ChatRequest } from '../../core/ports.ts'
import { startUpstream, type Reply, type Upstream } from '../../../test/support/upstream.ts'
import { createOpenAiProvider } from './openai-provider.ts'
import type { ModelProvider, ProviderConfig } from './provider.ts'

const KEY = 'sk-test-0123456789'
let upstream: Upstream
let provider: ModelProvider

beforeAll(async () => {
  upstream = await startUpstream({ key: KEY })
  provider = createOpenAiProvider(config(), { limits: { firstByteMs: 2_000, idleMs: 2_000 } })
})
afterAll(() => upstream.close())

function config(more: Partial<ProviderConfig> = {}): ProviderConfig {
  return { id: 'one', kind: 'openai', name: 'One', baseUrl: upstream.url, apiKey: KEY, ...more }
}

function ask(model: string, more: Partial<ChatRequest> = {}): ChatRequest {
  const signal = new AbortController().signal
  return { model, messages: [{ role: 'user', content: 'hello world' }], signal, ...more }
}

async function collect(
  from: AsyncIterable<ChatDelta>,
): Promise<{ deltas: ChatDelta[]; failure: UpstreamFailure | null }> {
  const deltas: ChatDelta[] = []
  try {
    for await (const delta of from) deltas.push(delta)
    return { deltas, failure: null }
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error
    return { deltas, failure: error }
  }
}

const textOf = (deltas: ChatDelta[]) =>
  deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join('')

/** Streams one scripted reply. */
async function reply(script: Reply, more: Partial<ChatRequest> = {}, from = provider) {
  upstream.queue(script)
  return collect(from.stream(ask('any', more)))
}

describe('a good stream', () => {
  test('text, finish, usage', async () => {
    const { deltas, failure } = await reply({
      chunks: ['Hel', 'lo'],
      usage: { prompt: 7, completion: 2, cost: 0.0012 },
    })
    expect(failure).toBeNull()
    expect(deltas).toEqual([
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo' },
      { type: 'finish', reason: 'stop' },
      { type: 'usage', promptTokens: 7, completionTokens: 2, totalTokens: 9, costUsd: 0.0012 },
    ])
  })

  test('deltas arrive as the provider sends them, not at the end', async () => {
    upstream.queue({ chunks: ['one ', 'two '], stepped: true })
    const n = upstream.requests.length
    const iterator = provider.stream(ask('any'))[Symbol.asyncIterator]()
    const first = iterator.next()
    const request = await upstream.request(n)
    await request.step()
    expect((await first).value).toEqual({ type: 'text', text: 'one ' })
    const second = iterator.next()
    await request.step()
    expect((await second).value).toEqual({ type: 'text', text: 'two ' })
    await iterator.return?.()
  })

  test('reasoning under both names', async () => {
    const { deltas } = await reply({ reasoning: ['hm'], chunks: ['42'] })
    expect(deltas[0]).toEqual({ type: 'reasoning', text: 'hm' })
  })

  test('tool calls in pieces', async () => {
    const toolCalls = [
      { name: 'web_search', arguments: { query: 'tides' } },
      { name: 'read_page', arguments: '{}' },
    ]
    const { deltas } = await reply({ toolCalls })
    const calls = deltas.filter((delta) => delta.type === 'tool_call_delta')
    expect(calls.find((call) => call.index === 0 && call.name)).toMatchObject({
      id: 'call_0',
      name: 'web_search',
    })
    const text = calls
      .filter((call) => call.index === 0)
      .map((call) => call.arguments ?? '')
      .join('')
    expect(JSON.parse(text)).toEqual({ query: 'tides' })
    expect(deltas).toContainEqual({ type: 'finish', reason: 'tool_calls' })
  })

  test('no usage is no delta', async () => {
    const { deltas } = await reply({ chunks: ['x'], usage: null })
    expect(deltas.some((delta) => delta.type === 'usage')).toBe(false)
  })
})

describe('what is sent', () => {
  test('messages of every role, tools, images and parameters', async () => {
    await reply(
      { chunks: ['ok'] },
      {
        temperature: 0.2,
        maxTokens: 50,
        extra: { top_p: 0.9, model: 'sneaky', stream: false },
        tools: [{ name: 'find', description: 'Finds.', parameters: { type: 'object' } }],
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            name: 'Zoë Müller',
            content: [
              { type: 'text', text: 'look' },
              { type: 'image', mimeType: 'image/png', base64: 'AAAA' },
            ],
          },
          { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'find', arguments: '' }] },
          { role: 'tool', callId: 'c1', content: 'found' },
        ],
      },
    )
    const { body, headers } = upstream.requests.at(-1)!
    expect(headers['authorization']).toBe(`Bearer ${KEY}`)
    expect(body as unknown).toEqual({
      model: 'any',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.2,
      max_tokens: 50,
      top_p: 0.9,
      tools: [
        {
          type: 'function',
          function: { name: 'find', description: 'Finds.', parameters: { type: 'object' } },
        },
      ],
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          name: 'Zo_M_ller',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'found' },
      ],
    })
  })

  test('OpenRouter is told who calls and asked for the cost', async () => {
    const router = createOpenAiProvider(config({ kind: 'openrouter' }), {
      app: { name: 'Hubbub', url: 'https://hub.example' },
    })
    await reply({ chunks: ['ok'] }, {}, router)
    const { body, headers } = upstream.requests.at(-1)!
    expect(headers).toMatchObject({ 'x-title': 'Hubbub', 'http-referer': 'https://hub.example' })
    expect(body.usage).toEqual({ include: true })
  })

  test('without a key no Authorization goes out, and nothing is taken from OPENAI_* variables', async () => {
    const open = await startUpstream()
    const names = ['OPENAI_API_KEY', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID']
    const before = names.map((name) => process.env[name])
    for (const name of names) process.env[name] = 'from-environment'
    await collect(createOpenAiProvider(config({ baseUrl: open.url, apiKey: null })).stream(ask('test-echo')))
    for (const [n, name] of names.entries()) {
      if (before[n] === undefined) delete process.env[name]
      else process.env[name] = before[n]
    }
    expect(open.requests[0]?.headers['authorization']).toBeUndefined()
    expect(JSON.stringify(open.requests[0]?.headers)).not.toContain('from-environment')
    await open.close()
  })
})

describe('failures', () => {
  const refusals: [number, string, Partial<Reply['failure']> & object][] = [
    [400, 'bad_request', { message: 'maximum context length is 10 tokens' }],
    [401, 'unauthorised', { message: `Incorrect API key provided: ${KEY}` }],
    [402, 'payment_required', {}],
    [403, 'unauthorised', {}],
    [404, 'model_not_found', {}],
    [400, 'model_not_found', { code: 'model_not_found' }],
    [408, 'timeout', {}],
    [422, 'bad_request', { message: `odd ${KEY}` }],
    [429, 'rate_limited', { retryAfterS: 7 }],
    [429, 'payment_required', { code: 'insufficient_quota' }],
    [500, 'upstream_error', {}],
    [503, 'upstream_error', {}],
    [529, 'upstream_error', {}],
  ]
  test.each(refusals)('HTTP %i is %s', async (status, kind, more) => {
    const before = upstream.requests.length
    const { failure, deltas } = await reply({ failure: { status, ...more } })
    expect(failure?.kind).toBe(kind as UpstreamFailure['kind'])
    expect(failure?.status).toBe(status)
    expect(failure?.retryAfterS).toBe(more.retryAfterS ?? null)
    expect(deltas).toEqual([])
    expect(upstream.requests.length).toBe(before + 1) // never retried
    expect(Bun.inspect(failure)).not.toContain(KEY)
  })

  test('a rejected request says why, a rate limit says when', async () => {
    const rejected = await reply({ failure: { status: 400, message: 'maximum context length is 10 tokens' } })
    expect(rejected.failure?.message).toContain('maximum context length')
    const limited = await reply({ failure: { status: 429, retryAfterS: 7 } })
    expect(limited.failure?.message).toContain('7 seconds')
  })

  const broken: [string, Reply, string][] = [
    ['ended without finish_reason and [DONE]', { chunks: ['Half ', 'way'], cut: 'clean' }, 'cut_stream'],
    ['an error event', { chunks: ['Half ', 'way'], cut: 'error_event' }, 'upstream_error'],
    ['torn JSON', { chunks: ['Half ', 'way'], malformed: true }, 'malformed_stream'],
  ]
  test.each(broken)('%s keeps what had arrived', async (_what, script, kind) => {
    const { failure, deltas } = await reply(script)
    expect(failure?.kind).toBe(kind as UpstreamFailure['kind'])
    expect(textOf(deltas)).toBe('Half way')
  })

  test('a connection that breaks is a cut stream', async () => {
    const n = upstream.requests.length
    upstream.queue({ chunks: ['Half'], hang: 'mid_stream' })
    const iterator = provider.stream(ask('any'))[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toEqual({ type: 'text', text: 'Half' })
    upstream.requests[n]!.drop()
    await expect(iterator.next()).rejects.toMatchObject({ kind: 'cut_stream' })
  })

  test.each(['json', 'html'] as const)('%s instead of a stream is malformed', async (notSse) => {
    expect((await reply({ notSse })).failure?.kind).toBe('malformed_stream')
  })

  test('no first byte is a time-out, and the connection is closed', async () => {
    const n = upstream.requests.length
    const hasty = createOpenAiProvider(config(), { limits: { firstByteMs: 20 } })
    expect((await reply({ hang: 'before_first_byte' }, {}, hasty)).failure?.kind).toBe('timeout')
    expect(await upstream.requests[n]!.ended).toBe('aborted')
  })

  test('a pause in the middle is a time-out, and the connection is closed', async () => {
    const n = upstream.requests.length
    const hasty = createOpenAiProvider(config(), { limits: { idleMs: 30 } })
    const { failure, deltas } = await reply({ chunks: ['Half'], hang: 'mid_stream' }, {}, hasty)
    expect(failure?.kind).toBe('timeout')
    expect(textOf(deltas)).toBe('Half')
    expect(await upstream.requests[n]!.ended).toBe('aborted')
  })

  test('a closed port is unreachable', async () => {
    const gone = createOpenAiProvider(config({ baseUrl: 'http://127.0.0.1:1/v1' }))
    expect((await collect(gone.stream(ask('any')))).failure?.kind).toBe('unreachable')
  })
})

describe('stop', () => {
  test('in the middle ends the stream and reaches the provider', async () => {
    const stop = new AbortController()
    const n = upstream.requests.length
    upstream.queue({ chunks: ['one ', 'two '], stepped: true })
    const iterator = provider.stream(ask('any', { signal: stop.signal }))[Symbol.asyncIterator]()
    const first = iterator.next()
    await (await upstream.request(n)).step()
    await first
    stop.abort()
    await expect(iterator.next()).rejects.toMatchObject({ kind: 'aborted' })
    expect(await upstream.requests[n]!.ended).toBe('aborted')
  })

  test('before the first byte', async () => {
    const stop = new AbortController()
    const n = upstream.requests.length
    upstream.queue({ hang: 'before_first_byte' })
    const work = collect(provider.stream(ask('any', { signal: stop.signal })))
    const request = await upstream.request(n)
    stop.abort()
    expect((await work).failure?.kind).toBe('aborted')
    expect(await request.ended).toBe('aborted')
  })

  test('already stopped: nothing is sent', async () => {
    const n = upstream.requests.length
    expect((await collect(provider.stream(ask('any', { signal: AbortSignal.abort() })))).failure?.kind).toBe(
      'aborted',
    )
    expect(upstream.requests.length).toBe(n)
  })

  test('a reader that leaves early closes the connection', async () => {
    const n = upstream.requests.length
    upstream.queue({ chunks: ['x'], hang: 'mid_stream' })
    for await (const delta of provider.stream(ask('any'))) if (delta.type === 'text') break
    expect(await upstream.requests[n]!.ended).toBe('aborted')
  })
})

describe('listing', () => {
  test('reads what the provider says about a model', async () => {
    const rich = {
      id: 'maker/big',
      name: 'Maker: Big',
      created: 1_700_000_000,
      context_length: 128_000,
      architecture: { input_modalities: ['text', 'image'] },
    }
    const server = await startUpstream({ builtIn: false, models: [rich, 'plain', { nothing: 'useful' }] })
    const models = await createOpenAiProvider(
      config({ kind: 'openrouter', baseUrl: server.url }),
    ).listModels()
    expect(models).toHaveLength(2)
    expect(models[0]).toMatchObject({
      name: 'Maker: Big',
      contextTokens: 128_000,
      vision: true,
      createdS: 1_700_000_000,
      raw: rich,
    })
    expect(models[1]).toMatchObject({
      id: 'plain',
      name: 'plain',
      ownedBy: 'test',
      contextTokens: null,
      vision: null,
    })
    await server.close()
  })

  test('configured ids need no request', async () => {
    const before = upstream.listings
    const models = await createOpenAiProvider(config({ modelIds: ['a', 'b'] })).listModels()
    expect(models.map((model) => model.id)).toEqual(['a', 'b'])
    expect(upstream.listings).toBe(before)
  })

  test('Ollama is found with or without /v1, and by /api/tags when it is old', async () => {
    const ollama = await startUpstream({ builtIn: false, models: ['llama3:8b'] })
    for (const baseUrl of [ollama.origin, ollama.url]) {
      const models = await createOpenAiProvider(
        config({ kind: 'ollama', baseUrl, apiKey: null }),
      ).listModels()
      expect(models.map((model) => model.id)).toEqual(['llama3:8b'])
    }
    ollama.failListing(404)
    const old = createOpenAiProvider(config({ kind: 'ollama', baseUrl: ollama.origin, apiKey: null }))
    expect((await old.listModels()).map((model) => model.id)).toEqual(['llama3:8b'])
    const { deltas } = await collect(old.stream(ask('llama3:8b')))
    expect(textOf(deltas)).toBe('You said: hello world')
    await ollama.close()
  })

  test('fails with the kind that fits', async () => {
    const wrongKey = createOpenAiProvider(config({ apiKey: 'sk-wrong-key-1234' }))
    await expect(wrongKey.listModels()).rejects.toMatchObject({ kind: 'unauthorised' })
  })
})

describe('proxy', () => {
  test('passes the request on with the provider key and the answer back as it is', async () => {
    const body = JSON.stringify({
      model: 'test-echo',
      stream: true,
      messages: [{ role: 'user', content: 'raw' }],
    })
    const headers = {
      authorization: 'Bearer of-the-user',
      cookie: 'token=secret',
      'content-type': 'application/json',
    }
    const response = await provider.proxy('/chat/completions', { method: 'POST', headers, body })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect((await response.text()).trimEnd().endsWith('data: [DONE]')).toBe(true)
    expect(upstream.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${KEY}`)
    expect(upstream.requests.at(-1)?.headers['cookie']).toBeUndefined()
  })

  test("reaches Ollama's own API beside the compatible one", async () => {
    const ollama = await startUpstream({ builtIn: false, models: ['llama3:8b'] })
    const local = createOpenAiProvider(config({ kind: 'ollama', baseUrl: ollama.origin, apiKey: null }))
    expect((await local.proxy('/api/tags', { method: 'GET' })).status).toBe(200)
    expect((await local.proxy('/models', { method: 'GET' })).status).toBe(200)
    await ollama.close()
  })

  test('a stop reaches the provider', async () => {
    const stop = new AbortController()
    const n = upstream.requests.length
    upstream.queue({ hang: 'before_first_byte' })
    const work = provider.proxy('/chat/completions', {
      method: 'POST',
      body: '{"messages":[]}',
      signal: stop.signal,
    })
    const request = await upstream.request(n)
    stop.abort()
    await expect(work).rejects.toMatchObject({ kind: 'aborted' })
    expect(await request.ended).toBe('aborted')
  })

  test('an error answer is untouched', async () => {
    upstream.queue({ failure: { status: 429, retryAfterS: 9 } })
    const response = await provider.proxy('/chat/completions', { method: 'POST', body: '{"messages":[]}' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '9'])
  })

  test.each(['@evil.example/', '/../admin', '/%2e%2e/admin', '/models/../../admin', 'chat'])(
    'refuses %s',
    async (path) => {
      await expect(provider.proxy(path, { method: 'GET' })).rejects.toMatchObject({ kind: 'bad_request' })
    },
  )
})
