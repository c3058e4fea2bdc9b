/** What happens to posts and threads, as frames. */
import type { EventOf } from '../../../core/events.ts'
import { findMentions } from '../../../core/support/mentions.ts'
import type { Message, Room, User, Uuid } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { toWire, toWireOr } from '../ids.ts'
import { participantsText } from '../modules/threads.ts'
import { CHANNEL_TYPE } from '../present/places.ts'
import { presentReaction } from '../present/post.ts'
import type { PostExtras } from '../present/post.ts'
import { quoteOf } from '../present/post-lists.ts'
import { threadJson } from '../present/threads.ts'
import type { Audience } from './audience.ts'
import type { Connection } from './connection.ts'
import { eventFrame, frameOf, nested } from './frames.ts'
import type { Registry } from './registry.ts'

type ThreadUpdated = EventOf<'thread.updated'>

export class PostEvents {
  readonly #face: Face
  readonly #registry: Registry
  readonly #to: Audience

  constructor(face: Face, registry: Registry, to: Audience) {
    this.#face = face
    this.#registry = registry
    this.#to = to
  }

  /** `followers` and `replies`: of the thread that the message is a reply in. */
  async posted(
    event: EventOf<'message.created'>,
    { followers, replies }: { followers: ReadonlySet<Uuid>; replies?: number | undefined },
  ): Promise<void> {
    const { room, message, sender } = event
    if (!this.#registry.hasRoom(room.id)) return
    const called = await this.#called(room, message, sender)
    const extras = replies === undefined ? {} : { replies }
    const channel = toWire(room.id)
    const [bare, quoted] = await this.#twice(room, message, async (quote) => {
      const head = await this.#postedHead(room, message, sender, { ...extras, ...quote })
      return { head, plain: eventFrame('posted', `${head}}`, { channel }) }
    })
    for (const connection of this.#registry.inRoom(room.id)) {
      const { head, plain } = quoted?.for(connection) ? quoted.made : bare
      const userId = connection.userId!
      const mentioned = called.has(userId)
      const follows = followers.has(userId)
      if (!mentioned && !follows) {
        connection.deliver(plain)
        continue
      }
      const own = nested(JSON.stringify([toWire(userId)]))
      const data = `${head}${mentioned ? `,"mentions":${own}` : ''}${follows ? `,"followers":${own}` : ''}}`
      connection.deliver(eventFrame('posted', data, { channel }))
    }
  }

  async edited(room: Room, message: Message): Promise<void> {
    if (!this.#registry.hasRoom(room.id)) return
    const [bare, quoted] = await this.#twice(room, message, (quote) =>
      Promise.resolve(
        frameOf('post_edited', { post: this.#face.posts.json(message, quote) }, { channel: toWire(room.id) }),
      ),
    )
    for (const connection of this.#registry.inRoom(room.id))
      connection.deliver(quoted?.for(connection) ? quoted.made : bare)
  }

  /** Made once for all, and where the message points at another one, once more for those who may read that. */
  async #twice<T>(
    room: Room,
    message: Message,
    make: (quote: PostExtras) => Promise<T>,
  ): Promise<[bare: T, quoted: { made: T; for: (connection: Connection) => boolean } | null]> {
    const pointed = await quoteOf(this.#face, message, room)
    const bare = await make({})
    if (!pointed) return [bare, null]
    const { quote, room: place } = pointed
    const mayRead = ({ rooms, teams }: Connection) =>
      rooms.has(place.id) || (place.kind === 'public' && place.teamId !== null && teams.has(place.teamId))
    return [bare, { made: await make({ quote }), for: mayRead }]
  }

  /** Administrators also hear who did it. */
  deleted(event: EventOf<'message.deleted'>): void {
    const { room, message, by } = event
    if (!this.#registry.hasRoom(room.id)) return
    const at = message.deletedAt ?? message.updatedAt
    const post = this.#face.posts.json({ ...message, deletedAt: at })
    const channel = toWire(room.id)
    const others = frameOf('post_deleted', { post }, { channel })
    const admins = frameOf('post_deleted', { post, delete_by: toWire(by) }, { channel })
    this.#to.byRank(this.#registry.inRoom(room.id), admins, others)
  }

  reaction(event: EventOf<'reaction.added' | 'reaction.removed'>): void {
    const { room, message, userId, emoji, at } = event
    const name = event.type === 'reaction.added' ? 'reaction_added' : 'reaction_removed'
    const reaction = () =>
      frameOf(
        name,
        { reaction: JSON.stringify(presentReaction(message, userId, emoji, at)) },
        { channel: toWire(room.id) },
      )
    this.#to.toLookers(room.id, reaction, { passing: false, omitUser: null })
  }

  async thread(event: ThreadUpdated): Promise<void> {
    if (!this.#registry.hasUser(event.userId)) return
    if (event.cause === 'reply') return this.#threadUpdated(event)
    const to = { user: toWire(event.userId), team: teamOf(event.room) }
    const thread_id = toWire(event.rootId)
    if (event.cause === 'follow') {
      const root = await this.#face.mm.lookups.message(event.rootId)
      const data = { thread_id, state: event.following, reply_count: root?.replyCount ?? 0 }
      this.#to.toUser(event.userId, () => frameOf('thread_follow_changed', data, to))
      return
    }
    const data = {
      thread_id,
      timestamp: event.lastViewedAt,
      unread_mentions: event.unreadMentions,
      unread_replies: event.unreadReplies,
      previous_unread_mentions: event.previousUnreadMentions,
      previous_unread_replies: event.previousUnreadReplies,
      channel_id: toWire(event.room.id),
    }
    this.#to.toUser(event.userId, () => frameOf('thread_read_changed', data, to))
  }

  async #threadUpdated(event: ThreadUpdated): Promise<void> {
    if (!event.following) return
    const root = await this.#face.mm.lookups.message(event.rootId)
    const reader = await this.#face.core.users.byId(event.userId)
    if (!root || !reader) return
    const glance = (await this.#face.mm.lookups.threadGlances(event.userId, [root.id])).get(root.id)
    const participants = await participantsText(this.#face, reader, glance?.participants ?? [], true)
    const post = this.#face.posts.json(root, { participants, following: true })
    const { unreadReplies, unreadMentions, lastViewedAt } = event
    const state = { root, following: true, lastViewedAt, unreadReplies, unreadMentions, participants: [] }
    const data = {
      thread: threadJson(state, post, participants),
      previous_unread_mentions: event.previousUnreadMentions,
      previous_unread_replies: event.previousUnreadReplies,
    }
    const to = { user: toWire(event.userId), team: teamOf(event.room) }
    this.#to.toUser(event.userId, () => frameOf('thread_updated', data, to))
  }

  /** In direct and group rooms every message calls everybody. */
  async #called(room: Room, message: Message, sender: User): Promise<ReadonlySet<Uuid>> {
    const talk = room.kind === 'direct' || room.kind === 'group'
    const everyone = !talk && message.kind === 'user' && findMentions(message.content).everyone
    if (!talk && !everyone) return new Set(message.mentions.filter((id) => id !== sender.id))
    const people = talk ? new Set(await this.#face.mm.lookups.peers(room)) : this.#present(room)
    people.delete(sender.id)
    return people
  }

  /** Who is in the room and connected here: nobody else hears that everybody is called. */
  #present(room: Room): Set<Uuid> {
    return new Set([...this.#registry.inRoom(room.id)].map((connection) => connection.userId!))
  }

  /** The data of `posted` without its closing brace. */
  async #postedHead(room: Room, message: Message, sender: User, extras: PostExtras): Promise<string> {
    const channel = await this.#face.channel(room)
    const pending = message.clientId && /^[a-z0-9]{26}:\d+$/.test(message.clientId) ? message.clientId : ''
    const data: Record<string, unknown> = {
      channel_display_name: room.kind === 'direct' ? `@${sender.username}` : channel.display_name,
      channel_name: channel.name,
      channel_type: CHANNEL_TYPE[room.kind],
      post: this.#face.posts.json(message, { ...extras, pendingPostId: pending }),
      sender_name: message.kind === 'user' || message.kind === 'me' ? `@${sender.username}` : 'System',
      set_online: true,
      team_id: teamOf(room),
    }
    if (message.files.length > 0) {
      data.otherFile = 'true'
      if (message.files.some((file) => file.contentType.startsWith('image/'))) data.image = 'true'
    }
    return JSON.stringify(data).slice(0, -1)
  }
}

export function teamOf(room: Room): string {
  return room.kind === 'direct' || room.kind === 'group' ? '' : toWireOr(room.teamId)
}
