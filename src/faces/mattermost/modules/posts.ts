/** Posts: writing, changing, pinning, one at a time. Pages of them are modules/history.ts. */
import { Elysia } from 'elysia'
import { AppFault } from '../../../core/faults.ts'
import type { Message } from '../../../core/types.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire, toWireOr } from '../ids.ts'
import { tellOfMissed } from './missed-mentions.ts'
import { presentMessageFile } from '../present/files.ts'
import { CHANNEL_TYPE } from '../present/places.ts'
import { presentEphemeral, presentReaction, presentReactions, PROPS_KEY } from '../present/post.ts'
import { postJson, postJsons, postListJson, threadModeOf } from '../present/post-lists.ts'
import type { Call } from '../wire/call.ts'
import { Fields, idsOf, isRecord, type Json } from '../wire/fields.ts'

/** Props by which a post pretends to come from somewhere else; only programs may set them. */
const PROGRAM_PROPS = [
  'from_webhook',
  'from_bot',
  'from_plugin',
  'from_oauth_app',
  'override_username',
  'override_icon_url',
  'override_icon_emoji',
  'webhook_display_name',
]
/** As Mattermost bounds them. */
const PROPS_MAX = 800_000
const FILES_MAX = 10

export const posts = (face: Face) =>
  new Elysia({ name: 'mattermost.posts' })
    .post(
      '/posts',
      face.user((call) => create(face, call)),
    )
    .post(
      '/posts/ephemeral',
      face.user((call) => ephemeral(face, call)),
    )
    .post(
      '/posts/ids',
      face.user(async (call) => {
        const ids = idsOf(await call.list('post_ids'), 'post_ids')
        const found = await face.core.messages.getMany(call.actor, ids)
        return face.raw(`[${(await postJsons(face, call.actor, found)).join(',')}]`)
      }),
    )
    .post(
      '/posts/ids/reactions',
      face.user(async (call) => {
        const ids = idsOf(await call.list('post_ids'), 'post_ids')
        const found = await face.core.messages.getMany(call.actor, ids)
        return face.json(Object.fromEntries(found.map((one) => [toWire(one.id), presentReactions(one)])))
      }),
    )
    .get(
      '/posts/:post_id',
      face.user(async (call) => {
        const { message } = await face.core.messages.get(call.actor, call.id('post_id'))
        return face.tagged(call, await postJson(face, call.actor, message))
      }),
    )
    .put(
      '/posts/:post_id',
      face.user((call) => change(face, call)),
    )
    .put(
      '/posts/:post_id/patch',
      face.user((call) => change(face, call)),
    )
    .delete(
      '/posts/:post_id',
      face.user(async (call) => {
        await face.core.messages.remove(call.actor, call.id('post_id'))
        return face.ok()
      }),
    )
    .post(
      '/posts/:post_id/pin',
      face.user(async (call) => {
        await face.core.messages.pin(call.actor, call.id('post_id'))
        return face.ok()
      }),
    )
    .post(
      '/posts/:post_id/unpin',
      face.user(async (call) => {
        await face.core.messages.unpin(call.actor, call.id('post_id'))
        return face.ok()
      }),
    )
    .get(
      '/posts/:post_id/edit_history',
      face.user((call) => editHistory(face, call)),
    )
    .post(
      '/posts/:post_id/restore/:restore_version_id',
      face.user((call) => restore(face, call)),
    )
    .get(
      '/posts/:post_id/files/info',
      face.user(async (call) => {
        const { message } = await face.core.messages.get(call.actor, call.id('post_id'))
        const files = message.files.map((file) => presentMessageFile(file, message))
        return face.tagged(call, JSON.stringify(files))
      }),
    )
    .get(
      '/posts/:post_id/info',
      face.user((call) => info(face, call)),
    )
    .get(
      '/posts/:post_id/reactions',
      face.user(async (call) => {
        const { message } = await face.core.messages.get(call.actor, call.id('post_id'))
        return face.json(presentReactions(message))
      }),
    )
    .post(
      '/reactions',
      face.user((call) => react(face, call)),
    )
    .delete(
      '/users/:user_id/posts/:post_id/reactions/:emoji_name',
      face.user(async (call) => {
        if (call.userId() !== call.me) throw refuse.permission()
        await face.core.messages.unreact(call.actor, call.id('post_id'), emojiName(call.param('emoji_name')))
        return face.ok()
      }),
    )
    .get(
      '/channels/:channel_id/pinned',
      face.user(async (call) => {
        const pins = await face.core.messages.pins(call.actor, call.id('channel_id'))
        const newestFirst = pins.toSorted((a, b) => b.createdAt - a.createdAt)
        return face.tagged(call, await postListJson(face, call.actor, newestFirst, threadModeOf(call)))
      }),
    )

