/**
 * Tells people by webhook what happens while they are away: that an answer is finished or failed, that somebody wrote in
 * a channel. Addresses are people's own, so all goes through the guarded way out; what fails is logged, not tried again.
 */
import { isSavedChat } from '../chats/completion-input.ts'
import { isJson, jsonOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import { outputText } from '../chats/output.ts'
import type { Json } from '../chats/rows.ts'
import type { DomainEvent } from '../events.ts'
import { fault } from '../faults.ts'
import type { Outside } from '../mattermost/outside.ts'
import type { Actor, Uuid } from '../types.ts'
import {
  added,
  findTarget,
  madeTarget,
  payloadFor,
  refused,
  shownTarget,
  targetsOf,
  withTargets,
  type NotificationEvent,
  type Target,
  type TargetInput,
  type TargetList,
} from './targets.ts'

export type Notifications = ReturnType<typeof createNotifications>

interface Notice {
  event: NotificationEvent
  title: string
  text: string
  facts: Json
}

const TIMEOUT_MS = 10_000
/** Deliveries at a time; what comes on top is dropped rather than kept. */
const AT_ONCE_MAX = 50
/** Of a room's members, who are asked for their targets. */
const MEMBERS_MAX = 1_000
const TEXT_MAX_CHARS = 4_000

/** What can be chosen: the events that this server has. */
const OFFERED = [
  { event: 'chat.finished', label: 'Chat finished', description: 'A chat response finished.' },
  { event: 'chat.failed', label: 'Chat failed', description: 'A chat response failed.' },
  { event: 'channel.message', label: 'Channel message', description: 'A channel message was posted.' },
] as const

export function createNotifications(context: OpenwebuiContext, outside: Outside) {
  const { deps, read } = context
  let busy = 0

  const isOn = (): boolean => context.setting<unknown>('ui.enable_user_webhooks', false) === true

  async function allow(actor: Actor): Promise<void> {
    if (!isOn()) throw fault.notFound('notification.off')
    await context.own.permissions.require(actor, 'features.webhooks')
  }

  async function listOf(actor: Actor): Promise<TargetList> {
    await allow(actor)
    return targetsOf((await context.own.people.row(actor.user.id)).settings, context.now().seconds)
  }

  /** One change at a time, of what is stored by then. */
  async function change(actor: Actor, edit: (list: TargetList) => TargetList): Promise<TargetList> {
    await allow(actor)
    return context.write(async (tables) => {
      const person = await tables.people.getForChange({ id: actor.user.id })
      const list = edit(targetsOf(person?.settings, context.now().seconds))
      await tables.people.update({ id: actor.user.id }, { settings: withTargets(person?.settings, list) })
      return list
    })
  }

  async function deliver(target: Target, { title, text, facts }: Notice): Promise<void> {
    const { url } = target.config
    const answer = await outside.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payloadFor(url, title, text.slice(0, TEXT_MAX_CHARS), facts)),
      timeoutMs: TIMEOUT_MS,
    })
    if (answer.status >= 400) throw new Error(`It answered ${answer.status}.`)
  }

  async function tell(userIds: readonly Uuid[], notice: Notice): Promise<void> {
    const people = await read.people.pick(['id', 'settings'], { where: { id: { in: [...userIds] } } })
    for (const { id, settings } of people) {
      const { targets } = targetsOf(settings, context.now().seconds)
      const isHere = deps.connections.isConnected(id)
      const wanted = targets.filter(
        (target) =>
          target.enabled && target.events.includes(notice.event) && (target.delivery === 'always' || !isHere),
      )
      await Promise.all(wanted.map((target) => deliver(target, notice).catch(reportLost)))
    }
  }

  const reportLost = (error: unknown): void =>
    deps.log.warn('a notification was not delivered', {
      reason: error instanceof Error ? error.message : 'unknown',
    })

  async function tellChannel({ room, message, sender }: Extract<DomainEvent, { type: 'message.created' }>) {
    const members = await deps.store.read.members.list(room.id, { limit: MEMBERS_MAX, offset: 0 })
    const others = members
      .filter(({ userId, muted }) => userId !== sender.id && !muted)
      .map(({ userId }) => userId)
    const link = linkTo(`/channels/${room.id}`)
    await tell(others, {
      event: 'channel.message',
      title: `**#${room.name}**`,
      text: [message.content, link].join('\n'),
      facts: { action: 'channel', message: message.content, title: room.name, url: link },
    })
  }

  const linkTo = (path: string): string => `${textOf(context.setting<unknown>('webui.url', '')) ?? ''}${path}`

  function work(event: DomainEvent): Promise<void> | null {
    if (event.type === 'message.created') {
      const { kind, ai } = event.message
      // An answer of a model begins empty.
      return kind === 'user' && ai === null ? tellChannel(event) : null
    }
    const answer = answerIn(event)
    if (answer === null) return null
    const { userIds, chatId, failed, title, text } = answer
    const url = linkTo(`/c/${chatId}`)
    const shown = title ?? (failed ? 'Chat failed' : 'Chat finished')
    return tell(userIds, {
      event: failed ? 'chat.failed' : 'chat.finished',
      title: `**${shown}**`,
      text: [text, url].filter((part) => part !== '').join('\n'),
      facts: { action: failed ? 'chat_failed' : 'chat', message: text, title: shown, url },
    })
  }

  return {
    async offered(actor: Actor) {
      await allow(actor)
      return OFFERED
    },

    async list(actor: Actor): Promise<Json[]> {
      const { targets, defaultId } = await listOf(actor)
      return targets.map((target) => shownTarget(target, defaultId))
    },

    async add(actor: Actor, input: TargetInput): Promise<Json> {
      const target = madeTarget(input, null, context.now().seconds)
      const list = await change(actor, (known) => added(known, target, Boolean(textOf(input.id))))
      return shownTarget(list.targets.at(-1) ?? target, list.defaultId)
    },

    async update(actor: Actor, id: string, input: TargetInput): Promise<Json> {
      let made: Target | null = null
      const list = await change(actor, (known) => {
        const old = wantedIn(known, id)
        const next = madeTarget(input, old, context.now().seconds)
        if (next.id !== old.id && findTarget(known, next.id))
          throw refused('notification target id already exists')
        made = next
        const defaultId = known.defaultId === old.id ? next.id : known.defaultId
        return { targets: known.targets.map((target) => (target === old ? next : target)), defaultId }
      })
      return shownTarget(made ?? wantedIn(list, id), list.defaultId)
    },

    async remove(actor: Actor, id: string): Promise<void> {
      await change(actor, (known) => {
        const old = findTarget(known, id)
        if (!old) throw fault.notFound('notification.target_not_found')
        const targets = known.targets.filter((target) => target !== old)
        return { targets, defaultId: known.defaultId === old.id ? (targets[0]?.id ?? null) : known.defaultId }
      })
    },

    async setDefault(actor: Actor, id: string): Promise<Json> {
      const list = await change(actor, (known) => ({ ...known, defaultId: wantedIn(known, id).id }))
      return shownTarget(wantedIn(list, id), list.defaultId)
    },

    async test(actor: Actor, id: string): Promise<void> {
      const target = wantedIn(await listOf(actor), id)
      const text = 'This is a test of your notifications.'
      const facts = { action: 'test', user_id: actor.user.id }
      await deliver(target, { event: 'chat.finished', title: 'Test notification', text, facts }).catch(() => {
        throw refused('Webhook delivery failed')
      })
    },

    /** Hears what happens on this node. */
    onEvent(event: DomainEvent): void {
      if ((event.type !== 'message.created' && event.type !== 'face') || !isOn() || busy >= AT_ONCE_MAX)
        return
      const working = work(event)
      if (working === null) return
      busy += 1
      void working.catch(reportLost).finally(() => (busy -= 1))
    },
  }
}

function wantedIn(list: TargetList, id: string): Target {
  const target = findTarget(list, id)
  if (!target) throw refused('Notification target not found')
  return target
}

/** The end of an answer in a saved chat, as its windows are told it. */
function answerIn(event: DomainEvent) {
  if (event.type !== 'face' || event.face !== 'openwebui' || event.name !== 'events') return null
  const outer = jsonOf(event.data)
  const { type, data } = jsonOf(outer['data'])
  const chatId = textOf(outer['chat_id'])
  const userIds = event.to.users
  if (chatId === null || userIds === undefined || !isSavedChat(chatId) || !isJson(data)) return null
  const failed = type === 'chat:message:error'
  if (!failed && !(type === 'chat:completion' && data['done'] === true && Array.isArray(data['output'])))
    return null
  const text = failed ? (textOf(jsonOf(data['error'])['content']) ?? '') : outputText(data['output'])
  return { userIds, chatId, failed, title: textOf(data['title']), text }
}
