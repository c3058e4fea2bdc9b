// Someone who uses Open WebUI's API as its front end does: HTTP with a token, socket.io for what happens.
import { io, type Socket } from 'socket.io-client'
import { Api, type Answer, type Json } from '../../support/api.ts'

export interface Asked {
  chatId: string
  questionId: string
  answerId: string
  answer: Answer
}

export class Owui extends Api {
  socket_: Socket | null = null
  readonly events: Json[] = []
  private wake: (() => void)[] = []

  /** The first one becomes administrator. */
  static async signUp(url: string, name: string): Promise<Owui> {
    const person = new Owui(url)
    const { status, body } = await person.post('/api/v1/auths/signup', {
      name,
      email: `${name}@example.com`,
      password: `${name} Passw0rd!`,
    })
    if (status !== 200) throw new Error(`sign-up ${name}: ${status} ${JSON.stringify(body)}`)
    person.token = body.token
    person.user = body
    return person
  }

  /** Made by an administrator, then signed in. */
  static async added(admin: Owui, name: string, role = 'user'): Promise<Owui> {
    const person = new Owui(admin.url)
    const { status, body } = await admin.post('/api/v1/auths/add', {
      name,
      email: `${name}@example.com`,
      password: `${name} Passw0rd!`,
      role,
    })
    if (status !== 200) throw new Error(`add ${name}: ${status} ${JSON.stringify(body)}`)
    person.token = body.token
    person.user = body
    return person
  }

  /** Connects as the built front end does and waits until the server knows who it is. */
  async connect(transports: ('websocket' | 'polling')[] = ['websocket']): Promise<Socket> {
    const socket = io(this.url, {
      path: '/ws/socket.io',
      transports,
      // Each person has a session of their own.
      forceNew: true,
      auth: { token: this.token },
      reconnection: false,
    })
    this.socket_ = socket
    for (const name of ['events', 'events:channel']) {
      socket.on(name, (event: Json) => {
        this.events.push({ name, ...event })
        for (const wake of this.wake.splice(0)) wake()
      })
    }
    const joined: Json = await new Promise((resolve, reject) => {
      socket.on('connect_error', reject)
      socket.on('connect', () => socket.emit('user-join', { auth: { token: this.token } }, resolve))
    })
    if (joined?.id !== this.user.id) throw new Error(`user-join: ${JSON.stringify(joined)}`)
    return socket
  }

  /** The first event (seen or to come) that fits. */
  async heard(fits: (event: Json) => boolean, timeoutMs = 8_000): Promise<Json> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const found = this.events.find(fits)
      if (found) return found
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`not heard; last: ${JSON.stringify(this.events.slice(-3))}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.wake.push(() => (clearTimeout(timer), resolve()))
      })
    }
  }

  typed = (type: string, chatId?: string) => (event: Json) =>
    event.data?.type === type && (chatId === undefined || event.chat_id === chatId)

  /** Waits until no answer is being written in the chat. */
  idle = (chatId: string): Promise<Json> =>
    this.heard(
      (event) => event.chat_id === chatId && event.data?.type === 'chat:active' && !event.data.data.active,
    )

  /** The request that the front end sends; without `chatId` for a new chat. */
  async ask(
    content: string,
    more: { model?: string; chatId?: string; parentId?: string; body?: Json } = {},
  ): Promise<Asked> {
    const model = more.model ?? 'test-echo'
    const [questionId, answerId] = [crypto.randomUUID(), crypto.randomUUID()]
    const answer = await this.post('/api/chat/completions', {
      stream: true,
      model,
      params: {},
      tool_ids: [],
      tool_servers: [],
      features: {},
      variables: {},
      session_id: this.socket_?.id ?? 'none',
      ...(more.chatId ? { chat_id: more.chatId } : {}),
      id: answerId,
      message_ids: [{ model_id: model, message_id: answerId, modelIdx: 0 }],
      parent_id: more.parentId ?? null,
      user_message: {
        id: questionId,
        parentId: more.parentId ?? null,
        childrenIds: [],
        role: 'user',
        content,
        timestamp: 1_700_000_000,
        models: [model],
      },
      background_tasks: {},
      ...more.body,
    })
    return { chatId: answer.body.chat_id, questionId, answerId, answer }
  }

  close(): void {
    this.socket_?.disconnect()
  }
}
