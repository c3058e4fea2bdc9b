// Simulated people of the Open WebUI face: its front end's requests, and channels over socket.io.
import { io, type Socket } from 'socket.io-client'
import { Caller, type Ledger, oneOf, type Person, pick } from './soak-ledger.ts'

interface ChannelEvent {
  message_id: string | null
  data: { type: string; data: { id?: string } }
}

export class OpenwebuiPerson implements Person {
  readonly api: Caller
  channels: string[] = []
  readonly #url: string
  readonly #n: number
  readonly #ledger: Ledger
  #socket: Socket | null = null
  #lostAt = 0
  #newest = new Map<string, string>()

  constructor(url: string, n: number, ledger: Ledger) {
    this.#url = url
    this.#n = n
    this.#ledger = ledger
    this.api = new Caller(url, ledger)
  }

  async connect(): Promise<void> {
    const { token } = this.api
    const socket = io(this.#url, {
      path: '/ws/socket.io',
      transports: ['websocket'],
      auth: { token },
      reconnection: false,
      forceNew: true,
    })
    this.#socket = socket
    socket.on('events:channel', (event: ChannelEvent) => this.#event(event))
    socket.on('disconnect', (reason) => {
      if (socket === this.#socket) this.#ledger.fault('openwebui: closed by the server', reason)
    })
    await new Promise<void>((resolve) => {
      const failed = (why: string) => {
        this.#ledger.fault('openwebui: no socket', why)
        resolve()
      }
      const deadline = setTimeout(() => failed('not joined in 30 s'), 30_000)
      socket.on('connect_error', (error) => failed(error.message))
      socket.on('connect', () =>
        socket.emit('user-join', { auth: { token } }, () => {
          clearTimeout(deadline)
          resolve()
        }),
      )
    })
  }

  lose(): void {
    const socket = this.#socket
    this.#socket = null
    this.#lostAt = performance.now()
    socket?.disconnect()
  }

  /** Its protocol cannot ask for what was missed: the front end reads the channel again. */
  async back(): Promise<void> {
    const startedAt = performance.now()
    await this.connect()
    this.#ledger.time('openwebui: come back', performance.now() - startedAt)
    this.#ledger.gap(this.#n, this.#lostAt, performance.now())
    await this.#get('openwebui: messages', `/api/v1/channels/${pick(this.channels)}/messages?skip=0&limit=50`)
  }

  close(): void {
    this.lose()
  }

  act(): Promise<void> {
    const channel = pick(this.channels)
    const path = `/api/v1/channels/${channel}`
    const newest = this.#newest.get(channel)
    const channelEvent = (type: string, data: object) =>
      this.#socket?.emit('events:channel', { channel_id: channel, message_id: null, data: { type, data } })
    return oneOf([
      [20, () => this.#get('openwebui: messages', `${path}/messages?skip=0&limit=50`)],
      [10, () => this.#get('openwebui: channels', '/api/v1/channels/')],
      [6, () => this.#get('openwebui: chats', '/api/v1/chats/?page=1')],
      [4, () => this.#get('openwebui: config', '/api/config')],
      [4, () => this.#get('openwebui: models', '/api/models')],
      [14, () => this.#post(channel, null)],
      [5, () => (newest ? this.#post(channel, newest) : Promise.resolve())],
      [6, async () => void channelEvent('typing', { typing: true })],
      [6, async () => void channelEvent('last_read_at', {})],
      [5, () => (newest ? this.#react(`${path}/messages/${newest}`) : Promise.resolve())],
      [4, async () => void this.#socket?.emit('heartbeat', {})],
      [4, () => this.#chat()],
      [2, () => this.#reconnect()],
    ])
  }

  async verify(): Promise<void> {
    const list = await this.api.call<{ id: string }[]>('verify', 'GET', '/api/v1/channels/')
    for (const id of this.channels)
      if (!list?.some((one) => one.id === id)) this.#ledger.fault('openwebui: channel not listed', id)
  }

  #event({ message_id, data: { type, data } }: ChannelEvent): void {
    if (type === 'message') this.#ledger.heard(`message ${data.id ?? message_id}`, this.#n)
  }

  async #get(action: string, path: string): Promise<void> {
    await this.api.call(action, 'GET', path)
  }

  async #post(channel: string, parent_id: string | null): Promise<void> {
    const asked = performance.now()
    const body = {
      content: `the release ${Math.random()}`,
      temp_id: crypto.randomUUID(),
      parent_id,
      data: {},
      meta: {},
    }
    const path = `/api/v1/channels/${channel}/messages/post`
    const message = await this.api.call<{ id: string }>('openwebui: post', 'POST', path, body)
    if (!message) return
    this.#ledger.happened(`message ${message.id}`, channel, asked)
    if (parent_id === null) this.#newest.set(channel, message.id)
  }

  async #react(path: string): Promise<void> {
    await this.api.call('openwebui: reaction', 'POST', `${path}/reactions/add`, { name: 'thumbsup' })
  }

  async #chat(): Promise<void> {
    const chat = { title: 'Soak', models: ['test-echo'], messages: [], history: { messages: {} } }
    const made = await this.api.call<{ id: string }>('openwebui: new chat', 'POST', '/api/v1/chats/new', {
      chat,
    })
    if (made) await this.#get('openwebui: chat', `/api/v1/chats/${made.id}`)
  }

  async #reconnect(): Promise<void> {
    this.lose()
    await Bun.sleep(Math.random() * 2_000)
    await this.back()
  }
}
