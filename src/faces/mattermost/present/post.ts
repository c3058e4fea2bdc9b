/**
 * Messages as posts. Pages of sixty are the most frequent answer of the server, so the JSON of a post is
 * text that is kept for as long as the message does not change.
 */
import { PREVIEW_KEY } from '../../../core/mattermost/link-previews.ts'
import type { Ephemeral } from '../../../core/mattermost/signals.ts'
import { LruMap } from '../../../core/support/lru.ts'
import type { Message, MessageKind, Uuid } from '../../../core/types.ts'
import { toWire, toWireOr } from '../ids.ts'
import { isRecord, type Json } from '../wire/fields.ts'
import { aiAttachments, aiContent } from './ai.ts'
import { presentMessageFile } from './files.ts'

/** Where this face keeps post props that mean nothing elsewhere. */
export const PROPS_KEY = 'mattermost.props'
/** Posts whose JSON is kept: the newest page of a hundred channels. About a kilobyte each. */
const KEPT_MAX = 6_000

const TYPES: Record<MessageKind, string> = {
  user: '',
  me: 'me',
  join_room: 'system_join_channel',
  leave_room: 'system_leave_channel',
  add_to_room: 'system_add_to_channel',
  remove_from_room: 'system_remove_from_channel',
  name_change: 'system_displayname_change',
  header_change: 'system_header_change',
  description_change: 'system_purpose_change',
  room_deleted: 'system_channel_deleted',
  room_restored: 'system_channel_restored',
  ai_notice: 'system_generic',
  ephemeral: 'system_ephemeral',
}

export interface EmojiBody {
  id: string
  name: string
  creator_id: string
  create_at: number
  update_at: number
  delete_at: number
}

/** What else a post tells a particular reader, when collapsed threads are asked for. */
export interface ThreadFacts {
  following: boolean
  participants: Uuid[]
}

export interface PostSources {
  /** Text so far of an answer that is being written. */
  progress(messageId: Uuid): string | null
  emoji(name: string): EmojiBody | null
}

export interface PostExtras {
  pendingPostId?: string
  /** JSON text of a list of users, or `null`. */
  participants?: string
  following?: boolean
  /** Of a reply: how many its thread has. Clients set the root's count by it. */
  replies?: number
  /** A quoted message, shown as a permalink preview. */
  quote?: Json
}

interface Kept {
  updatedAt: number
  lastReplyAt: number | null
  json: string
}

export class PostPresenter {
  readonly #sources: PostSources
  readonly #kept = new LruMap<Uuid, Kept>(KEPT_MAX)

  constructor(sources: PostSources) {
    this.#sources = sources
  }

  /** Custom emoji have changed: posts name those they use. */
  forgetAll(): void {
    this.#kept.clear()
  }

  json(message: Message, extras: PostExtras = {}): string {
    const head = extras.quote ? this.#head(message, extras.quote) : this.#keptHead(message)
    const pending = extras.pendingPostId ? JSON.stringify(extras.pendingPostId) : '""'
    const following = extras.following === undefined ? '' : `,"is_following":${extras.following}`
    const replies = extras.replies ?? message.replyCount
    return `${head},"reply_count":${replies},"pending_post_id":${pending},"participants":${extras.participants ?? 'null'}${following}}`
  }

  object(message: Message, extras: PostExtras = {}): Json {
    return JSON.parse(this.json(message, extras)) as Json
  }

  /** `order` newest first; `posts` may hold roots that are not in `order`. */
  list(
    order: readonly Message[],
    options: { also?: readonly Message[]; next?: string; prev?: string; hasNext?: boolean } = {},
    extras: (message: Message) => PostExtras = () => ({}),
  ): string {
    const seen = new Set<Uuid>()
    const posts: string[] = []
    for (const message of [...order, ...(options.also ?? [])]) {
      if (seen.has(message.id)) continue
      seen.add(message.id)
      posts.push(`"${toWire(message.id)}":${this.json(message, extras(message))}`)
    }
    const ids = order.map((message) => `"${toWire(message.id)}"`).join(',')
    const more = options.hasNext === undefined ? '' : `,"has_next":${options.hasNext}`
    return `{"order":[${ids}],"posts":{${posts.join(',')}},"next_post_id":"${options.next ?? ''}","prev_post_id":"${
      options.prev ?? ''
    }"${more},"first_inaccessible_post_time":0}`
  }

