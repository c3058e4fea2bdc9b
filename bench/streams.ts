// Streamed chats, many at once: when the first word of each came, and its last. Through the API that programs
// use, and over the socket as Open WebUI's front end has it.
import { io } from 'socket.io-client'

export interface Times {
  firstMs: number
  lastMs: number
}

export const slowest = (times: readonly Times[]): Times => ({
  firstMs: Math.max(...times.map(({ firstMs }) => firstMs)),
  lastMs: Math.max(...times.map(({ lastMs }) => lastMs)),
})

/** What is asked: the provider of the bench thinks for 300 ms when it is asked "slow". */
export type Question = 'go' | 'slow'

export const many = async (count: number, one: () => Promise<Times>): Promise<Times> =>
  slowest(await Promise.all(Array.from({ length: count }, one)))

/** As `many`, of a server that refuses some. */
export async function manyOrFewer(
  count: number,
  one: () => Promise<Times>,
): Promise<Times & { refused: number }> {
  const settled = await Promise.allSettled(Array.from({ length: count }, one))
  const done = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  return { ...slowest(done), refused: count - done.length }
}

const headers = (token: string) => ({
  'content-type': 'application/json',
  authorization: `Bearer ${token}`,
})

/** Server-sent chunks of an OpenAI-compatible address. */
export async function streamed(url: string, token: string, content: Question): Promise<Times> {
  const startedAt = performance.now()
  const response = await fetch(url, {
    method: 'POST',
    headers: headers(token),
    body: JSON.stringify({ model: 'test-echo', stream: true, messages: [{ role: 'user', content }] }),
  })
  if (!response.ok || !response.body) throw new Error(`a stream was answered ${response.status}`)
  const decoder = new TextDecoder()
  const times = { firstMs: 0, lastMs: 0 }
  for await (const chunk of response.body)
    note(times, decoder.decode(chunk as Uint8Array, { stream: true }), startedAt)
  if (times.lastMs === 0) throw new Error('a stream broke off')
  return times
}

function note(times: Times, text: string, startedAt: number): void {
  if (times.firstMs === 0 && text.includes('word0')) times.firstMs = performance.now() - startedAt
  if (text.includes('word199')) times.lastMs = performance.now() - startedAt
}

interface ChatEvent {
  message_id?: string
  data?: { type?: string; data?: { delta?: unknown } }
}

/** A new chat each, asked over HTTP and answered on one socket. */
export async function browser(url: string, token: string) {
  const socket = io(url, { path: '/ws/socket.io', transports: ['websocket'], auth: { token } })
  await new Promise<void>((resolve, reject) => {
    socket.on('connect_error', reject)
    socket.on('connect', () => socket.emit('user-join', { auth: { token } }, () => resolve()))
  })
  const heard = new Map<string, (text: string) => void>()
  socket.on('events', ({ message_id: id, data }: ChatEvent) => {
    if (id && typeof data?.data?.delta === 'string') heard.get(id)?.(data.data.delta)
  })
  return {
    close: () => socket.disconnect(),
    async chat(content: Question): Promise<Times> {
      const [id, questionId] = [crypto.randomUUID(), crypto.randomUUID()]
      const times = { firstMs: 0, lastMs: 0 }
      const startedAt = performance.now()
      const over = new Promise<void>((resolve) => {
        heard.set(id, (text) => {
          note(times, text, startedAt)
          if (times.lastMs > 0) resolve()
        })
      })
      const response = await fetch(`${url}/api/chat/completions`, {
        method: 'POST',
        headers: headers(token),
        body: JSON.stringify(question(id, questionId, content, socket.id)),
      })
      if (!response.ok) throw new Error(`a chat was answered ${response.status} ${await response.text()}`)
      await over
      heard.delete(id)
      return times
    },
  }
}

/** As the front end sends it for the first turn of a chat. */
function question(id: string, questionId: string, content: string, sessionId: string | undefined) {
  return {
    stream: true,
    model: 'test-echo',
    params: {},
    tool_servers: [],
    features: {},
    variables: {},
    session_id: sessionId,
    id,
    message_ids: [{ model_id: 'test-echo', message_id: id, modelIdx: 0 }],
    parent_id: null,
    user_message: {
      id: questionId,
      parentId: null,
      childrenIds: [id],
      role: 'user',
      content,
      timestamp: Math.floor(Date.now() / 1_000),
      models: ['test-echo'],
    },
    background_tasks: {},
  }
}