async function create(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  if (body.textOr('type').startsWith('system_')) {
    throw new MmError(400, 'api.context.invalid_param.app_error', 'Users may not write system messages.')
  }
  const pending = body.textOr('pending_post_id')
  const fileIds = body.ids('file_ids')
  if (fileIds.length > FILES_MAX) throw refuse.bodyParam('file_ids')
  const { content, props } = contentOf(body, call.actor.user.isBot)
  const draft = {
    content,
    threadId: body.idOrNull('root_id'),
    ...(fileIds.length > 0 ? { fileIds } : {}),
    ...(pending ? { clientId: pending } : {}),
    ...(props ? { props } : {}),
  }
  const message = await face.core.messages.post(call.actor, body.id('channel_id'), draft).catch(rootMissing)
  face.preview(message, call.actor.user)
  tellOfMissed(face, call.actor, message).catch((error: unknown) =>
    face.log.warn('an author could not be told whom a post misses', { error }),
  )
  return face.raw(await postJson(face, call.actor, message, pending), 201)
}

/** A root that is not in this channel is a mistake of the request here, and not something that was looked for. */
function rootMissing(error: unknown): never {
  if (!(error instanceof AppFault) || error.code !== 'message.not_found') throw error
  throw new MmError(400, 'api.post.create_post.root_id.app_error', 'Invalid RootId parameter.')
}

/** Attachments without a text get their words as text, so that other faces have something to show. */
export function contentOf(body: Fields, program: boolean): { content: string; props?: Json } {
  const sent = { ...body.record('props') }
  if (!program) for (const name of PROGRAM_PROPS) delete sent[name]
  if (JSON.stringify(sent).length > PROPS_MAX) throw refuse.bodyParam('props')
  const text = body.textOr('message')
  const stored = Object.keys(sent).length > 0 ? { [PROPS_KEY]: sent } : undefined
  if (text !== '' || !Array.isArray(sent.attachments))
    return { content: text, ...(stored ? { props: stored } : {}) }
  return { content: attachmentText(sent.attachments), props: { ...stored, 'mattermost.textless': true } }
}

function attachmentText(attachments: unknown[]): string {
  const lines = attachments.filter(isRecord).flatMap((one) => {
    const shown = ['pretext', 'title', 'text']
      .map((name) => one[name])
      .filter((part) => typeof part === 'string' && part)
    return shown.length > 0 ? shown : [one.fallback]
  })
  return lines.filter((line) => typeof line === 'string' && line !== '').join('\n')
}

async function ephemeral(face: Face, call: Call): Promise<Response> {
  if (!call.isAdmin && !call.actor.user.isBot) throw refuse.permission()
  const body = await call.fields()
  const post = body.record('post')
  if (!post) throw refuse.bodyParam('post')
  const roomId = new Fields(post).id('channel_id')
  await face.core.rooms.get(call.actor, roomId)
  const text = typeof post.message === 'string' ? post.message : ''
  const told = face.mm.signals.ephemeral({
    userId: body.id('user_id'),
    roomId,
    rootId: null,
    text,
    from: call.me,
  })
  return face.json(presentEphemeral(told), 201)
}

async function change(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const id = call.id('post_id')
  const { message } = await face.core.messages.get(call.actor, id)
  let after = message
  const pinned = body.optionalFlag('is_pinned')
  if (pinned !== undefined && pinned !== (message.pinnedAt !== null)) {
    after = await (pinned ? face.core.messages.pin(call.actor, id) : face.core.messages.unpin(call.actor, id))
  }
  const edit = editOf(body, message, call.actor.user.isBot)
  if (Object.keys(edit).length > 0) after = await face.core.messages.edit(call.actor, id, edit)
  if (edit.content && message.senderId === call.me) face.preview(after, call.actor.user)
  return face.raw(await postJson(face, call.actor, after))
}

