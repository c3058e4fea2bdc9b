/**
 * What all modules of this face share: the core, the presenters, and the wrapper that turns a handler
 * into a route (authenticate, run, answer, translate what was thrown).
 */
import type { Core } from '../../core/core.ts'
import type { MattermostCore } from '../../core/mattermost/create-mattermost.ts'
import type { Logger } from '../../core/ports.ts'
import type { Message, Room, User } from '../../core/types.ts'
import { peerOf } from '../../realtime/peer.ts'
import { authenticate } from './auth.ts'
import { LaterAnswers } from './commands/later-answers.ts'
import { type MailFacts, ServerConfig } from './config/server-config.ts'
import { tell } from './errors.ts'
import { toWire } from './ids.ts'
import { peersOf, presentChannel } from './present/places.ts'
import { type Privacy, presentUser, viewerOf } from './present/people.ts'
import { type EmojiBody, PostPresenter } from './present/post.ts'
import { type Call, OpenCall } from './wire/call.ts'
import type { Json } from './wire/fields.ts'
import { type Extra, Replies } from './wire/reply.ts'

export interface MattermostOptions {
  core: Core
  mattermost: MattermostCore
  log: Logger
  /** Public address without a trailing slash; empty when it is not configured. */
  siteUrl: string
  /** null or absent = no e-mail leaves this server. */
  mail?: MailFacts | null
  /** Build name; part of `X-Version-Id`. */
  build: string
}

interface RouteContext {
  request: Request
  params: Record<string, string>
}

export type Route = (context: RouteContext) => Promise<Response>

export class Face {
  readonly core: Core
  readonly mm: MattermostCore
  readonly log: Logger
  readonly options: MattermostOptions
  readonly config: ServerConfig
  readonly replies: Replies
  readonly posts: PostPresenter
  readonly unreadMarks = new UnreadMarks()
  readonly laterAnswers = new LaterAnswers()

  constructor(options: MattermostOptions) {
    this.options = options
    this.core = options.core
    this.mm = options.mattermost
    this.log = options.log
    this.config = new ServerConfig(options.core, {
      siteUrl: options.siteUrl,
      mail: options.mail ?? null,
      build: options.build,
      signupOpen: () => this.mm.lookups.signupOpen(),
      stored: (key) => this.mm.lookups.storedSetting(key),
    })
    this.replies = new Replies({ current: () => this.config.versionId() })
    this.posts = new PostPresenter({
      progress: (id) => this.core.ai.progress(id)?.text ?? null,
      emoji: (name) => this.emojiBody(name),
    })
  }

  /** Loads what is asked for without waiting, and begins what happens by itself; the answer ends it. */
  async start(): Promise<() => void> {
    await this.mm.emoji.load()
    await this.config.load()
    await this.mm.uploads.sweep()
    return this.mm.reminders.start((messageId) => `${this.siteUrl()}/_redirect/pl/${toWire(messageId)}`)
  }

  // --- routes ---------------------------------------------------------------------------------

  /** A route for anybody. */
  open(handler: (call: OpenCall) => Promise<Response> | Response): Route {
    return ({ request, params }) => this.#run(request, params, handler)
  }

  /** A route for people who are signed in. */
  user(handler: (call: Call) => Promise<Response> | Response): Route {
    return ({ request, params }) =>
      this.#run(request, params, async (open) => handler(await authenticate(open)))
  }

  /** A route for administrators. */
  admin(handler: (call: Call) => Promise<Response> | Response): Route {
    return this.user((call) => {
      call.admin()
      return handler(call)
    })
  }

  async #run(
    request: Request,
    params: Record<string, string>,
    handler: (call: OpenCall) => Promise<Response> | Response,
  ): Promise<Response> {
    try {
      return await handler(new OpenCall(request, params, this.core, peerOf(request).ip))
    } catch (error) {
      return this.failure(error, request)
    }
  }

  failure(error: unknown, request?: Request): Response {
    const told = tell(error)
    if (told.unexpected) {
      this.log.error('a mattermost request failed', { path: request && pathOf(request.url), error })
    }
    return this.replies.error(told)
  }

  json(body: unknown, status = 200, extra?: Extra): Response {
    return this.replies.json(body, status, extra)
  }

  raw(body: string, status = 200, extra?: Extra): Response {
    return this.replies.raw(body, status, extra)
  }

  /** JSON text that clients may hold: 304 without it when theirs is the same. */
  tagged(call: OpenCall, body: string): Response {
    return this.replies.tagged(body, call.header('if-none-match'))
  }

  ok(): Response {
    return this.replies.ok()
  }

  // --- presenting what needs more than the row ------------------------------------------------

  get privacy(): Privacy {
    return {
      showEmail: this.config.value('PrivacySettings.ShowEmailAddress', false),
      showFullName: this.config.value('PrivacySettings.ShowFullName', true),
      checksEmail: this.core.mailLinks.enabled,
    }
  }

  person(user: User, asker: { id: string; role: string }): Json {
    return presentUser(user, viewerOf(asker, user), this.privacy)
  }

  people(users: readonly User[], asker: { id: string; role: string }): Json[] {
    return users.map((user) => this.person(user, asker))
  }

  async channel(room: Room): Promise<Json> {
    if (room.kind !== 'direct' && room.kind !== 'group') return presentChannel(room, null)
    const users = await this.core.users.byIds(await this.mm.lookups.peers(room))
    return presentChannel(room, peersOf(room.kind, users, room.slug))
  }

  channels(rooms: readonly Room[]): Promise<Json[]> {
    return Promise.all(rooms.map((room) => this.channel(room)))
  }

  /** Looks up the link of a message that was written on this face, behind the answer. */
  preview(message: Message, author: User): void {
    if (!message.content.includes('://') || !this.config.value('ServiceSettings.EnableLinkPreviews', true))
      return
    this.mm.linkPreviews
      .add(message, author)
      .catch((error: unknown) => this.log.warn('a link preview failed', { error }))
  }

  emojiBody(name: string): EmojiBody | null {
    const found = this.mm.emoji.named(name)
    if (!found) return null
    return {
      id: toWire(found.id),
      name: found.name,
      creator_id: toWire(found.creatorId),
      create_at: found.createdAt,
      update_at: found.updatedAt,
      delete_at: 0,
    }
  }

  /** The address that permalinks begin with. */
  siteUrl(request?: Request): string {
    if (this.options.siteUrl) return this.options.siteUrl
    return request ? new URL(request.url).origin : ''
  }
}

export function pathOf(url: string): string {
  return new URL(url).pathname
}

/** A message that a post's reader did not write as text: what previews and searches leave out. */
export function isSystem(message: Message): boolean {
  return message.kind !== 'user' && message.kind !== 'me'
}

/** Which post somebody just made unread: the event of the core tells only how far they have read. */
export class UnreadMarks {
  readonly #marks = new Map<string, string>()

  note(userId: string, roomId: string, messageId: string): void {
    if (this.#marks.size > 10_000) this.#marks.clear()
    this.#marks.set(`${userId} ${roomId}`, messageId)
  }

  take(userId: string, roomId: string): string | null {
    const key = `${userId} ${roomId}`
    const mark = this.#marks.get(key) ?? null
    this.#marks.delete(key)
    return mark
  }
}
