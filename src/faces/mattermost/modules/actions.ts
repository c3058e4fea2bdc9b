/** Buttons and menus in posts, dialogs, and reminders of posts. */
import { Elysia } from 'elysia'
import { actorFor } from '../../../core/mattermost/hooks.ts'
import type { Message, Room } from '../../../core/types.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire, toWireOr } from '../ids.ts'
import { STOP_ACTION } from '../present/ai.ts'
import { PROPS_KEY } from '../present/post.ts'
import { slackText } from '../present/program-post.ts'
import type { Call } from '../wire/call.ts'
import { isRecord, type Json } from '../wire/fields.ts'

const TIMEOUT_MS = 30_000

export const actions = (face: Face) =>
  new Elysia({ name: 'mattermost.actions' })
    .post(
      '/posts/:post_id/actions/:action_id',
      face.user((call) => press(face, call)),
    )
    .post(
      '/actions/dialogs/open',
      face.open(async (call) => {
        const body = await call.fields()
        const userId = await face.mm.triggers.open(body.text('trigger_id'))
        if (!userId) {
          const id = 'interactive_message.decode_trigger_id.expired'
          throw new MmError(400, id, 'Trigger ID for interactive dialog is expired or false.')
        }
        const dialog = body.record('dialog')
        if (!dialog) throw refuse.bodyParam('dialog')
        const data = { trigger_id: body.text('trigger_id'), url: body.text('url'), dialog }
        face.mm.signals.send('open_dialog', { users: [userId] }, data)
        return face.ok()
      }),
    )
    .post(
      '/actions/dialogs/submit',
      face.user((call) => submit(face, call, 'dialog_submission')),
    )
    .post(
      '/actions/dialogs/lookup',
      face.user((call) => submit(face, call, 'dialog_lookup')),
    )
    .post(
      '/users/:user_id/posts/:post_id/reminder',
      face.user(async (call) => {
        if (call.userId() !== call.me) throw refuse.permission()
        // Seconds, unlike the other times.
        const at = (await call.fields()).int('target_time')
        await face.mm.reminders.set(call.actor, call.id('post_id'), at * 1000)
        await confirmReminder(face, call, at)
        return face.ok()
      }),
    )
    .post(
      '/notifications/test',
      face.user(async (call) => {
        await face.mm.reminders.test(call.actor)
        return face.ok()
      }),
    )

/** Clients put the time into the person's own words; it stands in the thread of the post. */
async function confirmReminder(face: Face, call: Call, atS: number): Promise<void> {
  const { message, room } = await face.core.messages.get(call.actor, call.id('post_id'))
  const username = (await face.core.users.byId(message.senderId))?.username ?? ''
  const team = room.teamId ? await face.mm.lookups.team(room.teamId) : null
  const post_id = toWire(message.id)
  const link = `${face.siteUrl()}/${team?.slug ?? '_redirect'}/pl/${post_id}`
  face.mm.signals.ephemeral({
    userId: call.me,
    roomId: room.id,
    rootId: message.threadId ?? message.id,
    from: call.me,
    text: `You will be reminded about ${link} by @${username} at ${new Date(atS * 1000).toUTCString()}`,
    props: {
      type: 'reminder',
      target_time: atS,
      team_name: team?.slug ?? '',
      post_id,
      username,
    },
  })
}

async function press(face: Face, call: Call): Promise<Response> {
  const body = await call.fields(true)
  const actionId = call.param('action_id')
  const { message, room } = await face.core.messages.get(call.actor, call.id('post_id'))
  const trigger_id = await face.mm.triggers.sign(call.me)
  if (actionId === STOP_ACTION && message.ai) {
    await face.core.ai.stop(call.actor, message.id)
  } else {
    const action = actionOf(message, actionId)
    if (!action) throw refuse.notFound('api.post.do_action.action_id.app_error', 'Invalid action id.')
    const chosen = { selected_option: body.textOr('selected_option'), trigger_id }
    await askIntegration(face, call, { message, room, action, chosen })
  }
  return face.json({ status: 'OK', trigger_id })
}

function actionOf(message: Message, actionId: string): Json | null {
  const props = message.props[PROPS_KEY]
  const attachments =
    isRecord(props) && Array.isArray(props.attachments) ? props.attachments.filter(isRecord) : []
  for (const { actions: list } of attachments) {
    const found = Array.isArray(list)
      ? list.filter(isRecord).find((action) => action.id === actionId)
      : undefined
    if (found) return found
  }
  return null
}

interface Press {
  message: Message
  room: Room
  action: Json
  chosen: { selected_option: string; trigger_id: string }
}

async function askIntegration(
  face: Face,
  call: Call,
  { message, room, action, chosen }: Press,
): Promise<void> {
  const integration = isRecord(action.integration) ? action.integration : {}
  const context = isRecord(integration.context) ? integration.context : {}
  const answer = await askJson(face, String(integration.url ?? ''), {
    user_id: toWire(call.me),
    user_name: call.actor.user.username,
    channel_id: toWire(room.id),
    channel_name: room.slug,
    team_id: toWireOr(room.teamId),
    team_domain: '',
    post_id: toWire(message.id),
    trigger_id: chosen.trigger_id,
    type: action.type ?? 'button',
    data_source: action.data_source ?? '',
    context: chosen.selected_option ? { ...context, selected_option: chosen.selected_option } : context,
  })
  if (isRecord(answer.update)) await applyUpdate(face, message, answer.update)
  const text = typeof answer.ephemeral_text === 'string' ? answer.ephemeral_text : ''
  if (text === '') return
  const shown = answer.skip_slack_parsing === true ? text : slackText(text)
  face.mm.signals.ephemeral({
    userId: call.me,
    roomId: room.id,
    rootId: message.threadId,
    text: shown,
    from: message.senderId,
  })
}

/** The program may rewrite the post that it is asked about, whoever pressed. */
async function applyUpdate(face: Face, message: Message, update: Json): Promise<void> {
  const author = await face.core.users.byId(message.senderId)
  if (!author) return
  const text = typeof update.message === 'string' ? update.message : undefined
  await face.core.messages.edit(actorFor(author), message.id, {
    ...(text ? { content: text } : {}),
    props: {
      ...(text ? { 'mattermost.textless': false } : {}),
      ...(isRecord(update.props) ? { [PROPS_KEY]: update.props } : {}),
    },
  })
}

async function submit(face: Face, call: Call, type: string): Promise<Response> {
  const body = await call.fields()
  const roomId = body.idOrNull('channel_id')
  if (roomId) await face.core.rooms.get(call.actor, roomId)
  const { url, ...rest } = body.all
  if (typeof url !== 'string') throw refuse.bodyParam('url')
  return face.json(await askJson(face, url, { ...rest, type, user_id: toWire(call.me) }))
}

async function askJson(face: Face, url: string, body: Json): Promise<Json> {
  try {
    const answer = await face.mm.outside.send({
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
    })
    if (answer.status < 200 || answer.status >= 300) throw new Error(`Status ${answer.status}.`)
    const value: unknown = answer.text.trim() === '' ? {} : JSON.parse(answer.text)
    return isRecord(value) ? value : {}
  } catch (error) {
    face.log.warn('an integration could not be asked', { error })
    throw new MmError(400, 'api.post.do_action.action_integration.app_error', 'Action integration error.')
  }
}
