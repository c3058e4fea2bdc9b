// An OpenAI-compatible model provider for tests, the browser tests and benchmarks; also a little of Ollama.
// Streams, calls tools and fails in every way a real one does. What it says: upstream-replies.ts.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BUILT_IN_MODELS, defaultReply, type ChatBody, type Reply } from './upstream-replies.ts'

export type { ChatBody, Reply } from './upstream-replies.ts'

export interface UpstreamOptions {
  /** Listed besides the built-in ones. */
  models?: (string | Record<string, unknown>)[]
  /** False lists only `models`. */
  builtIn?: boolean
  /** When set, every other Authorization is answered 401. */
  key?: string
  /** Chooses the reply before the built-in choice; null leaves it to that. */
  reply?: (body: ChatBody) => Reply | null
  port?: number
}

export interface RecordedRequest {
  method: string
  path: string
  headers: Record<string, string>
  body: ChatBody
  /** The client closed the connection before the answer was complete. */
  aborted: boolean
  /** When the answer is over: sent to the end, or the client hung up. */
  ended: Promise<'complete' | 'aborted'>
  /** Releases the next `n` deltas of a stepped reply; resolves once they are written. */
  step(n?: number): Promise<void>
  /** Releases everything that is left and resolves when the answer is over. */
  finish(): Promise<'complete' | 'aborted'>
  /** Destroys the connection now. */
  drop(): void
}

export interface Upstream {
  /** Base URL with `/v1`, as OPENAI_API_BASE_URL wants it. */
  url: string
  /** Without `/v1`, as OLLAMA_BASE_URL wants it. */
  origin: string
  /** Chat completions in order of arrival. */
  requests: RecordedRequest[]
  /** How often the model list was asked for. */
  listings: number
  /** The next chat completions get these, in order, whatever their model. */
  queue(...replies: Reply[]): void
  /** Makes GET /models fail with this status; null heals it. */
  failListing(status: number | null): void
  /** The n-th chat completion (from 0), as soon as it has arrived. */
  request(n: number): Promise<RecordedRequest>
  /** `step` of the newest request. */
  step(n?: number): Promise<void>
  close(): Promise<void>
}

/** Starts one on a free port of 127.0.0.1. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const queued: Reply[] = []
  const arrivals: { n: number; resolve: (request: RecordedRequest) => void }[] = []
  const requests: RecordedRequest[] = []
  let listingStatus: number | null = null

  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error))
  })
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const path = new URL(incoming.url ?? '/', 'http://upstream').pathname
    const text = await readText(incoming)
    if (options.key !== undefined && incoming.headers.authorization !== `Bearer ${options.key}`) {
      return refuse(outgoing, {
        status: 401,
        message: 'Incorrect API key provided.',
        code: 'invalid_api_key',
      })
    }
    if (path === '/v1/models') {
      upstream.listings++
      return listingStatus === null
        ? json(outgoing, 200, listModels(options))
        : refuse(outgoing, { status: listingStatus })
    }
    if (path === '/api/tags') return json(outgoing, 200, ollamaTags(options))
    if (path === '/v1/embeddings') return json(outgoing, 200, embed(JSON.parse(text)))
    if (path !== '/v1/chat/completions') return refuse(outgoing, { status: 404, message: `No route ${path}` })
    const body = JSON.parse(text) as ChatBody
    const steps = new Steps()
    const request = record(incoming, outgoing, path, body, steps)
    requests.push(request)
    for (const waiting of arrivals.splice(0)) {
      const found = requests[waiting.n]
      if (found) waiting.resolve(found)
      else arrivals.push(waiting)
    }
    const reply = queued.shift() ?? options.reply?.(body) ?? defaultReply(body)
    await answer(outgoing, body, reply, steps)
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const upstream: Upstream = {
    url: `${origin}/v1`,
    origin,
    requests,
    listings: 0,
    queue: (...replies) => void queued.push(...replies),
    failListing: (status) => void (listingStatus = status),
    request(n) {
      const found = requests[n]
      if (found) return Promise.resolve(found)
      return new Promise((resolve) => arrivals.push({ n, resolve }))
    },
    async step(n) {
      await (await upstream.request(Math.max(0, requests.length - 1))).step(n)
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return upstream
}

/** Permits for the deltas of one answer. */
class Steps {
  private permits = 0
  private waiting: (() => void) | null = null
  private readonly written: { at: number; resolve: () => void }[] = []
  private count = 0
  private over = false

