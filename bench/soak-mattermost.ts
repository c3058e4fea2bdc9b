// Simulated people of the Mattermost face: the web app's start, its usual mix of actions, its strict socket.
import { Caller, type Ledger, oneOf, type Person, pick } from './soak-ledger.ts'
import type { MattermostModel, Post } from './soak-mattermost-model.ts'

const words = 'we should ship the small release before lunch and look at the logs after it runs'.split(' ')
const sentence = () => Array.from({ length: 4 + Math.floor(Math.random() * 12) }, () => pick(words)).join(' ')

interface Place {
  teamId: string
  /** The channels of the soak this person is in. */
  channels: string[]
}

export class MattermostPerson implements Person {
  userId = ''
  place: Place = { teamId: '', channels: [] }
  readonly api: Caller
  readonly #url: string
  readonly #n: number
  readonly #ledger: Ledger
  readonly #model: MattermostModel
  #socket: WebSocket | null = null
  #connection = ''
  #expected = 0
  #actionSeq = 1
  #lostAt = 0
  #channel = ''
  #newestIn = new Map<string, number>()
  #hello: (() => void) | null = null

  constructor(url: string, n: number, ledger: Ledger, model: MattermostModel) {
    this.#url = url
    this.#n = n
    this.#ledger = ledger
    this.#model = model
    this.api = new Caller(url, ledger)
  }

  get username(): string {
    return `mm${this.#n}`
  }

  async signIn(password: string): Promise<void> {
    const answer = await this.api.open<{ id: string }>('log in', 'POST', '/api/v4/users/login', {
      login_id: this.username,
      password,
    })
    if (!answer) throw new Error(`${this.username} cannot log in`)
    this.userId = answer.body.id
    this.api.token = answer.headers.get('token') ?? ''
  }

  /** mattermost-boot.md, D: what a reload asks for. */
  async boot(): Promise<void> {
    const { teamId } = this.place
    const get = (path: string) => this.api.call('boot', 'GET', `/api/v4${path}`)
    await Promise.all(['/config/client?format=old', '/license/client?format=old'].map(get))
    await Promise.all(['', '/preferences', '/teams', '/teams/members'].map((path) => get(`/users/me${path}`)))
    await Promise.all(
      ['/users/me/channels', `/users/${this.userId}/channel_members?page=-1&per_page=200`].map(get),
    )
    await this.api.call('boot', 'POST', '/api/v4/roles/names', ['system_user', 'team_user', 'channel_user'])
    for (const path of [
      `/users/${this.userId}/teams/${teamId}/channels/categories`,
      `/users/${this.userId}/teams/${teamId}/threads?totalsOnly=true`,
      `/users/me/teams/${teamId}/drafts`,
    ])
      await get(path)
  }

