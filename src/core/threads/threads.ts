/** Threads as their followers see them: list, state, follow, read. */
import type { ThreadState, Threads } from '../core.ts'
import type { Unit } from '../ports.ts'
import { requireScope } from '../permissions/scopes.ts'
import { rootOf } from '../messages/post-message.ts'
import type { Repositories } from '../repositories.ts'
import { accessMessage } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { ThreadFollower } from '../rooms/repositories.ts'
import type { Actor, Message, Millis, Room, Uuid } from '../types.ts'

const maxThreads = 200
const maxParticipants = 20

export function createThreads(ctx: RoomsContext): Threads {
  return {
    list: (actor, query) => listThreads(ctx, actor, query),
    get: async (actor, rootId) => {
      requireScope(actor, 'messages:read')
      const { read } = ctx.deps.store
      const { root } = await accessThread(read, actor, rootId)
      return stateOf(read, actor, root)
    },
    follow: (actor, rootId, following) => followThread(ctx, actor, rootId, following),
    markRead: (actor, rootId, at) => markThreadRead(ctx, actor, rootId, at),
    markAllRead: async (actor, teamId) => {
      requireScope(actor, 'messages:read')
      const now = ctx.deps.clock.now()
      await ctx.deps.store.tx((repos) => repos.threads.markAllRead(actor.user.id, teamId, now))
    },
  }
}

type Query = Parameters<Threads['list']>[1]

async function listThreads(ctx: RoomsContext, actor: Actor, query: Query): ReturnType<Threads['list']> {
  requireScope(actor, 'messages:read')
  const { read } = ctx.deps.store
  const { teamId, unreadOnly, since } = query
  const followers = await read.threads.followedBy(actor.user.id, {
    teamId,
    unreadOnly,
    since,
    before: await placeOf(read, query.before),
    after: await placeOf(read, query.after),
    limit: Math.min(maxThreads, Math.max(1, query.limit)),
  })
  const rootIds = followers.map(({ rootId }) => rootId)
  const roots = new Map((await read.messages.getMany(rootIds)).map((root) => [root.id, root]))
  const participants = await read.threads.participants(rootIds, maxParticipants)
  const threads = followers.flatMap((follower) => {
    const root = roots.get(follower.rootId)
    return root ? [toState(root, follower, participants.get(root.id) ?? [])] : []
  })
  return { threads, ...(await read.threads.totals(actor.user.id, teamId)) }
}

async function placeOf(repos: Repositories, rootId: Uuid | undefined) {
  const root = rootId ? await repos.messages.get(rootId) : null
  return root ? { lastReplyAt: root.lastReplyAt ?? root.createdAt, rootId: root.id } : undefined
}

async function accessThread(
  repos: Repositories,
  actor: Actor,
  messageId: Uuid,
): Promise<{ root: Message; room: Room }> {
  const { message, standing } = await accessMessage(repos, actor, messageId, 'room.read')
  return { root: await rootOf(repos, message.roomId, message.id), room: standing.room }
}

async function stateOf(repos: Repositories, actor: Actor, root: Message): Promise<ThreadState> {
  const follower = await repos.threads.get(root.id, actor.user.id)
  const participants = await repos.threads.participants([root.id], maxParticipants)
  return toState(root, follower, participants.get(root.id) ?? [])
}

function toState(root: Message, follower: ThreadFollower | null, participants: Uuid[]): ThreadState {
  return {
    root,
    following: follower?.following ?? false,
    lastViewedAt: follower?.lastViewedAt ?? 0,
    unreadReplies: follower?.unreadReplies ?? 0,
    unreadMentions: follower?.unreadMentions ?? 0,
    participants,
  }
}

function newFollower(root: Message, userId: Uuid, now: Millis): ThreadFollower {
  return {
    rootId: root.id,
    roomId: root.roomId,
    userId,
    following: true,
    lastViewedAt: now,
    unreadReplies: 0,
    unreadMentions: 0,
    updatedAt: now,
  }
}

async function followThread(
  ctx: RoomsContext,
  actor: Actor,
  rootId: Uuid,
  following: boolean,
): Promise<void> {
  requireScope(actor, 'messages:read')
  const now = ctx.deps.clock.now()
  await ctx.deps.store.tx(async (repos, unit) => {
    const { root, room } = await accessThread(repos, actor, rootId)
    const before = (await repos.threads.get(root.id, actor.user.id)) ?? newFollower(root, actor.user.id, now)
    const next = { ...before, following, updatedAt: now }
    await repos.threads.put(next)
    tell(unit, room, before, next, 'follow')
  })
}

async function markThreadRead(
  ctx: RoomsContext,
  actor: Actor,
  rootId: Uuid,
  at: Millis,
): Promise<ThreadState> {
  requireScope(actor, 'messages:read')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const { root, room } = await accessThread(repos, actor, rootId)
    const before = (await repos.threads.get(root.id, actor.user.id)) ?? newFollower(root, actor.user.id, now)
    const unread = await repos.threads.unreadAfter(root.id, actor.user.id, at)
    const next = {
      ...before,
      lastViewedAt: at,
      unreadReplies: unread.replies,
      unreadMentions: Math.min(unread.mentions, unread.replies),
      updatedAt: now,
    }
    await repos.threads.put(next)
    tell(unit, room, before, next, 'read')
    return stateOf(repos, actor, root)
  })
}

function tell(
  unit: Unit,
  room: Room,
  before: ThreadFollower,
  next: ThreadFollower,
  cause: 'read' | 'follow',
): void {
  unit.emit({
    type: 'thread.updated',
    room,
    rootId: next.rootId,
    userId: next.userId,
    following: next.following,
    unreadReplies: next.unreadReplies,
    unreadMentions: next.unreadMentions,
    previousUnreadReplies: before.unreadReplies,
    previousUnreadMentions: before.unreadMentions,
    lastViewedAt: next.lastViewedAt,
    cause,
  })
}