  #keptHead(message: Message): string {
    if (message.ai?.state === 'running') return this.#head(message)
    const kept = this.#kept.get(message.id)
    if (kept && kept.updatedAt === message.updatedAt && kept.lastReplyAt === message.lastReplyAt) {
      return kept.json
    }
    const json = this.#head(message)
    const { updatedAt, lastReplyAt } = message
    this.#kept.set(message.id, { updatedAt, lastReplyAt, json })
    return json
  }

  /** Everything but the last fields and the closing brace. */
  #head(message: Message, quote?: Json): string {
    const deleted = message.deletedAt !== null
    const hidden = deleted || message.props['mattermost.textless'] === true
    const text = hidden ? '' : aiContent(message, this.#progress(message))
    const props = propsOf(message)
    const body = {
      id: toWire(message.id),
      create_at: message.createdAt,
      update_at: message.updatedAt,
      edit_at: message.editedAt ?? 0,
      delete_at: message.deletedAt ?? 0,
      is_pinned: message.pinnedAt !== null,
      user_id: toWire(message.senderId),
      channel_id: toWire(message.roomId),
      root_id: toWireOr(message.threadId),
      original_id: '',
      message: text,
      type: typeOf(message, props),
      props,
      hashtags: hashtagsOf(text),
      file_ids: message.files.map((file) => toWire(file.id)),
      ...(Object.keys(message.reactions).length > 0 ? { has_reactions: true } : {}),
      last_reply_at: message.lastReplyAt ?? 0,
      metadata: deleted ? {} : this.#metadata(message, text, props, quote),
    }
    return JSON.stringify(body).slice(0, -1)
  }

  #progress(message: Message): string | null {
    return message.ai?.state === 'running' ? this.#sources.progress(message.id) : null
  }

  #metadata(message: Message, text: string, props: Json, quote?: Json): Json {
    const out: Json = {}
    const embeds: Json[] = []
    if (Array.isArray(props.attachments)) embeds.push({ type: 'message_attachment' })
    if (quote) embeds.push(quote)
    const preview = message.props[PREVIEW_KEY]
    if (isRecord(preview)) embeds.push(presentPreview(preview))
    if (embeds.length > 0) out.embeds = embeds
    const emojis = this.#emojis(message, text)
    if (emojis.length > 0) out.emojis = emojis
    if (message.files.length > 0) out.files = message.files.map((file) => presentMessageFile(file, message))
    const reactions = presentReactions(message)
    if (reactions.length > 0) out.reactions = reactions
    return out
  }

  #emojis(message: Message, text: string): EmojiBody[] {
    const names = new Set(Object.keys(message.reactions))
    if (text.includes(':')) for (const [, name] of text.matchAll(/:([a-z0-9_+-]{1,64}):/gi)) names.add(name!)
    return [...names].flatMap((name) => this.#sources.emoji(name) ?? [])
  }
}

/** A page in Mattermost's words for opengraph, or a picture that is linked. */
function presentPreview(preview: Json): Json {
  const { url, kind, title, description, siteName, image } = preview
  if (kind === 'image') return { type: 'image', url }
  const images = image ? [{ url: image, secure_url: '', type: '', width: 0, height: 0 }] : null
  const data = { type: 'website', url, title, description, determiner: '', site_name: siteName, locale: '' }
  return {
    type: 'opengraph',
    url,
    data: { ...data, locales_alternate: null, images, audios: null, videos: null },
  }
}

/** One object for each person and emoji, in the order they came. */
export function presentReactions(message: Message): Json[] {
  return Object.entries(message.reactions).flatMap(([name, people]) =>
    people.map((userId, index) => presentReaction(message, userId, name, message.createdAt + index)),
  )
}

export function presentReaction(message: Message, userId: Uuid, name: string, at: number): Json {
  return {
    user_id: toWire(userId),
    post_id: toWire(message.id),
    emoji_name: name,
    create_at: at,
    update_at: at,
    delete_at: 0,
    remote_id: '',
    channel_id: toWire(message.roomId),
  }
}

/** Props that Mattermost clients may set and read; never null. */
export function propsOf(message: Message): Json {
  const stored = message.props[PROPS_KEY]
  const props: Json = isRecord(stored) ? withoutIntegrations(stored) : {}
  if (message.kind !== 'user') Object.assign(props, systemProps(message))
  if (message.ai) props.from_bot = 'true'
  const attachments = aiAttachments(message)
  if (attachments.length > 0) props.attachments = attachments
  return props
}

/** Where an action goes, and with what, is the server's business only. */
function withoutIntegrations(stored: Json): Json {
  if (!Array.isArray(stored.attachments)) return { ...stored }
  const attachments = stored.attachments.map((attachment: unknown) => {
    if (!isRecord(attachment) || !Array.isArray(attachment.actions)) return attachment
    const actions = attachment.actions.map((action: unknown) => {
      if (!isRecord(action)) return action
      const { integration: _secret, ...shown } = action
      return shown
    })
    return { ...attachment, actions }
  })
  return { ...stored, attachments }
}

/** The core's system messages carry plain names; clients translate by props. */
function systemProps(message: Message): Json {
  const out: Json = {}
  for (const [key, value] of Object.entries(message.props)) {
    if (key.includes('.') || value === null) continue
    out[key] = value
  }
  return out
}

function typeOf(message: Message, props: Json): string {
  const type = TYPES[message.kind]
  if (type !== '') return type
  const stored = message.props['mattermost.type']
  if (typeof stored === 'string') return stored
  return props.attachments && !message.ai ? 'slack_attachment' : ''
}

/** `#` and a letter, at least three characters after it, as MinimumHashtagLength says. */
export function hashtagsOf(text: string): string {
  if (!text.includes('#')) return ''
  const found = text.matchAll(/(?<=^|\s)#\p{L}[\p{L}\p{N}_.-]*[\p{L}\p{N}]/gu)
  const tags = [...found].map((match) => match[0]).filter((tag) => tag.length > 3)
  return [...new Set(tags)].join(' ').slice(0, 1000)
}

/** A post that one person sees and nobody keeps. */
export function presentEphemeral(told: Ephemeral): Json {
  return {
    id: toWire(told.id),
    create_at: told.at,
    update_at: told.at,
    edit_at: 0,
    delete_at: 0,
    is_pinned: false,
    user_id: toWire(told.from),
    channel_id: toWire(told.roomId),
    root_id: toWireOr(told.rootId),
    original_id: '',
    message: told.text,
    type: 'system_ephemeral',
    props: told.props,
    hashtags: '',
    file_ids: [],
    pending_post_id: '',
    reply_count: 0,
    last_reply_at: 0,
    participants: null,
    metadata: Array.isArray(told.props.attachments) ? { embeds: [{ type: 'message_attachment' }] } : {},
  }
}
