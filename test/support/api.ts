// Talks to the native face as a client would: HTTP with a token, and /ws with a queue of frames.

/** What JSON.parse gives: shapes are what the tests check. */
export type Json = ReturnType<typeof JSON.parse>

export interface Answer<T = Json> {
  status: number
  body: T
  headers: Headers
}

export class Api {
  token: string | null = null
  user: Json = null

  constructor(readonly url: string) {}

  /** JSON in, JSON out; any status is an answer. `raw` bodies go as they are. */
  async call<T = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const raw = body instanceof FormData || typeof body === 'string'
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body !== undefined && !(body instanceof FormData) ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== ''
    return { status: response.status, body: json ? JSON.parse(text) : (text as T), headers: response.headers }
  }

  get = <T = Json>(path: string) => this.call<T>('GET', path)
  post = <T = Json>(path: string, body?: unknown) => this.call<T>('POST', path, body ?? {})
  put = <T = Json>(path: string, body?: unknown) => this.call<T>('PUT', path, body)
  patch = <T = Json>(path: string, body: unknown) => this.call<T>('PATCH', path, body)
  delete = <T = Json>(path: string) => this.call<T>('DELETE', path)

  /** A new account, signed in. */
  static async register(url: string, username: string, password = 'correct horse 1'): Promise<Api> {
    const api = new Api(url)
    const { status, body } = await api.post('/api/auth/register', { username, password })
    if (status !== 201) throw new Error(`register ${username}: ${status} ${JSON.stringify(body)}`)
    api.token = body.token
    api.user = body.user
    return api
  }

  /** A room of one's own; `status` other than 201 throws. */
  async room(input: Record<string, unknown>): Promise<Json> {
    const { status, body } = await this.post('/api/rooms', { name: 'Room', ...input })
    if (status !== 201) throw new Error(`room: ${status} ${JSON.stringify(body)}`)
    return body
  }

  async say(roomId: string, content: string, more: Record<string, unknown> = {}): Promise<Json> {
    const { status, body } = await this.post(`/api/rooms/${roomId}/messages`, { content, ...more })
    if (status !== 201) throw new Error(`say: ${status} ${JSON.stringify(body)}`)
    return body
  }

  socket(): Promise<Frames> {
    return Frames.open(`${this.url.replace('http', 'ws')}/ws?token=${this.token ?? ''}`)
  }
}

/** A native socket: frames wait in a queue until the test asks for them. */
export class Frames {
  readonly seen: Json[] = []
  closed: number | null = null
  private wake: (() => void)[] = []

  private constructor(readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      this.seen.push(JSON.parse(String(data)))
      this.notify()
    })
    socket.addEventListener('close', ({ code }) => {
      this.closed = code
      this.notify()
    })
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<Frames> {
    const socket = new WebSocket(url, { headers } as unknown as string[])
    const frames = new Frames(socket)
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('error', () =>
        reject(new Error(`the socket did not open: ${url.split('?')[0]}`)),
      )
    })
    return frames
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The first frame (also of those seen before) that fits; throws after `ms`. */
  async until<T = Json>(fits: string | ((frame: Json) => boolean), ms = 5_000): Promise<T> {
    const test = typeof fits === 'string' ? (frame: Json) => frame.type === fits : fits
    return this.wait(() => this.seen.find(test), `no frame ${String(fits)}`, ms)
  }

  async untilClosed(ms = 5_000): Promise<number> {
    return this.wait(() => this.closed ?? undefined, 'not closed', ms)
  }

  /** Joins a room and waits for the answer. */
  async join(roomId: string, since?: string): Promise<Json> {
    this.send({ type: 'join_room', room_id: roomId, ...(since ? { since } : {}) })
    return this.until((frame) => frame.type === 'joined' && frame.room_id === roomId)
  }

  /** All that the server sent before it answered a ping: for "nothing came". */
  async settle(): Promise<Json[]> {
    const before = this.seen.filter((frame) => frame.type === 'pong').length
    this.send({ type: 'ping' })
    await this.wait(
      () => this.seen.filter((frame) => frame.type === 'pong').length > before || undefined,
      'no pong',
      5_000,
    )
    return this.seen
  }

  close(): void {
    this.socket.close()
  }

  private async wait<T>(look: () => T | undefined, what: string, ms: number): Promise<T> {
    const deadline = performance.now() + ms
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`${what}; seen: ${JSON.stringify(this.seen).slice(0, 1_500)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.wake.push(() => (clearTimeout(timer), resolve()))
      })
    }
  }

  private notify(): void {
    for (const wake of this.wake.splice(0)) wake()
  }
}

/** Asks again until it is so: for what happens behind an answer. */
export async function eventually<T>(
  look: () => Promise<T | null | undefined | false>,
  ms = 5_000,
): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > deadline) throw new Error('it did not come to be so in time')
    await Bun.sleep(10)
  }
}
