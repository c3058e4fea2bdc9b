/** Management of incoming and outgoing webhooks; what comes in by them is hooks-in.ts. */
import { Elysia } from 'elysia'
import type { IncomingHook, OutgoingHook } from '../../../core/mattermost-repositories.ts'
import type { Face } from '../face.ts'
import { toWire, toWireOr } from '../ids.ts'
import type { Call } from '../wire/call.ts'
import type { Fields, Json } from '../wire/fields.ts'

export const hooks = (face: Face) =>
  new Elysia({ name: 'mattermost.hooks' })
    .get(
      '/hooks/incoming',
      face.user((call) => listIncoming(face, call)),
    )
    .post(
      '/hooks/incoming',
      face.user(async (call) => {
        const body = await call.fields()
        const made = await face.mm.hooks.incoming.create(call.actor, {
          roomId: body.id('channel_id'),
          displayName: body.textOr('display_name'),
          description: body.textOr('description'),
          username: body.textOr('username'),
          iconUrl: body.textOr('icon_url'),
          roomLocked: body.flag('channel_locked'),
        })
        return face.json(incoming(made), 201)
      }),
    )
    .get(
      '/hooks/incoming/:hook_id',
      face.user(async (call) =>
        face.json(incoming(await face.mm.hooks.incoming.get(call.actor, call.id('hook_id')))),
      ),
    )
    .put(
      '/hooks/incoming/:hook_id',
      face.user(async (call) => {
        const body = await call.fields()
        const roomId = body.idOrNull('channel_id')
        const patch = { ...textsOf(body), ...(roomId ? { roomId } : {}), ...lockOf(body) }
        return face.json(
          incoming(await face.mm.hooks.incoming.update(call.actor, call.id('hook_id'), patch)),
          201,
        )
      }),
    )
    .delete(
      '/hooks/incoming/:hook_id',
      face.user(async (call) => {
        await face.mm.hooks.incoming.remove(call.actor, call.id('hook_id'))
        return face.ok()
      }),
    )
    .get(
      '/hooks/outgoing',
      face.user(async (call) => {
        const { offset, limit } = call.page()
        const [teamId, roomId] = [call.queryId('team_id') ?? null, call.queryId('channel_id') ?? null]
        const all = await face.mm.hooks.outgoing.list(call.actor, teamId, roomId)
        return face.json(all.slice(offset, offset + limit).map(outgoing))
      }),
    )
    .post(
      '/hooks/outgoing',
      face.user(async (call) => {
        const body = await call.fields()
        const made = await face.mm.hooks.outgoing.create(call.actor, {
          teamId: body.id('team_id'),
          roomId: body.idOrNull('channel_id'),
          triggerWords: body.texts('trigger_words'),
          triggerWhen: body.int('trigger_when'),
          callbackUrls: body.texts('callback_urls'),
          displayName: body.textOr('display_name'),
          description: body.textOr('description'),
          contentType: body.textOr('content_type'),
          username: body.textOr('username'),
          iconUrl: body.textOr('icon_url'),
        })
        return face.json(outgoing(made), 201)
      }),
    )
    .get(
      '/hooks/outgoing/:hook_id',
      face.user(async (call) =>
        face.json(outgoing(await face.mm.hooks.outgoing.get(call.actor, call.id('hook_id')))),
      ),
    )
    .put(
      '/hooks/outgoing/:hook_id',
      face.user(async (call) => {
        const patch = outgoingPatch(await call.fields())
        return face.json(outgoing(await face.mm.hooks.outgoing.update(call.actor, call.id('hook_id'), patch)))
      }),
    )
    .delete(
      '/hooks/outgoing/:hook_id',
      face.user(async (call) => {
        await face.mm.hooks.outgoing.remove(call.actor, call.id('hook_id'))
        return face.ok()
      }),
    )
    .post(
      '/hooks/outgoing/:hook_id/regen_token',
      face.user(async (call) =>
        face.json(outgoing(await face.mm.hooks.outgoing.renewToken(call.actor, call.id('hook_id')))),
      ),
    )

async function listIncoming(face: Face, call: Call): Promise<Response> {
  const { offset, limit } = call.page()
  const all = await face.mm.hooks.incoming.list(call.actor, call.queryId('team_id') ?? null)
  const page = all.slice(offset, offset + limit).map(incoming)
  return face.json(
    call.flag('include_total_count') ? { incoming_webhooks: page, total_count: all.length } : page,
  )
}

interface HookTexts {
  displayName?: string
  description?: string
  username?: string
  iconUrl?: string
}

function textsOf(body: Fields): HookTexts {
  const out: HookTexts = {}
  const names = {
    display_name: 'displayName',
    description: 'description',
    username: 'username',
    icon_url: 'iconUrl',
  } as const
  for (const [wire, own] of Object.entries(names)) {
    const value = body.optional(wire)
    if (value !== undefined) out[own] = value
  }
  return out
}

function lockOf(body: Fields): { roomLocked?: boolean } {
  const locked = body.optionalFlag('channel_locked')
  return locked === undefined ? {} : { roomLocked: locked }
}

function outgoingPatch(body: Fields): Parameters<Face['mm']['hooks']['outgoing']['update']>[2] {
  const contentType = body.optional('content_type')
  return {
    ...textsOf(body),
    ...(body.has('channel_id') ? { roomId: body.idOrNull('channel_id') } : {}),
    ...(body.has('trigger_words') ? { triggerWords: body.texts('trigger_words') } : {}),
    ...(body.has('trigger_when') ? { triggerWhen: body.int('trigger_when') } : {}),
    ...(body.has('callback_urls') ? { callbackUrls: body.texts('callback_urls') } : {}),
    ...(contentType === undefined ? {} : { contentType }),
  }
}

function incoming(hook: IncomingHook): Json {
  return {
    id: toWire(hook.id),
    create_at: hook.createdAt,
    update_at: hook.updatedAt,
    delete_at: 0,
    user_id: toWire(hook.userId),
    channel_id: toWire(hook.roomId),
    team_id: toWire(hook.teamId),
    display_name: hook.displayName,
    description: hook.description,
    username: hook.username,
    icon_url: hook.iconUrl,
    channel_locked: hook.roomLocked,
  }
}

function outgoing(hook: OutgoingHook): Json {
  return {
    id: toWire(hook.id),
    token: hook.token,
    create_at: hook.createdAt,
    update_at: hook.updatedAt,
    delete_at: 0,
    creator_id: toWire(hook.userId),
    channel_id: toWireOr(hook.roomId),
    team_id: toWire(hook.teamId),
    trigger_words: hook.triggerWords,
    trigger_when: hook.triggerWhen,
    callback_urls: hook.callbackUrls,
    display_name: hook.displayName,
    description: hook.description,
    content_type: hook.contentType,
    username: hook.username,
    icon_url: hook.iconUrl,
  }
}
