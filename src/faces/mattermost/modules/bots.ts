/** Bot accounts; their tokens are modules/tokens.ts. */
import { Elysia } from 'elysia'
import type { User } from '../../../core/types.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire, toWireOr } from '../ids.ts'
import type { Call } from '../wire/call.ts'
import type { Json } from '../wire/fields.ts'

export const bots = (face: Face) =>
  new Elysia({ name: 'mattermost.bots' })
    .get(
      '/bots',
      face.user((call) => list(face, call)),
    )
    .post(
      '/bots',
      face.user((call) => create(face, call)),
    )
    .get(
      '/bots/:bot_user_id',
      face.user(async (call) => face.json(present(await botOf(face, call)))),
    )
    .put(
      '/bots/:bot_user_id',
      face.user((call) => change(face, call)),
    )
    .post(
      '/bots/:bot_user_id/disable',
      face.user((call) => setActive(face, call, false)),
    )
    .post(
      '/bots/:bot_user_id/enable',
      face.user((call) => setActive(face, call, true)),
    )

async function list(face: Face, call: Call): Promise<Response> {
  const { offset, limit } = call.page()
  const found = await face.core.users.search(call.actor, {
    limit: 1000,
    includeInactive: call.flag('include_deleted'),
  })
  const all = found.users.filter((user) => user.isBot)
  const models = (await face.core.ai.bots()).filter((bot) => !all.some((user) => user.id === bot.id))
  return face.json([...all, ...models].slice(offset, offset + limit).map(present))
}

async function create(face: Face, call: Call): Promise<Response> {
  call.admin()
  const body = await call.fields()
  const username = body.text('username').toLowerCase()
  const bot = await face.core.accounts.create({
    username,
    password: null,
    displayName: body.textOr('display_name') || username,
    isBot: true,
    botOwnerId: call.me,
  })
  const description = body.textOr('description')
  const made = description
    ? await face.core.accounts.updateProfile(call.actor, bot.id, { bio: description })
    : bot
  return face.json(present(made), 201)
}

async function botOf(face: Face, call: Call): Promise<User> {
  const user = await face.core.users.byId(call.id('bot_user_id'))
  if (!user?.isBot) throw refuse.notFound('store.sql_bot.get.missing.app_error', 'There is no such bot.')
  return user
}

/** A bot belongs to who made it, and to administrators. */
async function owned(face: Face, call: Call): Promise<User> {
  const bot = await botOf(face, call)
  if (bot.botOwnerId !== call.me) call.admin()
  if (bot.botModel !== null) {
    throw new MmError(400, 'api.bot.model.app_error', 'This bot speaks for a model; the server keeps it.')
  }
  return bot
}

async function change(face: Face, call: Call): Promise<Response> {
  const bot = await owned(face, call)
  const body = await call.fields()
  const username = body.optional('username')?.toLowerCase()
  const displayName = body.optional('display_name')
  const bio = body.optional('description')
  const after = await face.core.accounts.updateProfile(call.actor, bot.id, {
    ...(username && username !== bot.username ? { username } : {}),
    ...(displayName === undefined ? {} : { displayName: displayName || bot.username }),
    ...(bio === undefined ? {} : { bio }),
  })
  return face.json(present(after))
}

async function setActive(face: Face, call: Call, active: boolean): Promise<Response> {
  const bot = await owned(face, call)
  return face.json(present(await face.core.accounts.setActive(call.actor, bot.id, active)))
}

function present(bot: User): Json {
  return {
    user_id: toWire(bot.id),
    username: bot.username,
    display_name: bot.displayName,
    description: bot.bio,
    owner_id: toWireOr(bot.botOwnerId) || toWire('system'),
    create_at: bot.createdAt,
    update_at: bot.updatedAt,
    delete_at: bot.deactivatedAt ?? 0,
    ...(bot.avatarUpdatedAt ? { last_icon_update: bot.avatarUpdatedAt } : {}),
  }
}
