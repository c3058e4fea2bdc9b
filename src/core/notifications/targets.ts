/** Where a person is told of what happens while they are away: webhooks, in their settings as Open WebUI stores them. Pure. */
import { isJson, jsonOf, listOf, textOf } from '../chats/context.ts'
import type { Json, Seconds } from '../chats/rows.ts'
import { fault } from '../faults.ts'

export const NOTIFICATION_EVENTS = [
  'chat.finished',
  'chat.failed',
  'channel.message',
  'calendar.alert',
  'retrieval.content.process_failed',
] as const

export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number]

export interface Target {
  id: string
  type: 'webhook'
  enabled: boolean
  events: string[]
  /** `away`: only when the person has no window open. */
  delivery: 'away' | 'always'
  config: Json & { url: string }
  created_at: Seconds
  updated_at: Seconds
}

export interface TargetInput {
  id?: string | null
  type?: string | null
  enabled?: boolean | null
  events?: readonly string[] | null
  delivery?: string | null
  config?: Json | null
}

export interface TargetList {
  targets: Target[]
  defaultId: string | null
}

const TARGETS_MAX = 20
const URL_MAX_CHARS = 2_000

/** What the settings say; a lone address of older versions counts as one target. */
export function targetsOf(settings: unknown, seconds: Seconds): TargetList {
  const stored = jsonOf(jsonOf(settings)['notifications'])
  const targets = listOf(stored['targets']).flatMap(readTarget)
  if (targets.length > 0)
    return { targets, defaultId: textOf(stored['default_target_id']) ?? targets[0]?.id ?? null }
  const ui = jsonOf(jsonOf(settings)['ui'])
  const url = textOf(stored['webhook_url']) ?? textOf(jsonOf(ui['notifications'])['webhook_url'])
  if (url === null) return { targets: [], defaultId: null }
  const [legacy] = readTarget({
    id: 'webhook',
    events: [...NOTIFICATION_EVENTS],
    config: { url },
    created_at: seconds,
  })
  return { targets: legacy ? [legacy] : [], defaultId: legacy?.id ?? null }
}

/** Anybody may have written the settings: what is no target is none. */
function readTarget(value: unknown): Target[] {
  const target = jsonOf(value)
  const [id, url] = [textOf(target['id']), textOf(jsonOf(target['config'])['url'])]
  if (id === null || url === null || !isWebAddress(url)) return []
  return [
    {
      id,
      type: 'webhook',
      enabled: target['enabled'] !== false,
      events: listOf(target['events']).map(String),
      delivery: target['delivery'] === 'always' ? 'always' : 'away',
      config: { ...jsonOf(target['config']), url },
      created_at: Number(target['created_at']) || 0,
      updated_at: Number(target['updated_at']) || 0,
    },
  ]
}

/** The settings with these targets in them. */
export function withTargets(settings: unknown, { targets, defaultId }: TargetList): Json {
  const all = jsonOf(settings)
  const notifications = { ...jsonOf(all['notifications']), targets, default_target_id: defaultId }
  return { ...all, notifications: { ...notifications, legacy_notification_events_migrated: true } }
}

/** A new target, or `known` changed. Throws with what is wrong with the input. */
export function madeTarget(input: TargetInput, known: Target | null, seconds: Seconds): Target {
  if ((input.type ?? 'webhook') !== 'webhook') throw refused('Unsupported notification target type')
  const config = { ...known?.config, ...input.config }
  const url = addressOf(textOf(config['url'])?.trim() ?? '', known)
  const events = [...new Set(input.events ?? (input.events === null ? [] : (known?.events ?? [])))]
  const strange = events.find((event) => !NOTIFICATION_EVENTS.some((one) => one === event))
  if (strange !== undefined) throw refused(`unsupported notification event: ${strange}`)
  const delivery = input.delivery ?? known?.delivery ?? 'away'
  if (delivery !== 'away' && delivery !== 'always') throw refused('Invalid notification delivery mode')
  return {
    id: plainId(textOf(input.id) ?? known?.id ?? new URL(url).hostname),
    type: 'webhook',
    enabled: input.enabled ?? known?.enabled ?? true,
    events,
    delivery,
    config: { ...config, url },
    created_at: known?.created_at || seconds,
    updated_at: seconds,
  }
}

/** People are shown the masked address, and send it back: it means the one that is known. */
function addressOf(given: string, known: Target | null): string {
  const url = given.includes('...') ? (known?.config.url ?? '') : given
  if (url === '') throw refused('Webhook URL is required')
  if (url.length > URL_MAX_CHARS || !isWebAddress(url)) throw refused('Invalid webhook URL')
  return url
}

const isWebAddress = (url: string): boolean => /^https?:$/.test(URL.parse(url)?.protocol ?? '')

const plainId = (text: string): string =>
  text
    .replace(/[^a-zA-Z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 100) || 'target'

/** Adds it; an id that the person did not choose gets a number where it is taken. */
export function added(list: TargetList, target: Target, chosen: boolean): TargetList {
  if (list.targets.length >= TARGETS_MAX) throw refused(`There can be ${TARGETS_MAX} notification targets.`)
  const taken = new Set(list.targets.map(({ id }) => id.toLowerCase()))
  if (chosen && taken.has(target.id)) throw refused('notification target id already exists')
  let id = target.id
  for (let n = 2; taken.has(id); n += 1) id = `${target.id}-${n}`
  return { targets: [...list.targets, { ...target, id }], defaultId: list.defaultId ?? id }
}

export const findTarget = (list: TargetList, id: string): Target | null =>
  list.targets.find((target) => target.id.toLowerCase() === id.toLowerCase()) ?? null

/** As its owner is shown it: the address says where to, not the secret in it. */
export function shownTarget(target: Target, defaultId: string | null): Json {
  const { url, ...config } = target.config
  const address = URL.parse(url)
  const path = address?.pathname ?? ''
  const masked = address ? `${address.protocol}//${address.hostname}/...${path.slice(-4)}` : '****'
  return { ...target, config: { ...config, url_masked: masked }, is_default: target.id === defaultId }
}

export const refused = (text: string) => fault.invalid('notification.refused', text)

/** What services want: Slack and Google a `text`, Discord a `content`, Teams a card, all others the facts. */
export function payloadFor(url: string, title: string, text: string, facts: Json): Json {
  const whole = text === '' || text === title ? title : `${title}\n${text}`
  const host = URL.parse(url)?.hostname ?? ''
  if (host === 'hooks.slack.com' || host === 'chat.googleapis.com') return { text: whole }
  if (host === 'discord.com' || host === 'discordapp.com') return { content: whole.slice(0, 1_990) }
  if (host.endsWith('webhook.office.com')) {
    return {
      '@type': 'MessageCard',
      '@context': 'http://schema.org/extensions',
      summary: title,
      sections: [{ activityTitle: title, text, markdown: true }],
    }
  }
  return isJson(facts) ? facts : {}
}
