/** Followed threads and their read state. */
import { Elysia } from 'elysia'
import type { ThreadState } from '../../../core/core.ts'
import type { Uuid } from '../../../core/types.ts'
import { refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import { threadJson } from '../present/threads.ts'
import type { Call } from '../wire/call.ts'

const BASE = '/users/:user_id/teams/:team_id/threads'

export const threads = (face: Face) =>
  new Elysia({ name: 'mattermost.threads' })
    .get(
      BASE,
      face.user((call) => list(face, call)),
    )
    .put(
      `${BASE}/read`,
      face.user(async (call) => {
        own(call)
        const teamId = call.id('team_id')
        await face.core.threads.markAllRead(call.actor, teamId)
        face.mm.signals.send('threads_read', { users: [call.me] }, { teamId, at: Date.now() })
        return face.ok()
      }),
    )
    .get(
      `${BASE}/:thread_id`,
      face.user(async (call) => {
        own(call)
        const state = await face.core.threads.get(call.actor, call.id('thread_id'))
        if (!state.following)
          throw refuse.notFound('app.user.get_threads_for_user.not_found', 'You do not follow this thread.')
        return face.raw(await threadText(face, call, state, call.flag('extended')))
      }),
    )
    .put(
      `${BASE}/:thread_id/following`,
      face.user((call) => follow(face, call, true)),
    )
    .delete(
      `${BASE}/:thread_id/following`,
      face.user((call) => follow(face, call, false)),
    )
    .put(
      `${BASE}/:thread_id/read/:timestamp`,
      face.user(async (call) => {
        own(call)
        const at = Number(call.param('timestamp'))
        if (!Number.isFinite(at)) throw refuse.urlParam('timestamp')
        const state = await face.core.threads.markRead(call.actor, call.id('thread_id'), at)
        return face.raw(await threadText(face, call, state, true))
      }),
    )
    .post(
      `${BASE}/:thread_id/set_unread/:post_id`,
      face.user(async (call) => {
        own(call)
        const { message } = await face.core.messages.get(call.actor, call.id('post_id'))
        const state = await face.core.threads.markRead(
          call.actor,
          call.id('thread_id'),
          message.createdAt - 1,
        )
        return face.raw(await threadText(face, call, state, true))
      }),
    )

function own(call: Call): void {
  if (call.userId() !== call.me) throw refuse.permission()
}

async function follow(face: Face, call: Call, following: boolean): Promise<Response> {
  own(call)
  await face.core.threads.follow(call.actor, call.id('thread_id'), following)
  return face.ok()
}

async function list(face: Face, call: Call): Promise<Response> {
  own(call)
  const teamId = call.id('team_id')
  const totalsOnly = call.flag('totalsOnly')
  const before = call.queryId('before')
  const after = call.queryId('after')
  const since = call.int('since', 0)
  const found = await face.core.threads.list(call.actor, {
    teamId,
    limit: totalsOnly ? 1 : call.page('per_page', 200, 30).limit,
    unreadOnly: call.flag('unread'),
    ...(since > 0 ? { since } : {}),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
  })
  const withTotals = !call.flag('threadsOnly')
  const totals = {
    total: withTotals ? (call.flag('unread') ? found.totalUnread : found.total) : 0,
    total_unread_threads: withTotals ? found.totalUnread : 0,
    total_unread_mentions: withTotals ? found.totalUnreadMentions : 0,
    total_unread_urgent_mentions: 0,
  }
  const head = JSON.stringify(totals).slice(0, -1)
  if (totalsOnly) return face.raw(`${head},"threads":[]}`)
  const extended = call.flag('extended')
  const texts = await Promise.all(found.threads.map((state) => threadText(face, call, state, extended)))
  return face.raw(`${head},"threads":[${texts.join(',')}]}`)
}

async function threadText(face: Face, call: Call, state: ThreadState, extended: boolean): Promise<string> {
  const participants = await participantsText(face, call.actor.user, state.participants, extended)
  const post = face.posts.json(state.root, { participants, following: state.following })
  return threadJson(state, post, participants)
}

export async function participantsText(
  face: Face,
  reader: { id: Uuid; role: string },
  ids: readonly Uuid[],
  extended: boolean,
): Promise<string> {
  if (!extended) return JSON.stringify(ids.map((id) => ({ id: toWire(id) })))
  return JSON.stringify(face.people(await face.core.users.byIds(ids), reader))
}