function editOf(
  body: Fields,
  message: Message,
  program: boolean,
): Parameters<Face['core']['messages']['edit']>[2] {
  const out: Parameters<Face['core']['messages']['edit']>[2] = {}
  const text = body.optional('message')
  if (text !== undefined && text !== message.content) out.content = text
  if (out.content && message.props['mattermost.textless']) out.props = { 'mattermost.textless': false }
  if (body.has('props')) {
    const { props } = contentOf(body, program)
    const before = message.props[PROPS_KEY] ?? {}
    const next = props?.[PROPS_KEY] ?? {}
    if (!Bun.deepEquals(before, next)) out.props = { ...out.props, [PROPS_KEY]: next }
  }
  if (body.has('file_ids')) {
    const fileIds = body.ids('file_ids')
    if (
      !Bun.deepEquals(
        fileIds,
        message.files.map((file) => file.id),
      )
    )
      out.fileIds = fileIds
  }
  return out
}

/** Earlier texts as posts of their own, newest first, that name the post they were. */
async function editHistory(face: Face, call: Call): Promise<Response> {
  const { message } = await face.core.messages.get(call.actor, call.id('post_id'))
  if (message.senderId !== call.me && !call.isAdmin) throw refuse.permission()
  const edits = await face.core.messages.edits(call.actor, message.id)
  if (edits.length === 0)
    throw refuse.notFound('app.post.get_post_edit_history.app_error', 'This post was never edited.')
  const shown = face.posts.object(message)
  const newestFirst = edits.toSorted((a, b) => b.editedAt - a.editedAt)
  return face.json(
    newestFirst.map((edit) => ({
      ...shown,
      id: toWire(edit.id),
      original_id: shown.id,
      message: edit.content,
      update_at: edit.editedAt,
      edit_at: edit.editedAt,
      delete_at: edit.editedAt,
    })),
  )
}

async function restore(face: Face, call: Call): Promise<Response> {
  const id = call.id('post_id')
  const version = call.id('restore_version_id')
  const edit = (await face.core.messages.edits(call.actor, id)).find((one) => one.id === version)
  if (!edit) throw refuse.notFound('app.post.get.app_error', 'There is no such version.')
  const after = await face.core.messages.edit(call.actor, id, { content: edit.content })
  return face.raw(await postJson(face, call.actor, after))
}

async function info(face: Face, call: Call): Promise<Response> {
  const message = await face.mm.lookups.message(call.id('post_id'))
  if (!message) throw refuse.notFound('app.post.get.app_error', 'Unable to get the post.')
  // Who may know the channel may know that the post is in it, and join to read it.
  const { room, member } = await face.core.rooms.get(call.actor, message.roomId)
  const team = room.teamId ? await face.core.teams.byId(call.actor, room.teamId) : null
  const inTeam = team ? await face.core.teams.member(call.actor, team.id, call.me) : null
  return face.json({
    channel_id: toWire(room.id),
    channel_type: CHANNEL_TYPE[room.kind],
    channel_display_name: room.name,
    has_joined_channel: member !== null,
    team_id: toWireOr(room.kind === 'direct' || room.kind === 'group' ? null : room.teamId),
    team_type: team ? (team.open ? 'O' : 'I') : '',
    team_display_name: team?.displayName ?? '',
    has_joined_team: inTeam !== null && inTeam.deletedAt === null,
  })
}

async function react(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  if (body.id('user_id') !== call.me) throw refuse.permission()
  const name = emojiName(body.text('emoji_name'))
  const message = await face.core.messages.react(call.actor, body.id('post_id'), name)
  return face.json(presentReaction(message, call.me, name, Date.now()))
}

function emojiName(name: string): string {
  if (!/^[A-Za-z0-9_+-]{1,64}$/.test(name)) throw refuse.bodyParam('emoji_name')
  return name
}
