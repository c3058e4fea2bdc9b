/**
 * Domain events in, frames out, in order. A microtask lies between, so that the thread events of the
 * same unit of work are known when a reply's `posted` is made: it names who follows.
 */
import type { DomainEvent, EventOf } from '../../../core/events.ts'
import type { Message, Room, Uuid } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { Audience } from './audience.ts'
import { PersonEvents } from './person-events.ts'
import { PlaceEvents } from './place-events.ts'
import { PostEvents } from './post-events.ts'
import type { Registry } from './registry.ts'

/** Three edits a second of a post that is being written. */
const STREAM_EVERY_MS = 350

export class Events {
  readonly #face: Face
  readonly #registry: Registry
  readonly #posts: PostEvents
  readonly #places: PlaceEvents
  readonly #people: PersonEvents
  readonly #after: (ms: number, run: () => void) => () => void
  readonly #running = new Map<Uuid, { room: Room; message: Message; waiting: boolean }>()
  #queue: DomainEvent[] = []
  #draining = false

  constructor(face: Face, registry: Registry, after: (ms: number, run: () => void) => () => void) {
    const to = new Audience(registry)
    this.#face = face
    this.#registry = registry
    this.#after = after
    this.#posts = new PostEvents(face, registry, to)
    this.#places = new PlaceEvents(face, registry, to)
    this.#people = new PersonEvents(face, registry, to)
  }

  push(event: DomainEvent): void {
    if (event.type === 'run.delta') return this.#streamed(event.messageId)
    // At once, before what waits for its turn.
    if (event.type === 'sessions.revoked') return this.#revoke(event)
    this.#queue.push(event)
    if (this.#draining) return
    this.#draining = true
    queueMicrotask(() => void this.#drain())
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue
      this.#queue = []
      for (let at = 0; at < batch.length; at += 1) {
        try {
          await this.#tell(batch[at]!, batch, at)
        } catch (error) {
          this.#face.log.error('an event could not be told to mattermost clients', {
            event: batch[at]!.type,
            error,
          })
        }
      }
    }
    this.#draining = false
  }

  #tell(event: DomainEvent, batch: readonly DomainEvent[], at: number): Promise<void> | void {
    switch (event.type) {
      case 'message.created':
        this.#noteRun(event.room, event.message)
        return this.#posts.posted(event, threadAfter(batch, at, event.message))
      case 'message.updated':
        // Clients take the count from the reply that was posted.
        return event.reason === 'thread' ? undefined : this.#posts.edited(event.room, event.message)
      case 'message.deleted':
        return this.#posts.deleted(event)
      case 'reaction.added':
      case 'reaction.removed':
        return this.#posts.reaction(event)
      case 'thread.updated':
        return this.#posts.thread(event)
      case 'run.ended':
        this.#running.delete(event.message.id)
        return this.#posts.edited(event.room, event.message)
      case 'run.tool':
        return this.#streamed(event.messageId)
      default:
        return this.#tellPlace(event)
    }
  }

  #tellPlace(event: DomainEvent): Promise<void> | void {
    switch (event.type) {
      case 'room.created':
        return this.#places.created(event)
      case 'room.updated':
        return this.#places.updated(event)
      case 'room.deleted':
      case 'room.restored':
        return this.#places.archived(event)
      case 'member.joined':
        return this.#places.joined(event)
      case 'member.left':
      case 'member.removed':
        return this.#places.left(event)
      case 'member.updated':
        return this.#places.memberUpdated(event)
      case 'read.marked':
        return this.#places.read(event)
      case 'team.created':
      case 'team.updated':
      case 'team.deleted':
      case 'team.restored':
        return this.#places.team(event)
      case 'team.member_joined':
      case 'team.member_left':
      case 'team.member_updated':
        return this.#places.teamMember(event)
      default:
        return this.#tellPerson(event)
    }
  }

  #tellPerson(event: DomainEvent): Promise<void> | void {
    switch (event.type) {
      case 'user.created':
        return this.#people.created(event.user)
      case 'user.updated':
        return this.#people.updated(event.user)
      case 'user.deactivated':
      case 'user.reactivated':
        return this.#people.activation(event.user)
      case 'presence.changed':
        return this.#people.presence(event)
      case 'preferences.changed':
      case 'preferences.deleted':
        return this.#people.preferences(event)
      case 'typing':
        return this.#people.typing(event)
      case 'settings.changed':
        return this.#people.settings()
      case 'face':
        return event.face === 'mattermost' ? this.#people.own(event) : undefined
      default:
        return undefined
    }
  }

  /** Their sockets close at once; coming back, they find that they are signed out. */
  #revoke({ userId, sessionIds, except }: EventOf<'sessions.revoked'>): void {
    for (const connection of [...this.#registry.ofUser(userId)]) {
      const sessionId = connection.actor?.sessionId ?? null
      if (sessionId !== null && sessionId === except) continue
      if (sessionIds !== null && (sessionId === null || !sessionIds.includes(sessionId))) continue
      connection.close(1008, 'signed out')
      this.#registry.remove(connection)
    }
  }

  #noteRun(room: Room, message: Message): void {
    if (message.ai?.state === 'running') this.#running.set(message.id, { room, message, waiting: false })
  }

  /** A post that is being written is sent again, whole, but not for every piece. */
  #streamed(messageId: Uuid): void {
    const run = this.#running.get(messageId)
    if (!run || run.waiting || !this.#registry.hasRoom(run.room.id)) return
    run.waiting = true
    this.#after(STREAM_EVERY_MS, () => {
      run.waiting = false
      if (!this.#running.has(messageId)) return
      // Clients ignore a post that is not newer than theirs; the final one must be newer still.
      this.#posts
        .edited(run.room, { ...run.message, updatedAt: Date.now() - 1 })
        .catch((error: unknown) => this.#face.log.error('a post could not be told', { error }))
    })
  }
}

/** What the events of the same unit of work say of the thread that this message is a reply in. */
function threadAfter(batch: readonly DomainEvent[], at: number, message: Message) {
  const followers = new Set<Uuid>()
  let replies: number | undefined
  if (!message.threadId) return { followers, replies }
  for (const event of batch.slice(at + 1)) {
    if (event.type === 'message.created') break
    if (event.type === 'message.updated' && event.message.id === message.threadId)
      replies = event.message.replyCount
    if (event.type !== 'thread.updated' || event.rootId !== message.threadId) continue
    if (event.following && event.userId !== message.senderId) followers.add(event.userId)
  }
  return { followers, replies }
}