  connect(): Promise<void> {
    const query = `?connection_id=${this.#connection}&sequence_number=${this.#expected}`
    const resuming = this.#connection !== ''
    // Bun's client takes headers, which the types of the DOM do not know.
    const options: Bun.WebSocketOptions = { headers: { authorization: `Bearer ${this.api.token}` } }
    const socket = Reflect.construct(WebSocket, [
      `${this.#url.replace('http', 'ws')}/api/v4/websocket${query}`,
      options,
    ]) as WebSocket
    this.#socket = socket
    this.#actionSeq = 1
    if (!resuming) this.#expected = 0
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error('no hello in 30 s')), 30_000)
      const ready = () => {
        clearTimeout(deadline)
        this.#hello = null
        resolve()
      }
      this.#hello = ready
      socket.onopen = () => this.#send('ping')
      socket.onmessage = ({ data }: MessageEvent<string>) => this.#frame(data, resuming)
      socket.onerror = () => {
        this.#ledger.fault('socket error', this.username)
        ready()
      }
      socket.onclose = ({ code, reason }) => {
        if (socket === this.#socket) this.#ledger.fault('socket closed by the server', `${code} ${reason}`)
      }
    })
  }

  lose(): void {
    const socket = this.#socket
    this.#socket = null
    this.#lostAt = performance.now()
    socket?.close()
  }

  async back(): Promise<void> {
    const startedAt = performance.now()
    await this.connect()
    this.#ledger.time('socket: come back', performance.now() - startedAt)
  }

  close(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  act(): Promise<void> {
    return oneOf([
      [30, () => this.switchChannel()],
      [12, () => this.#scroll()],
      [8, () => this.#draft()],
      [10, () => this.#unreads()],
      [14, async () => void (await this.#post(''))],
      [6, () => this.#reply()],
      [3, () => this.#search()],
      [6, () => this.#react()],
      [2, () => this.#edit()],
      [5, () => this.#statuses()],
      [2, () => this.#reconnect(true)],
      [1, () => this.#reconnect(false)],
    ])
  }

  async switchChannel(to = pick(this.place.channels)): Promise<void> {
    const before = this.#channel
    this.#channel = to
    this.#send('presence', { channel_id: to })
    await this.api.call('switch: stats', 'GET', `/api/v4/channels/${to}/stats`)
    const posts = `/api/v4/users/me/channels/${to}/posts/unread?limit_after=30&limit_before=30&collapsedThreads=true`
    await this.api.call('switch: posts/unread', 'GET', posts)
    const viewed = await this.api.call<{ last_viewed_at_times: Record<string, number> }>(
      'switch: view',
      'POST',
      '/api/v4/channels/members/me/view',
      { channel_id: to, prev_channel_id: before, collapsed_threads_supported: true },
    )
    for (const [channel, at] of Object.entries(viewed?.last_viewed_at_times ?? {}))
      this.#model.viewed(this.userId, channel, at)
  }

  async verify(): Promise<void> {
    const { teamId, channels } = this.place
    interface Member {
      channel_id: string
      msg_count_root: number
      mention_count_root: number
    }
    const base = `/api/v4/users/me/teams/${teamId}/channels`
    const all = await this.api.call<{ id: string; total_msg_count_root: number }[]>('verify', 'GET', base)
    const members = await this.api.call<Member[]>('verify', 'GET', `${base}/members`)
    for (const id of channels) {
      const channel = all?.find((one) => one.id === id)
      const member = members?.find((one) => one.channel_id === id)
      if (!channel || !member) {
        this.#ledger.fault('channel not listed', `${this.username} ${id}`)
        continue
      }
      const { posts, mentions } = this.#model.unread(this.userId, this.username, id)
      const got = channel.total_msg_count_root - member.msg_count_root
      const where = `${this.username} ${id}`
      if (got !== posts) this.#ledger.fault('unread count is wrong', `${where}: ${got}, must be ${posts}`)
      if (member.mention_count_root !== mentions)
        this.#ledger.fault(
          'mentions are wrong',
          `${where}: ${member.mention_count_root}, must be ${mentions}`,
        )
    }
    const totals = await this.api.call<{ total_unread_threads: number }>(
      'verify',
      'GET',
      `/api/v4/users/me/teams/${teamId}/threads?totalsOnly=true`,
    )
    const unread = this.#model.unreadThreads(this.userId)
    if (totals && totals.total_unread_threads !== unread)
      this.#ledger.fault(
        'unread threads are wrong',
        `${this.username}: ${totals.total_unread_threads}, must be ${unread}`,
      )
  }

  #send(action: string, data: object = {}): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    this.#socket.send(JSON.stringify({ seq: this.#actionSeq++, action, data }))
  }

  #frame(text: string, resuming: boolean): void {
    const frame = JSON.parse(text) as {
      event?: string
      seq?: number
      status?: string
      data: Record<string, string>
    }
    if (frame.event === undefined) {
      if (frame.status !== 'OK') this.#ledger.fault('refused over the socket', text)
      // A resumed line says no hello: the answer to the first ping comes after what was missed.
      if (resuming) this.#hello?.()
      return
    }
    if (frame.event === 'hello') {
      const id = frame.data['connection_id'] ?? ''
      if (resuming && id !== this.#connection) {
        this.#ledger.fault('could not resume', this.username)
        this.#ledger.gap(this.#n, this.#lostAt, performance.now())
      }
      this.#connection = id
      this.#expected = 0
    }
    if (frame.seq !== this.#expected)
      this.#ledger.fault('wrong sequence', `${this.username}: ${frame.seq}, not ${this.#expected}`)
    this.#expected = (frame.seq ?? 0) + 1
    if (frame.event === 'hello') this.#hello?.()
    else this.#event(frame.event, frame.data)
  }

  #event(event: string, data: Record<string, string>): void {
    if (event !== 'posted' && event !== 'post_edited' && event !== 'post_deleted') return
    const post = JSON.parse(data['post'] ?? '{}') as Post
    if (event === 'post_edited') return this.#ledger.heard(`edited ${post.id} ${post.message}`, this.#n)
    this.#ledger.heard(`${event} ${post.id}`, this.#n)
    if (event !== 'posted') return
    const newest = this.#newestIn.get(post.channel_id) ?? 0
    if (post.create_at < newest) this.#ledger.fault('out of order', `${this.username}: ${post.id}`)
    this.#newestIn.set(post.channel_id, Math.max(newest, post.create_at))
  }

  async #scroll(): Promise<void> {
    const newest = this.#channel && this.#model.newest(this.#channel)
    if (!newest) return
    const query = `before=${newest.id}&page=0&per_page=30&collapsedThreads=true`
    await this.api.call('scroll', 'GET', `/api/v4/channels/${this.#channel}/posts?${query}`)
  }

  async #draft(): Promise<void> {
    const channel_id = pick(this.place.channels)
    const draft = { channel_id, message: sentence(), root_id: '', user_id: this.userId }
    await this.api.call('draft: save', 'POST', '/api/v4/drafts', draft)
    if (Math.random() < 0.5)
      await this.api.call('draft: drop', 'DELETE', `/api/v4/users/me/channels/${channel_id}/drafts`)
  }

  async #unreads(): Promise<void> {
    const { teamId } = this.place
    const get = (path: string) => this.api.call('unreads', 'GET', `/api/v4/users/me/${path}`)
    await get(`teams/unread?include_collapsed_threads=true`)
    await get(`teams/${teamId}/channels/members`)
    await get(`teams/${teamId}/threads?totalsOnly=true`)
  }

  async #post(
    root_id: string,
    channel_id = this.#channel || pick(this.place.channels),
  ): Promise<Post | null> {
    this.#send('user_typing', { channel_id, parent_id: root_id })
    const called = root_id === '' && Math.random() < 0.1 ? `@mm${Math.floor(Math.random() * 20)} ` : ''
    const pending_post_id = `${this.userId}:${Date.now()}`
    const asked = performance.now()
    const action = root_id === '' ? 'post' : 'reply'
    const post = await this.api.call<Post & { pending_post_id: string }>(action, 'POST', '/api/v4/posts', {
      channel_id,
      message: called + sentence(),
      root_id,
      pending_post_id,
      create_at: 0,
      user_id: this.userId,
    })
    if (!post) return null
    if (post.pending_post_id !== pending_post_id) this.#ledger.fault('pending_post_id is not echoed', post.id)
    this.#model.posted(post)
    this.#ledger.happened(`posted ${post.id}`, channel_id, asked)
    return post
  }

  async #reply(): Promise<void> {
    const channel = pick(this.place.channels)
    const root = this.#model.replyable(channel)
    if (!root) return
    const query = 'direction=down&perPage=60&collapsedThreads=true'
    await this.api.call('thread: open', 'GET', `/api/v4/posts/${root.id}/thread?${query}`)
    if (!(await this.#post(root.id, channel)) || Math.random() < 0.5) return
    const at = Date.now()
    const path = `/api/v4/users/me/teams/${this.place.teamId}/threads/${root.id}/read/${at}`
    if (await this.api.call('thread: read', 'PUT', path)) this.#model.readThread(this.userId, root.id, at)
  }

  async #search(): Promise<void> {
    await this.api.call('search', 'POST', `/api/v4/teams/${this.place.teamId}/posts/search`, {
      terms: pick(words.filter((word) => word.length > 3)),
      is_or_search: false,
      page: 0,
      per_page: 20,
    })
  }

  async #react(): Promise<void> {
    const post = this.#model.newest(this.#channel || pick(this.place.channels))
    if (!post) return
    const reaction = { user_id: this.userId, post_id: post.id, emoji_name: pick(['+1', 'tada', 'heart']) }
    await this.api.call('reaction', 'POST', '/api/v4/reactions', reaction)
  }

  async #edit(): Promise<void> {
    const post = await this.#post('', pick(this.place.channels))
    if (!post) return
    const asked = performance.now()
    const message = `${post.message} (edited)`
    const path = `/api/v4/posts/${post.id}`
    if (await this.api.call('edit', 'PUT', `${path}/patch`, { message }))
      this.#ledger.happened(`edited ${post.id} ${message}`, post.channel_id, asked)
  }

  async #statuses(): Promise<void> {
    await this.api.call('statuses', 'POST', '/api/v4/users/status/ids', [this.userId])
  }

  /** `resume`: as web does; otherwise as somebody who reloads the page. */
  async #reconnect(resume: boolean): Promise<void> {
    this.lose()
    await Bun.sleep(100 + Math.random() * 2_000)
    if (resume) return this.back()
    this.#connection = ''
    await this.boot()
    await this.connect()
    this.#ledger.gap(this.#n, this.#lostAt, performance.now())
  }
}