  async take(): Promise<void> {
    if (this.permits === 0) await new Promise<void>((resolve) => (this.waiting = resolve))
    this.permits--
  }

  wrote(): void {
    this.count++
    this.settle()
  }

  end(): void {
    this.over = true
    this.give(Number.POSITIVE_INFINITY)
    this.settle()
  }

  give(n: number): void {
    this.permits += n
    this.waiting?.()
    this.waiting = null
  }

  release(n: number): Promise<void> {
    return new Promise((resolve) => {
      this.written.push({ at: Math.max(this.count, this.written.at(-1)?.at ?? 0) + n, resolve })
      this.give(n)
      this.settle()
    })
  }

  private settle(): void {
    while (this.written[0] && (this.over || this.count >= this.written[0].at)) this.written.shift()!.resolve()
  }
}

function record(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  path: string,
  body: ChatBody,
  steps: Steps,
): RecordedRequest {
  const ended = Promise.withResolvers<'complete' | 'aborted'>()
  const request: RecordedRequest = {
    method: incoming.method ?? '',
    path,
    headers: incoming.headers as Record<string, string>,
    body,
    aborted: false,
    ended: ended.promise,
    step: (n = 1) => steps.release(n),
    finish() {
      steps.give(Number.POSITIVE_INFINITY)
      return ended.promise
    },
    drop: () => void outgoing.socket?.destroy(),
  }
  outgoing.on('close', () => {
    request.aborted = !outgoing.writableFinished
    steps.end()
    ended.resolve(request.aborted ? 'aborted' : 'complete')
  })
  return request
}

async function answer(outgoing: ServerResponse, body: ChatBody, reply: Reply, steps: Steps): Promise<void> {
  if (reply.hang === 'before_first_byte') return
  if (reply.failure) return refuse(outgoing, reply.failure)
  if (reply.firstMs) await Bun.sleep(reply.firstMs)
  if (reply.notSse === 'html') return end(outgoing, 200, 'text/html', '<h1>Welcome to the proxy</h1>')
  if (!body.stream || reply.notSse === 'json') return json(outgoing, 200, completion(body, reply))
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  outgoing.flushHeaders()
  await stream(outgoing, body, reply, steps)
}

async function stream(outgoing: ServerResponse, body: ChatBody, reply: Reply, steps: Steps): Promise<void> {
  const send = (data: unknown) =>
    void outgoing.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
  const delta = (value: Record<string, unknown>, finish: string | null = null) =>
    send({
      ...envelope(body, 'chat.completion.chunk'),
      choices: [{ index: 0, delta: value, finish_reason: finish }],
    })
  delta({ role: 'assistant', content: '' })
  for (const text of reply.reasoning ?? []) delta({ reasoning: text })
  for (const text of reply.chunks ?? []) {
    if (reply.stepped) await steps.take()
    else if (reply.delayMs) await Bun.sleep(reply.delayMs)
    if (outgoing.destroyed) return
    delta({ content: text })
    steps.wrote()
  }
  if (reply.hang === 'mid_stream') return
  if (reply.cut === 'socket') {
    // Time for the deltas to arrive: a fetch whose connection breaks forgets what it had not handed out yet.
    await Bun.sleep(25)
    return void outgoing.socket?.destroy()
  }
  if (reply.cut === 'clean') return void outgoing.end()
  if (reply.malformed) send('{"choices": [{"delta": {"content": "torn')
  if (reply.cut === 'error_event') {
    send({ error: { code: 502, message: 'Provider disconnected' } })
    return void outgoing.end()
  }
  for (const [index, call] of (reply.toolCalls ?? []).entries()) {
    const text = argumentText(call.arguments)
    const half = Math.ceil(text.length / 2)
    const first = { name: call.name, arguments: '' }
    delta({ tool_calls: [{ index, id: `call_${index}`, type: 'function', function: first }] })
    delta({ tool_calls: [{ index, function: { arguments: text.slice(0, half) } }] })
    delta({ tool_calls: [{ index, function: { arguments: text.slice(half) } }] })
  }
  delta({}, finishReason(reply))
  if (reply.usage !== null && (body.stream_options?.include_usage || body.usage?.include)) {
    send({ ...envelope(body, 'chat.completion.chunk'), choices: [], usage: usage(body, reply) })
  }
  send('[DONE]')
  outgoing.end()
}

