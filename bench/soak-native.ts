// Simulated people of our own face: `/ws` with rooms joined since the last message, AI answers checked piece by piece.
import { Caller, type Ledger, oneOf, type Person, pick } from './soak-ledger.ts'

interface Message {
  id: string
  room_id: string
  content: string
  sender: { is_bot: boolean }
}

interface Frame {
  type: string
  room_id: string
  message_id: string
  message: Message
  messages: Message[]
  has_more: boolean
  offset: number
  chunk: string
  unread_count: number
}

export class NativePerson implements Person {
  readonly api: Caller
  rooms: string[] = []
  readonly #url: string
  readonly #n: number
  readonly #ledger: Ledger
  #socket: WebSocket | null = null
  #newest = new Map<string, string>()
  /** Messages heard of; one that is in `joined` and came by itself too is no fault (docs: rather twice than never). */
  #known = new Set<string>()
  #answers = new Map<string, string>()
  #joined = new Map<string, () => void>()
  answersHeard = 0

  constructor(url: string, n: number, ledger: Ledger) {
    this.#url = url
    this.#n = n
    this.#ledger = ledger
    this.api = new Caller(url, ledger)
  }

  async connect(): Promise<void> {
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/ws?token=${this.api.token}`)
    this.#socket = socket
    this.#answers.clear()
    socket.onmessage = ({ data }: MessageEvent<string>) => this.#frame(JSON.parse(data) as Frame)
    socket.onclose = ({ code, reason }) => {
      if (socket === this.#socket) this.#ledger.fault('native: closed by the server', `${code} ${reason}`)
    }
    await new Promise<void>((resolve) => {
      socket.onopen = () => resolve()
      socket.onerror = () => {
        this.#ledger.fault('native: socket error', String(this.#n))
        resolve()
      }
    })
    await Promise.all(this.rooms.map((room_id) => this.#join(room_id)))
  }

  lose(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  async back(): Promise<void> {
    const startedAt = performance.now()
    // Who has heard nothing in a room yet has nothing to name as `since`, and reads the room instead.
    const unheard = this.rooms.filter((room) => !this.#newest.has(room))
    await this.connect()
    this.#ledger.time('native: come back', performance.now() - startedAt)
    for (const room of unheard) {
      const path = `/api/rooms/${room}/messages?limit=200`
      const page = await this.api.call<{ messages: Message[] }>('native: history', 'GET', path)
      for (const message of page?.messages ?? []) this.#heard(message, true)
    }
  }

  close(): void {
    this.lose()
  }

  act(): Promise<void> {
    const room = pick(this.rooms)
    const path = `/api/rooms/${room}`
    const newest = this.#newest.get(room)
    return oneOf([
      [30, () => this.#get('native: history', `${path}/messages?limit=50`)],
      [10, () => this.#get('native: rooms', '/api/rooms')],
      [5, () => this.#get('native: room', path)],
      [3, () => this.#get('native: search', '/api/search?q=release')],
      [14, () => this.#post(room, `the release of ${Math.random().toString(36)} goes on`)],
      [2, () => this.#post(room, '@ai go')],
      [
        10,
        async () =>
          this.#send(newest ? { type: 'read', room_id: room, message_id: newest } : { type: 'ping' }),
      ],
      [5, async () => this.#send({ type: 'typing', room_id: room })],
      [6, () => (newest ? this.#react(room, newest) : Promise.resolve())],
      [3, () => this.#reconnect()],
    ])
  }

  /** What is read to the end must count nought, told by the list. */
  async verify(): Promise<void> {
    const read = this.rooms.filter((room) => this.#newest.has(room))
    for (const room of read)
      await this.api.call('verify', 'POST', `/api/rooms/${room}/read`, { message_id: this.#newest.get(room) })
    const answer = await this.api.call<{ rooms?: { id: string; unread_count: number }[] }>(
      'verify',
      'GET',
      '/api/rooms',
    )
    const list = Array.isArray(answer)
      ? (answer as { id: string; unread_count: number }[])
      : (answer?.rooms ?? [])
    for (const id of read) {
      const room = list.find((one) => one.id === id)
      if (room?.unread_count !== 0)
        this.#ledger.fault('native: unread after reading', `${id}: ${room?.unread_count}`)
    }
  }

  #send(frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  #join(room_id: string): Promise<void> {
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        this.#ledger.fault('native: join_room is not answered', room_id)
        resolve()
      }, 30_000)
      this.#joined.set(room_id, () => {
        clearTimeout(deadline)
        resolve()
      })
      this.#send({ type: 'join_room', room_id, since: this.#newest.get(room_id) ?? null })
    })
  }

  #frame(frame: Frame): void {
    switch (frame.type) {
      case 'joined':
        for (const message of frame.messages) this.#heard(message, true)
        if (frame.has_more) this.#ledger.fault('native: too much missed', frame.room_id)
        return this.#joined.get(frame.room_id)?.()
      case 'new_message':
        return this.#heard(frame.message, false)
      case 'ai_stream':
        return this.#piece(frame)
      case 'ai_stream_end':
        return this.#answered(frame.message)
      case 'error':
        return this.#ledger.fault('native: error frame', JSON.stringify(frame))
    }
  }

  #heard(message: Message, missed: boolean): void {
    this.#newest.set(message.room_id, message.id)
    if (this.#known.has(message.id)) {
      if (!missed) this.#ledger.time('native: told twice around a join', 0)
      return
    }
    this.#known.add(message.id)
    // Nobody asked for an answer's id: its pieces are checked instead.
    if (!message.sender.is_bot) this.#ledger.heard(`message ${message.id}`, this.#n)
  }

  /** Offset 0 begins anew, or tells all so far to who came in the middle. */
  #piece({ message_id, offset, chunk }: Frame): void {
    const sofar = this.#answers.get(message_id)
    if (offset === 0) this.#answers.set(message_id, chunk)
    else if (sofar === undefined) this.#ledger.fault('native: an answer without its beginning', message_id)
    else if (offset === sofar.length) this.#answers.set(message_id, sofar + chunk)
    else this.#ledger.fault('native: a gap in an answer', `${message_id}: ${offset}, not ${sofar.length}`)
  }

  #answered({ id, content }: Message): void {
    const sofar = this.#answers.get(id)
    this.#answers.delete(id)
    this.answersHeard++
    // Who came back after the last piece has none of them.
    if (sofar !== undefined && sofar.trim() !== content.trim())
      this.#ledger.fault('native: pieces are not the answer', `${id}: ${sofar.length}, not ${content.length}`)
  }

  async #get(action: string, path: string): Promise<void> {
    await this.api.call(action, 'GET', path)
  }

  async #post(room: string, content: string): Promise<void> {
    const asked = performance.now()
    const client_id = crypto.randomUUID()
    const body = { content, client_id }
    const message = await this.api.call<Message>('native: post', 'POST', `/api/rooms/${room}/messages`, body)
    if (message) this.#ledger.happened(`message ${message.id}`, room, asked)
  }

  async #react(room: string, id: string): Promise<void> {
    await this.api.call(
      'native: reaction',
      'PUT',
      `/api/rooms/${room}/messages/${id}/reactions/${encodeURIComponent('👍')}`,
    )
  }

  async #reconnect(): Promise<void> {
    this.lose()
    await Bun.sleep(Math.random() * 2_000)
    await this.back()
  }
}
