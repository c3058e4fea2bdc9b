/** What happens to people and their settings, and what only this face tells, as frames. */
import type { DraftEvent } from '../../../core/mattermost/drafts.ts'
import type { Ephemeral } from '../../../core/mattermost/signals.ts'
import type { EventOf } from '../../../core/events.ts'
import type { User, Uuid } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { toWire, toWireOr } from '../ids.ts'
import { presentPreference } from '../modules/settings.ts'
import { presentUser } from '../present/people.ts'
import { presentEphemeral } from '../present/post.ts'
import { systemRoles } from '../present/roles.ts'
import { presentDraft } from '../present/threads.ts'
import { isRecord } from '../wire/fields.ts'
import type { Audience } from './audience.ts'
import { frameOf } from './frames.ts'
import type { Registry } from './registry.ts'

type FaceEvent = EventOf<'face'>

export class PersonEvents {
  readonly #face: Face
  readonly #registry: Registry
  readonly #to: Audience

  constructor(face: Face, registry: Registry, to: Audience) {
    this.#face = face
    this.#registry = registry
    this.#to = to
  }

  created(user: User): void {
    this.#to.toAll(() => frameOf('new_user', { user_id: toWire(user.id) }))
  }

  /** Three copies: for everybody, for administrators, for the person. */
  updated(user: User): void {
    const copy = (viewer: 'self' | 'admin' | 'other') =>
      frameOf('user_updated', { user: presentUser(user, viewer, this.#face.privacy) })
    const [other, admin, self] = [copy('other'), copy('admin'), copy('self')]
    const roleChanged = this.#refresh(user)
    for (const connection of this.#registry.all()) {
      if (connection.userId === user.id) connection.deliver(self)
      else connection.deliver(connection.actor?.user.role === 'admin' ? admin : other)
    }
    if (!roleChanged) return
    const data = { user_id: toWire(user.id), roles: systemRoles(user) }
    this.#to.toUser(user.id, () => frameOf('user_role_updated', data, { user: toWire(user.id) }))
  }

  activation(user: User): void {
    this.#to.toAll(() => frameOf('user_activation_status_change', {}))
    this.updated(user)
  }

  presence({ userId, state }: EventOf<'presence.changed'>): void {
    const frame = () =>
      frameOf('status_change', { status: state, user_id: toWire(userId) }, { user: toWire(userId) })
    this.#to.toUser(userId, frame)
  }

  preferences({ type, userId, preferences }: EventOf<'preferences.changed' | 'preferences.deleted'>): void {
    const to = { user: toWire(userId) }
    const name = type === 'preferences.changed' ? 'preferences_changed' : 'preferences_deleted'
    const data = { preferences: JSON.stringify(preferences.map((one) => presentPreference(one))) }
    this.#to.toUser(userId, () => frameOf('sidebar_category_updated', {}, to))
    this.#to.toUser(userId, () => frameOf(name, data, to))
  }

  typing({ roomId, user, threadId }: EventOf<'typing'>): void {
    const data = { parent_id: toWireOr(threadId), user_id: toWire(user.id) }
    const frame = () => frameOf('typing', data, { channel: toWire(roomId), omitUsers: [toWire(user.id)] })
    this.#to.toLookers(roomId, frame, { passing: true, omitUser: user.id })
  }

  async settings(): Promise<void> {
    await this.#face.config.refresh()
    const config: unknown = JSON.parse(await this.#face.config.clientJson(false))
    this.#to.toAll(() => frameOf('config_changed', { config }))
  }

  async own(event: FaceEvent): Promise<void> {
    const { name, data } = event
    if (name === 'emoji_added' || name === 'emoji_removed') return this.#emoji(event)
    for (const userId of event.to.users ?? []) this.#tellUser(userId, name, data)
  }

  #tellUser(userId: Uuid, name: string, data: unknown): void {
    const user = toWire(userId)
    if (name === 'draft_updated' || name === 'draft_deleted') {
      const { draft, connectionId } = data as DraftEvent
      const to = { user, channel: toWire(draft.roomId), omitConnection: connectionId }
      const told = { draft: JSON.stringify(presentDraft(draft)) }
      const event = name === 'draft_updated' ? 'draft_created' : name
      this.#to.toUser(userId, () => frameOf(event, told, to), connectionId)
    } else if (name === 'ephemeral_message') {
      const told = data as Ephemeral
      const frame = () =>
        frameOf(
          name,
          { post: JSON.stringify(presentEphemeral(told)) },
          { user, channel: toWire(told.roomId) },
        )
      this.#to.toUser(userId, frame)
    } else if (name.startsWith('sidebar_category_') && isRecord(data)) {
      this.#to.toUser(userId, () =>
        frameOf(name, sidebarData(data.data), { user, team: toWire(String(data.teamId)) }),
      )
    } else if (name === 'threads_read' && isRecord(data)) {
      const to = { user, team: toWire(String(data.teamId)) }
      this.#to.toUser(userId, () => frameOf('thread_read_changed', { timestamp: data.at }, to))
    } else if (name === 'open_dialog') {
      this.#to.toUser(userId, () => frameOf(name, { dialog: JSON.stringify(data) }, { user }))
    }
  }

  async #emoji({ name, data }: FaceEvent): Promise<void> {
    await this.#face.mm.emoji.load()
    this.#face.posts.forgetAll()
    if (name !== 'emoji_added' || !isRecord(data)) return
    const emoji = this.#face.emojiBody(String(data.name))
    if (emoji) this.#to.toAll(() => frameOf('emoji_added', { emoji: JSON.stringify(emoji) }))
  }

  /** Connections decide by the person's rank, so they must know the newest. */
  #refresh(user: User): boolean {
    let roleChanged = false
    for (const connection of this.#registry.ofUser(user.id)) {
      if (!connection.actor) continue
      roleChanged ||= connection.actor.user.role !== user.role
      connection.actor = { ...connection.actor, user }
    }
    return roleChanged
  }
}

/** The changed categories go as text, the order as a list. */
function sidebarData(data: unknown): Record<string, unknown> {
  if (!isRecord(data)) return {}
  return data.updatedCategories ? { updatedCategories: JSON.stringify(data.updatedCategories) } : data
}