function completion(body: ChatBody, reply: Reply): unknown {
  const calls = (reply.toolCalls ?? []).map((call, index) => ({
    id: `call_${index}`,
    type: 'function',
    function: { name: call.name, arguments: argumentText(call.arguments) },
  }))
  const message: Record<string, unknown> = { role: 'assistant', content: (reply.chunks ?? []).join('') }
  if (calls.length > 0) message['tool_calls'] = calls
  if (reply.reasoning) message['reasoning'] = reply.reasoning.join('')
  const choices = [{ index: 0, message, finish_reason: finishReason(reply) }]
  return { ...envelope(body, 'chat.completion'), choices, usage: usage(body, reply) }
}

function finishReason(reply: Reply): string {
  return reply.finish ?? (reply.toolCalls ? 'tool_calls' : 'stop')
}

function argumentText(value: Record<string, unknown> | string): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function envelope(body: ChatBody, object: string): Record<string, unknown> {
  return { id: 'chatcmpl-test', object, created: 1_750_000_000, model: body.model }
}

function usage(body: ChatBody, reply: Reply): Record<string, unknown> {
  const prompt = reply.usage?.prompt ?? JSON.stringify(body.messages).split(/\s+/).length
  const output = reply.usage?.completion ?? (reply.chunks ?? []).length
  const counts = { prompt_tokens: prompt, completion_tokens: output, total_tokens: prompt + output }
  return reply.usage?.cost === undefined ? counts : { ...counts, cost: reply.usage.cost }
}

function modelRecords(options: UpstreamOptions): Record<string, unknown>[] {
  const ids = [...(options.builtIn === false ? [] : BUILT_IN_MODELS), ...(options.models ?? [])]
  return ids.map((model) =>
    typeof model === 'string'
      ? { id: model, object: 'model', created: 1_750_000_000, owned_by: 'test' }
      : model,
  )
}

function listModels(options: UpstreamOptions): unknown {
  return { object: 'list', data: modelRecords(options) }
}

function ollamaTags(options: UpstreamOptions): unknown {
  return {
    models: modelRecords(options).map(({ id }) => ({
      name: id,
      model: id,
      size: 1,
      details: { family: 'test' },
    })),
  }
}

/** Vectors that depend on the text alone: equal texts are equal, others are not. */
function embed(body: { input: string | string[]; model: string }): unknown {
  const inputs = Array.isArray(body.input) ? body.input : [body.input]
  const data = inputs.map((text, index) => {
    const embedding = Array.from({ length: 16 }, (_, n) => Number(Bun.hash(text, n) % 2001n) / 1000 - 1)
    return { object: 'embedding', index, embedding }
  })
  return {
    object: 'list',
    model: body.model,
    data,
    usage: { prompt_tokens: inputs.length, total_tokens: inputs.length },
  }
}

function refuse(outgoing: ServerResponse, failure: NonNullable<Reply['failure']>): void {
  if (failure.retryAfterS !== undefined) outgoing.setHeader('retry-after', String(failure.retryAfterS))
  const error = { message: failure.message ?? 'Refused', type: 'error', code: failure.code ?? null }
  json(outgoing, failure.status, { error })
}

function json(outgoing: ServerResponse, status: number, value: unknown): void {
  end(outgoing, status, 'application/json', JSON.stringify(value))
}

function end(outgoing: ServerResponse, status: number, type: string, text: string): void {
  outgoing.writeHead(status, { 'content-type': type })
  outgoing.end(text)
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
