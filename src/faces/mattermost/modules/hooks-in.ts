/** `/hooks/{id}`: what other programs post. The id is the secret; answers are plain text. */
import { Elysia } from 'elysia'
import type { Actor, Room, Uuid } from '../../../core/types.ts'
import type { IncomingHook } from '../../../core/mattermost-repositories.ts'
import { MmError } from '../errors.ts'
import type { Face } from '../face.ts'
import { fromWire } from '../ids.ts'
import { programPost } from '../present/program-post.ts'
import type { OpenCall } from '../wire/call.ts'
import { isRecord, type Json } from '../wire/fields.ts'

const BODY_MAX = 300_000

export const hooksIn = (face: Face) =>
  new Elysia({ name: 'mattermost.hooks-in' }).post(
    '/hooks/:hook_id',
    face.open((call) => receive(face, call)),
  )

async function receive(face: Face, call: OpenCall): Promise<Response> {
  if (!face.config.value('ServiceSettings.EnableIncomingWebhooks', true)) {
    throw new MmError(501, 'web.incoming_webhook.disabled.app_error', 'Incoming webhooks have been disabled.')
  }
  const id = fromWire(call.param('hook_id'))
  const found = id && (await face.mm.hooks.incoming.open(id))
  if (!found) throw new MmError(400, 'web.incoming_webhook.invalid.app_error', 'Invalid webhook.')
  const payload = await payloadOf(call)
  const post = programPost(payload, overridesOf(face, payload, found.hook))
  if (!post) throw new MmError(400, 'web.incoming_webhook.text.app_error', 'No text specified.')
  const roomId = await targetOf(face, payload, found.hook, found.actor)
  await face.core.messages.post(found.actor, roomId, post)
  return new Response('ok', { headers: face.replies.headers('text/plain') })
}

async function payloadOf(call: OpenCall): Promise<Json> {
  if (Number(call.header('content-length') ?? 0) > BODY_MAX) throw unreadable()
  const type = call.header('content-type') ?? ''
  try {
    const value: unknown = type.includes('form') ? await formPayload(call.request) : await call.request.json()
    if (isRecord(value)) return value
  } catch {
    throw unreadable()
  }
  throw unreadable()
}

/** Slack's way: one field `payload` with JSON in it. */
async function formPayload(request: Request): Promise<unknown> {
  const form = await request.formData()
  const payload = form.get('payload')
  if (typeof payload === 'string') return JSON.parse(payload) as unknown
  const fields: Json = {}
  for (const [name, value] of form.entries()) if (typeof value === 'string') fields[name] = value
  return fields
}

function unreadable(): MmError {
  return new MmError(400, 'web.incoming_webhook.parse.app_error', 'Unable to parse incoming data.')
}

function overridesOf(face: Face, payload: Json, hook: IncomingHook): Json {
  const out: Json = { from_webhook: 'true', webhook_display_name: hook.displayName }
  const text = (name: string) => (typeof payload[name] === 'string' ? payload[name] : '')
  if (face.config.value('ServiceSettings.EnablePostUsernameOverride', false)) {
    out.override_username = text('username') || hook.username
  }
  if (face.config.value('ServiceSettings.EnablePostIconOverride', false)) {
    out.override_icon_url = text('icon_url') || hook.iconUrl
    if (text('icon_emoji')) out.override_icon_emoji = text('icon_emoji').replaceAll(':', '')
  }
  return Object.fromEntries(Object.entries(out).filter(([, value]) => value !== ''))
}

/** `channel`: a channel's name (with or without #), or @somebody; the owner must be able to post there. */
async function targetOf(face: Face, payload: Json, hook: IncomingHook, actor: Actor): Promise<Uuid> {
  const wanted = typeof payload.channel === 'string' ? payload.channel.trim() : ''
  if (wanted === '') return hook.roomId
  if (hook.roomLocked) {
    const room = (await face.core.rooms.get(actor, hook.roomId)).room
    if (wanted.replace(/^#/, '') === room.slug) return room.id
    throw new MmError(
      403,
      'web.incoming_webhook.channel_locked.app_error',
      'This webhook is locked to its channel.',
    )
  }
  return wanted.startsWith('@')
    ? direct(face, actor, wanted.slice(1))
    : (await named(face, hook, actor, wanted)).id
}

async function direct(face: Face, actor: Actor, username: string): Promise<Uuid> {
  const user = await face.core.users.byUsername(username)
  if (!user) throw new MmError(400, 'web.incoming_webhook.user.app_error', 'Could not find the user.')
  return (await face.core.rooms.direct(actor, [actor.user.id, user.id])).id
}

async function named(face: Face, hook: IncomingHook, actor: Actor, name: string): Promise<Room> {
  return (await face.core.rooms.bySlug(actor, hook.teamId, name.replace(/^#/, '').toLowerCase())).room
}
