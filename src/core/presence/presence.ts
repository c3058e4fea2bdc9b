/**
 * Who is here: online while a socket is open and used, away when idle, or what a person chose. Lives
 * in memory; only choices and an occasional "last seen" are written, and only changes are announced.
 */
import type { StatusRecord } from '../accounts/repositories.ts'
import type { AccountContext } from '../accounts/context.ts'
import type { Presence } from '../core.ts'
import { requireScope } from '../permissions/scopes.ts'
import { LruMap } from '../support/lru.ts'
import type { Actor, Millis, PresenceState, Uuid } from '../types.ts'

const AWAY_AFTER_MS = 5 * 60_000
const SWEEP_MS = 60_000
/** A page that is loaded anew is gone for a moment: not worth telling everyone. */
const LEAVE_GRACE_MS = 5_000
const MAX_STATUSES = 50_000
/** People told to a client that asks who is here. */
const MAX_LISTED = 5_000

interface Live {
  lastActiveAt: Millis
  announced: PresenceState
  /** Counts as here until then, though no connection is left: all who ask hear what was announced. */
  hereUntil: Millis
}

export interface PresencePart extends Presence {
  /** A state was announced, perhaps by another node, where the person may have chosen it. */
  heard(userId: Uuid, state: PresenceState): void
}

export function createPresence(ctx: AccountContext): PresencePart {
  const { deps } = ctx
  const live = new Map<Uuid, Live>()
  const statuses = new LruMap<Uuid, StatusRecord>(MAX_STATUSES)
  let sweeping = false

  async function load(userIds: readonly Uuid[]): Promise<void> {
    const missing = userIds.filter((id) => statuses.peek(id) === undefined)
    if (missing.length === 0) return
    const rows = new Map((await deps.store.read.statuses.byIds(missing)).map((row) => [row.userId, row]))
    for (const id of missing) statuses.set(id, rows.get(id) ?? automatic(id))
  }

  async function refresh(userId: Uuid): Promise<void> {
    const [row] = await deps.store.read.statuses.byIds([userId])
    statuses.set(userId, row ?? automatic(userId))
  }

  function stateOf(status: StatusRecord, now: Millis): PresenceState {
    const connected =
      deps.connections.isConnected(status.userId) || now < (live.get(status.userId)?.hereUntil ?? 0)
    if (isChosen(status, now) && status.state !== 'online') return status.state
    if (!connected) return 'offline'
    if (isChosen(status, now)) return 'online'
    const lastActiveAt = live.get(status.userId)?.lastActiveAt ?? now
    return now - lastActiveAt > AWAY_AFTER_MS ? 'away' : 'online'
  }

  function announce(userId: Uuid): void {
    const now = deps.clock.now()
    const state = stateOf(statuses.get(userId) ?? automatic(userId), now)
    const entry = live.get(userId)
    if (entry?.announced === state) return
    if (entry) entry.announced = state
    deps.events.emit({ type: 'presence.changed', userId, state, at: now })
  }

  function loadAndAnnounce(userId: Uuid): void {
    load([userId]).then(
      () => announce(userId),
      (error: unknown) => deps.log.warn('presence could not be read', { error }),
    )
  }

  function sweep(): void {
    for (const userId of live.keys()) announce(userId)
    sweeping = live.size > 0
    if (sweeping) deps.clock.after(SWEEP_MS, sweep)
  }

  return {
    heard(userId, state) {
      const known = statuses.peek(userId)
      // What this node announced itself agrees with what it knows.
      if (!known || stateOf(known, deps.clock.now()) === state) return
      refresh(userId).catch((error: unknown) => deps.log.warn('presence could not be read', { error }))
    },
    async of(userIds) {
      await load(userIds)
      const users = new Map((await ctx.users.byIds(userIds)).map((user) => [user.id, user]))
      const now = deps.clock.now()
      const out: Awaited<ReturnType<Presence['of']>> = new Map()
      for (const id of userIds) {
        const status = statuses.get(id) ?? automatic(id)
        const seen = [live.get(id)?.lastActiveAt, ctx.activity.lastSeen(id), users.get(id)?.lastActiveAt]
        out.set(id, {
          state: stateOf(status, now),
          manual: isChosen(status, now),
          lastActiveAt: Math.max(status.lastActiveAt, ...seen.map((at) => at ?? 0)),
          dndEndAt: isChosen(status, now) ? status.dndEndAt : null,
        })
      }
      return out
    },
    online(actor) {
      requireScope(actor, 'account:read')
      const here: { userId: Uuid; state: PresenceState }[] = []
      for (const [userId, { announced }] of live) {
        if (announced !== 'offline') here.push({ userId, state: announced })
        if (here.length === MAX_LISTED) break
      }
      return here
    },
    set: (actor, state, dndEndAt) => choose(ctx, statuses, actor, state, dndEndAt ?? null, announce),
    touch(userId) {
      ctx.activity.note('user', userId)
      const entry = live.get(userId)
      if (!entry) return
      entry.lastActiveAt = deps.clock.now()
      if (entry.announced === 'away') announce(userId)
    },
    connected(userId) {
      ctx.activity.note('user', userId)
      const entry = live.get(userId)
      if (entry) entry.lastActiveAt = deps.clock.now()
      else live.set(userId, { lastActiveAt: deps.clock.now(), announced: 'offline', hereUntil: 0 })
      loadAndAnnounce(userId)
      if (sweeping) return
      sweeping = true
      deps.clock.after(SWEEP_MS, sweep)
    },
    disconnected(userId) {
      const entry = live.get(userId)
      if (entry) entry.hereUntil = deps.clock.now() + LEAVE_GRACE_MS
      deps.clock.after(LEAVE_GRACE_MS, () => {
        if (deps.connections.isConnected(userId) || deps.clock.now() < (entry?.hereUntil ?? 0)) return
        announce(userId)
        live.delete(userId)
      })
    },
  }
}

async function choose(
  ctx: AccountContext,
  statuses: LruMap<Uuid, StatusRecord>,
  actor: Actor,
  state: PresenceState | null,
  dndEndAt: Millis | null,
  announce: (userId: Uuid) => void,
): Promise<void> {
  requireScope(actor, 'account:write')
  const userId = actor.user.id
  const record: StatusRecord = {
    userId,
    state: state ?? 'online',
    manual: state !== null,
    dndEndAt: state === 'dnd' ? dndEndAt : null,
    lastActiveAt: ctx.deps.clock.now(),
  }
  await ctx.deps.store.tx((repos) => repos.statuses.put(record))
  statuses.set(userId, record)
  announce(userId)
}

function isChosen(status: StatusRecord, now: Millis): boolean {
  return status.manual && (status.dndEndAt === null || status.dndEndAt > now)
}

function automatic(userId: Uuid): StatusRecord {
  return { userId, state: 'offline', manual: false, dndEndAt: null, lastActiveAt: 0 }
}
