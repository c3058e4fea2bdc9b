/** What a person sets for themselves: preferences, state, custom status, typing. */
import { Elysia } from 'elysia'
import type { Preference, PresenceState, Uuid } from '../../../core/types.ts'
import { refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { fromWire, toWire } from '../ids.ts'
import { presentStatus } from '../present/people.ts'
import type { Call } from '../wire/call.ts'
import { followPreferences } from './follow-preferences.ts'
import { Fields, idsOf, isRecord, type Json } from '../wire/fields.ts'

const RECENT_MAX = 5
const STATES = new Set<string>(['online', 'away', 'dnd', 'offline'])

export const settings = (face: Face) =>
  new Elysia({ name: 'mattermost.settings' })
    .get(
      '/users/:user_id/preferences',
      face.user(async (call) =>
        face.json(shown(call, await face.core.preferences.list(call.actor, call.selfOrAdmin()))),
      ),
    )
    .put(
      '/users/:user_id/preferences',
      face.user(async (call) => {
        const userId = call.selfOrAdmin()
        const list = preferencesOf(await call.list('preferences', 100), userId)
        await face.core.preferences.set(call.actor, userId, list)
        await followPreferences(face, call, list, true)
        return face.ok()
      }),
    )
    .post(
      '/users/:user_id/preferences/delete',
      face.user(async (call) => {
        const userId = call.selfOrAdmin()
        const list = preferencesOf(await call.list('preferences', 100), userId)
        await face.core.preferences.remove(call.actor, userId, list)
        await followPreferences(face, call, list, false)
        return face.ok()
      }),
    )
    .get(
      '/users/:user_id/preferences/:category',
      face.user(async (call) => {
        const found = await face.core.preferences.list(call.actor, call.selfOrAdmin(), call.param('category'))
        if (found.length === 0) throw noPreference()
        return face.json(shown(call, found))
      }),
    )
    .get(
      '/users/:user_id/preferences/:category/name/:preference_name',
      face.user(async (call) => {
        const [category, name] = [call.param('category'), call.param('preference_name')]
        const found = await face.core.preferences.get(call.actor, call.selfOrAdmin(), category, name)
        if (!found) throw noPreference()
        return face.json(shown(call, [found])[0])
      }),
    )
    .get(
      '/users/:user_id/status',
      face.user(async (call) => {
        const userId = call.userId()
        return face.json(presentStatus(userId, (await face.core.presence.of([userId])).get(userId)))
      }),
    )
    .post(
      '/users/status/ids',
      face.user(async (call) => {
        const ids = idsOf(await call.list('user_ids'), 'user_ids')
        const known = await face.core.presence.of(ids)
        return face.json(ids.map((id) => presentStatus(id, known.get(id))))
      }),
    )
    .put(
      '/users/:user_id/status',
      face.user((call) => setStatus(face, call)),
    )
    .put(
      '/users/:user_id/status/custom',
      face.user((call) => setCustom(face, call)),
    )
    .delete(
      '/users/:user_id/status/custom',
      face.user(async (call) => {
        ownOnly(call)
        await saveProps(face, call, { customStatus: '' })
        return face.ok()
      }),
    )
    .delete(
      '/users/:user_id/status/custom/recent',
      face.user((call) => forgetRecent(face, call)),
    )
    .post(
      '/users/:user_id/status/custom/recent/delete',
      face.user((call) => forgetRecent(face, call)),
    )
    .post(
      '/users/:user_id/typing',
      face.user(async (call) => {
        ownOnly(call)
        const body = await call.fields()
        await face.core.typing.start(call.actor, body.id('channel_id'), body.idOrNull('parent_id'))
        return face.ok()
      }),
    )

function ownOnly(call: Call): void {
  if (call.userId() !== call.me) throw refuse.permission()
}

function noPreference() {
  return refuse.notFound('app.preference.get.app_error', 'There is no such preference.')
}

function shown(call: Call, list: readonly Preference[]): Json[] {
  const userId = call.params.user_id === 'me' ? null : call.params.user_id
  return list.map((one) => presentPreference(one, userId))
}

export function presentPreference(one: Preference, wireUserId?: string | null): Json {
  return {
    user_id: wireUserId ?? toWire(one.userId),
    category: one.category,
    name: one.name,
    value: one.value,
  }
}

function preferencesOf(list: unknown[], userId: Uuid): Preference[] {
  if (list.length === 0) throw refuse.bodyParam('preferences')
  return list.map((entry) => {
    const fields = Fields.of(entry, 'preferences')
    const owner = fields.textOr('user_id')
    if (owner !== '' && fromWire(owner) !== userId) throw refuse.permission()
    const name = fields.textOr('name')
    return { userId, category: fields.text('category'), name, value: fields.textOr('value') }
  })
}

async function setStatus(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const userId = call.userId()
  if (body.id('user_id') !== userId) throw refuse.bodyParam('user_id')
  if (userId !== call.me) throw refuse.permission()
  const status = body.text('status')
  if (!STATES.has(status)) throw refuse.bodyParam('status')
  const endS = body.int('dnd_end_time')
  // "Online" is what one is without choosing: it gives the choice back.
  const state = status === 'online' ? null : (status as PresenceState)
  await face.core.presence.set(call.actor, state, status === 'dnd' && endS > 0 ? endS * 1000 : null)
  return face.json(presentStatus(userId, (await face.core.presence.of([userId])).get(userId)))
}

interface CustomStatus {
  emoji: string
  text: string
  duration: string
  expires_at: string
}

async function setCustom(face: Face, call: Call): Promise<Response> {
  ownOnly(call)
  const status = customOf(await call.fields())
  const recent = [status, ...recentOf(call).filter((one) => !same(one, status))].slice(0, RECENT_MAX)
  await saveProps(face, call, {
    customStatus: JSON.stringify(status),
    recentCustomStatuses: JSON.stringify(recent),
  })
  return face.ok()
}

function customOf(body: Fields): CustomStatus {
  const text = body.textOr('text').slice(0, 100)
  const emoji = body.textOr('emoji') || 'speech_balloon'
  return { emoji, text, duration: body.textOr('duration'), expires_at: body.textOr('expires_at') }
}

async function forgetRecent(face: Face, call: Call): Promise<Response> {
  ownOnly(call)
  const status = customOf(await call.fields())
  const recent = recentOf(call).filter((one) => !same(one, status))
  await saveProps(face, call, { recentCustomStatuses: JSON.stringify(recent) })
  return face.ok()
}

function same(a: CustomStatus, b: CustomStatus): boolean {
  return a.emoji === b.emoji && a.text === b.text
}

function recentOf(call: Call): CustomStatus[] {
  try {
    const list: unknown = JSON.parse(call.actor.user.profile.props.recentCustomStatuses ?? '[]')
    return Array.isArray(list) ? list.filter(isRecord).map((one) => customOf(new Fields(one))) : []
  } catch {
    return []
  }
}

/** An empty text takes the key away. */
async function saveProps(face: Face, call: Call, change: Record<string, string>): Promise<void> {
  const props = { ...call.actor.user.profile.props, ...change }
  for (const [key, value] of Object.entries(props)) if (value === '') delete props[key]
  await face.core.accounts.updateProfile(call.actor, call.me, { profile: { props } })
}
