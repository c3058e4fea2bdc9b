// A day's work of two people through Open WebUI's API: what is written in both stores of a chat and everywhere else.
import { io, type Socket } from 'socket.io-client'
import type { Json } from '../../support/api.ts'

const DOT = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
)

/** Someone signed in, with a socket as the browser has it. */
export class Worker {
  socket: Socket | null = null

  constructor(
    readonly base: string,
    public token: string,
  ) {}

  static async signIn(base: string, email: string, password: string): Promise<Worker> {
    const worker = new Worker(base, '')
    worker.token = (await worker.call('POST', '/api/v1/auths/signin', { email, password })).token
    return worker
  }

  async call(method: string, path: string, body?: unknown): Promise<Json> {
    const form = body instanceof FormData
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...(form || body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: form ? (body as FormData) : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
    return text === '' ? null : JSON.parse(text)
  }

  get = (path: string): Promise<Json> => this.call('GET', path)
  post = (path: string, body?: unknown): Promise<Json> => this.call('POST', path, body ?? {})

  private async connected(): Promise<Socket> {
    if (this.socket) return this.socket
    const socket = io(this.base, {
      path: '/ws/socket.io',
      transports: ['websocket'],
      auth: { token: this.token },
      reconnection: false,
    })
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', () => resolve())
      socket.on('connect_error', reject)
    })
    socket.emit('user-join', { auth: { token: this.token } })
    this.socket = socket
    return socket
  }

  /** Asks as the front end does and waits until the answer and its tasks are over. */
  async ask(
    model: string,
    text: string,
    chatId?: string,
    more: Record<string, unknown> = {},
  ): Promise<string> {
    const socket = await this.connected()
    const [question, answer] = [crypto.randomUUID(), crypto.randomUUID()]
    const parent = chatId ? (await this.get(`/api/v1/chats/${chatId}`)).chat.history.currentId : null
    const over = new Promise<string>((resolve) => {
      const hear = (event: Json) => {
        if (event.message_id !== answer || event.data.type !== 'chat:active' || event.data.data.active) return
        socket.off('events', hear)
        resolve(event.chat_id)
      }
      socket.on('events', hear)
    })
    await this.post('/api/chat/completions', {
      stream: true,
      model,
      ...(chatId ? { chat_id: chatId } : {}),
      id: answer,
      message_ids: { [model]: answer },
      parent_id: parent,
      session_id: socket.id,
      user_message: {
        id: question,
        parentId: parent,
        childrenIds: [answer],
        role: 'user',
        content: text,
        timestamp: 1_800_000_000,
        models: [model],
      },
      messages: [{ role: 'user', content: text }],
      params: {},
      background_tasks: { title_generation: true, tags_generation: true, follow_up_generation: true },
      ...more,
    })
    return over
  }

  async upload(name: string, type: string, bytes: Uint8Array<ArrayBuffer> | string): Promise<Json> {
    const form = new FormData()
    form.set('file', new File([bytes], name, { type }))
    return this.call('POST', '/api/v1/files/', form)
  }

  close(): void {
    this.socket?.disconnect()
  }
}

export interface Done {
  readonly chatId: string
  readonly channelId: string
  readonly fileId: string
  readonly folderId: string
  readonly noteId: string
  readonly newUser: { email: string; password: string }
  readonly bobPassword: string
}

/** What two people do in a day. `model` is one that the provider has. */
export async function daysWork(admin: Worker, bob: Worker, model: string): Promise<Done> {
  const chatId = await admin.ask(model, 'Good morning')
  await admin.ask(model, 'And what now?', chatId)
  const folder = await admin.post('/api/v1/folders/', { name: 'Of the day' })
  await admin.post(`/api/v1/chats/${chatId}/folder`, { folder_id: folder.id })
  await admin.post(`/api/v1/chats/${chatId}/tags`, { name: 'By hand' })
  await admin.post(`/api/v1/chats/${chatId}/pin`)
  await admin.post(`/api/v1/chats/${chatId}`, { chat: { title: 'Day’s work 🐝' } })
  await admin.post(`/api/v1/chats/${chatId}/share`, { share_mode: null })
  const clone = await admin.post(`/api/v1/chats/${chatId}/clone`, { title: 'The clone' })
  await admin.post(`/api/v1/chats/${clone.id}/archive`)
  const file = await admin.upload('word.txt', 'text/plain', 'The word of the day is xyzzy.')
  await admin.upload('dot.png', 'image/png', DOT)
  await bob.ask(model, 'Bob was here')

  await keepAdminConfig(admin)
  const channel = await admin.post('/api/v1/channels/create', {
    name: 'day-room',
    description: 'What was said',
    access_grants: ['read', 'write'].map((permission) => ({
      principal_type: 'user',
      principal_id: '*',
      permission,
    })),
  })
  const first = await admin.post(`/api/v1/channels/${channel.id}/messages/post`, {
    content: 'Hello all',
    data: {},
  })
  await bob.post(`/api/v1/channels/${channel.id}/messages/post`, {
    content: 'In the thread',
    parent_id: first.id,
  })
  const second = await bob.post(`/api/v1/channels/${channel.id}/messages/post`, {
    content: 'Quoting',
    reply_to_id: first.id,
    data: {},
  })
  await bob.post(`/api/v1/channels/${channel.id}/messages/${second.id}/update`, {
    content: 'Quoting, edited',
  })
  await bob.post(`/api/v1/channels/${channel.id}/messages/${first.id}/reactions/add`, { name: 'thumbsup' })
  await admin.post(`/api/v1/channels/${channel.id}/messages/${first.id}/pin`, { is_pinned: true })

  const note = await admin.post('/api/v1/notes/create', {
    title: 'Note of the day',
    data: { content: { json: null, html: '<p>text</p>', md: 'text' } },
    meta: null,
    access_grants: [],
  })
  await admin.post('/api/v1/prompts/create', {
    command: 'day',
    name: 'Day',
    content: 'Say it is day.',
    tags: [],
    access_grants: [],
    is_production: true,
  })
  await admin.post('/api/v1/groups/create', { name: 'Day group', description: '' })
  await admin.post('/api/v1/users/user/settings/update', { ui: { widescreenMode: true, theme: 'dark' } })
  const bobPassword = 'An0ther!'
  await bob.post('/api/v1/auths/update/password', { password: 'B0bPassw0rd!', new_password: bobPassword })
  const newUser = { email: 'carol@example.com', password: 'Car0lPass!' }
  await admin.post('/api/v1/auths/add', { ...newUser, name: 'Carol', role: 'user' })
  return {
    chatId,
    channelId: channel.id,
    fileId: file.id,
    folderId: folder.id,
    noteId: note.id,
    newUser,
    bobPassword,
  }
}

async function keepAdminConfig(admin: Worker): Promise<void> {
  const config = await admin.get('/api/v1/auths/admin/config')
  await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true, ENABLE_API_KEYS: true })
}
