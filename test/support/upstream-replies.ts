// What the fake model provider says: one Reply per request, chosen by queue, by model name, or by what is asked.
// The server that sends it is upstream.ts.

export interface Reply {
  /** Text deltas, each sent as one event. */
  chunks?: string[]
  reasoning?: string[]
  toolCalls?: { name: string; arguments: Record<string, unknown> | string }[]
  /** `null` sends none; by default it is counted from words. */
  usage?: { prompt: number; completion: number; cost?: number } | null
  finish?: string
  /** Pause before each text delta. For the eye and for benchmarks; tests use `stepped`. */
  delayMs?: number
  /** Pause before the head of the answer: a model that reads and thinks first. */
  firstMs?: number
  /** Each delta waits for `request.step()` or `upstream.step()`. */
  stepped?: boolean
  /** Refuse with this status. */
  failure?: { status: number; message?: string; code?: string; retryAfterS?: number }
  /** Never answer, or stop after the text deltas without closing. */
  hang?: 'before_first_byte' | 'mid_stream'
  /** After the text deltas: destroy the socket; end without finish_reason and [DONE]; or send an error event. */
  cut?: 'socket' | 'clean' | 'error_event'
  /** After the text deltas, an event that is no JSON. */
  malformed?: boolean
  /** A JSON answer to a streaming request, or an HTML page with status 200. */
  notSse?: 'json' | 'html'
}

export interface ChatBody {
  model: string
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  usage?: { include?: boolean }
  messages: ChatBodyMessage[]
  tools?: { type: string; function: { name: string; parameters?: unknown } }[]
  temperature?: number
  max_tokens?: number
  [other: string]: unknown
}

export interface ChatBodyMessage {
  role: string
  content: string | { type: string; text?: string; image_url?: { url: string } }[] | null
  name?: string
  tool_calls?: { id: string; function: { name: string; arguments: string } }[]
  tool_call_id?: string
}

/** Models with a fixed behaviour, for tests that cannot reach the queue (browser, binary, benchmarks). */
const BY_MODEL: Record<string, (body: ChatBody) => Reply> = {
  'test-echo': (body) => ({ chunks: words(`You said: ${lastUserText(body)}`) }),
  'test-slow': (body) => ({
    chunks: words(`Slowly: ${lastUserText(body)} ${'and so on '.repeat(30)}`),
    delayMs: 40,
  }),
  'test-long': () => ({ chunks: Array.from({ length: 200 }, (_, n) => `word${n} `) }),
  'test-reasoning': () => ({ reasoning: ['Let me ', 'think.'], chunks: ['Forty', '-two.'] }),
  'test-tools': (body) => callFirstTool(body),
  'test-vision': (body) => ({ chunks: [`saw ${countImages(body)} images`] }),
  'test-stepped': (body) => ({ chunks: words(`You said: ${lastUserText(body)}`), stepped: true }),
  'test-markdown': () => ({
    chunks: ['# Title\n\n', '```ts\nconst a = 1\n```\n', '\n$x^2$ <script>alert(1)</script>'],
  }),
  'fail-401': () => ({ failure: { status: 401, message: 'Incorrect API key provided: sk-te**key.' } }),
  'fail-402': () => ({ failure: { status: 402, message: 'Insufficient credits' } }),
  'fail-404': () => ({ failure: { status: 404, message: 'No such model', code: 'model_not_found' } }),
  'fail-429': () => ({ failure: { status: 429, message: 'Slow down', retryAfterS: 7 } }),
  'fail-500': () => ({ failure: { status: 500, message: 'Internal error' } }),
  'fail-hang': () => ({ hang: 'before_first_byte' }),
  'fail-hang-mid': () => ({ chunks: ['Half an ', 'answer'], hang: 'mid_stream' }),
  'fail-cut': () => ({ chunks: ['Half an ', 'answer'], cut: 'socket' }),
  'fail-cut-clean': () => ({ chunks: ['Half an ', 'answer'], cut: 'clean' }),
  'fail-error-event': () => ({ chunks: ['Half an ', 'answer'], cut: 'error_event' }),
  'fail-malformed': () => ({ chunks: ['Half an ', 'answer'], malformed: true }),
  'fail-not-sse': () => ({ notSse: 'json' }),
  'fail-html': () => ({ notSse: 'html' }),
}

export const BUILT_IN_MODELS = Object.keys(BY_MODEL)

/** The reply to a request that no queue and no callback has claimed: background task, then model, then echo. */
export function defaultReply(body: ChatBody): Reply {
  return backgroundTask(body) ?? (BY_MODEL[body.model] ?? BY_MODEL['test-echo']!)(body)
}

/** Text of the last message of role `user`, its parts joined. */
export function lastUserText(body: ChatBody): string {
  return textOf(body.messages.findLast((message) => message.role === 'user'))
}

export function countImages(body: ChatBody): number {
  const parts = body.messages.flatMap((message) => (Array.isArray(message.content) ? message.content : []))
  return parts.filter((part) => part.type === 'image_url').length
}

function textOf(message: ChatBodyMessage | undefined): string {
  if (message === undefined || message.content === null) return ''
  if (typeof message.content === 'string') return message.content
  return message.content.map((part) => part.text ?? '').join('')
}

function words(text: string): string[] {
  return text.match(/\S+\s*/g) ?? ['']
}

/** Calls the first tool that is offered; once there is a result, tells it. */
function callFirstTool(body: ChatBody): Reply {
  const last = body.messages.at(-1)
  if (last?.role === 'tool') return { chunks: words(`The tool said: ${textOf(last)}`) }
  const tool = body.tools?.[0]?.function
  if (tool === undefined) return { chunks: ['No tool was offered.'] }
  return {
    toolCalls: [{ name: tool.name, arguments: { query: lastUserText(body), url: lastUserText(body) } }],
  }
}

/** Open WebUI asks a model for titles, tags, follow-ups and queries, and says in the prompt which JSON it wants. */
function backgroundTask(body: ChatBody): Reply | null {
  const prompt = lastUserText(body)
  if (!prompt.includes('### Task') && !/JSON/.test(prompt)) return null
  const answer = (value: unknown): Reply => ({ chunks: [JSON.stringify(value)] })
  if (/"follow_ups"\s*:/.test(prompt))
    return answer({ follow_ups: ['What comes next?', 'Can you explain more?'] })
  if (/"title"\s*:/.test(prompt)) return answer({ title: '🧪 A Test Title' })
  if (/"tags"\s*:/.test(prompt)) return answer({ tags: ['Testing', 'Science'] })
  if (/"queries"\s*:/.test(prompt)) return answer({ queries: ['first query'] })
  if (/"text"\s*:/.test(prompt)) return answer({ text: 'completed' })
  return null
}
