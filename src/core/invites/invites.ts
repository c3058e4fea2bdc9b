/**
 * Invites by link: whoever has the token may come in, as often and as long as its maker said. One that is
 * used up, expired or revoked is gone (410); of two at once on the last use exactly one wins.
 */
import type { Invites, RoomView } from '../core.ts'
import { fault } from '../faults.ts'
import { joinRoom } from '../members/join.ts'
import { can, requireCan } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import { accessRoom, standingIn } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { Actor, Invite, Millis, Uuid } from '../types.ts'

const tokenBytes = 16
const maxUses = 100_000
const maxLifeS = 366 * 24 * 3600

export function createInvites(ctx: RoomsContext): Invites {
  return {
    create: (actor, input) => createInvite(ctx, actor, input),
    mine: (actor) => {
      requireScope(actor, 'rooms:read')
      return ctx.deps.store.read.invites.byCreator(actor.user.id)
    },
    revoke: (actor, token) => revokeInvite(ctx, actor, token),
    preview: (token) => previewInvite(ctx, token),
    accept: (actor, token) => acceptInvite(ctx, actor, token),
    inviteNostr: (actor, roomId, pubkey) => inviteNostr(ctx, actor, roomId, pubkey),
  }
}

async function createInvite(
  ctx: RoomsContext,
  actor: Actor,
  input: { roomId: Uuid; maxUses?: number | null; expiresInS?: number | null },
): Promise<Invite> {
  requireScope(actor, 'rooms:write')
  const { deps } = ctx
  const uses = input.maxUses ?? null
  const lifeS = input.expiresInS ?? null
  if (uses !== null && !(Number.isInteger(uses) && uses >= 1 && uses <= maxUses)) {
    throw fault.invalid('invite.max_uses', 'Between 1 and 100,000.', { max_uses: 'Between 1 and 100,000.' })
  }
  if (lifeS !== null && !(lifeS > 0 && lifeS <= maxLifeS)) {
    throw fault.invalid('invite.expires_in', 'Up to 366 days.', { expires_in: 'Up to 366 days, in seconds.' })
  }
  const now = deps.clock.now()
  const invite: Invite = {
    token: deps.ids.secret(tokenBytes),
    roomId: input.roomId,
    createdBy: actor.user.id,
    maxUses: uses,
    uses: 0,
    expiresAt: lifeS === null ? null : now + Math.floor(lifeS * 1000),
    revokedAt: null,
    createdAt: now,
  }
  await deps.store.tx(async (repos) => {
    await accessRoom(repos, actor, input.roomId, 'invite.create')
    await repos.invites.insert(invite)
  })
  return invite
}

/** By its maker, or by whoever runs the room. To others it does not exist. */
async function revokeInvite(ctx: RoomsContext, actor: Actor, token: string): Promise<void> {
  requireScope(actor, 'rooms:write')
  await ctx.deps.store.tx(async (repos) => {
    const invite = await repos.invites.get(token)
    if (!invite) throw noSuchInvite()
    if (invite.createdBy !== actor.user.id) {
      const standing = await standingIn(repos, actor, invite.roomId)
      if (!standing?.member) throw noSuchInvite()
      requireCan(actor, standing, 'invite.manage')
    }
    await repos.invites.revoke(token, ctx.deps.clock.now())
  })
}

async function previewInvite(ctx: RoomsContext, token: string): ReturnType<Invites['preview']> {
  const { read } = ctx.deps.store
  const invite = requireGood(await read.invites.get(token), ctx.deps.clock.now())
  const room = await read.rooms.get(invite.roomId)
  const inviter = await ctx.core.users.byId(invite.createdBy)
  if (!room || room.deletedAt !== null || !inviter || !(await stillBringsIn(ctx, read, invite))) throw gone()
  return { invite, room, inviter, memberCount: await read.members.count(room.id) }
}

/** Who is in already gets the room and uses nothing up. */
async function acceptInvite(ctx: RoomsContext, actor: Actor, token: string): Promise<RoomView> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const invite = await repos.invites.get(token)
    if (!invite) throw noSuchInvite()
    const found = await repos.rooms.lockFor(invite.roomId, actor.user.id)
    if (!found || found.room.deletedAt !== null) throw gone()
    if (found.member) return found
    if (!(await stillBringsIn(ctx, repos, invite))) throw gone()
    if (!(await repos.invites.use(token, actor.user.id, now))) throw gone()
    const { room } = found
    return { room, member: await joinRoom(repos, unit, { room, user: actor.user, by: actor.user.id, now }) }
  })
}

/** Lets a Nostr key in: its account at once, or as soon as it signs in for the first time. */
async function inviteNostr(ctx: RoomsContext, actor: Actor, roomId: Uuid, pubkey: string): Promise<void> {
  requireScope(actor, 'rooms:write')
  const key = pubkey.toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(key)) {
    throw fault.invalid('invite.pubkey', 'That is no Nostr public key.', {
      pubkey: 'Give 64 hex digits or an npub.',
    })
  }
  const { store, clock } = ctx.deps
  const known = await store.read.users.byPubkey(key)
  if (known) {
    await ctx.core.members.add(actor, roomId, [known.id])
    return
  }
  await store.tx(async (repos) => {
    await accessRoom(repos, actor, roomId, 'invite.create')
    await repos.invites.insertNostr(roomId, key, actor.user.id, clock.now())
  })
}

/** An invite is worth what its maker is: who was taken out, or deactivated, leaves no door open behind them. */
async function stillBringsIn(ctx: RoomsContext, repos: Repositories, invite: Invite): Promise<boolean> {
  const maker = await ctx.core.users.byId(invite.createdBy)
  if (!maker || maker.deactivatedAt !== null || maker.role === 'pending') return false
  const actor: Actor = { user: maker, via: 'session', scopes: ['*'], sessionId: null, ip: null }
  const standing = await standingIn(repos, actor, invite.roomId)
  return standing !== null && (standing.room.kind === 'public' || can(actor, standing, 'invite.create'))
}

function requireGood(invite: Invite | null, now: Millis): Invite {
  if (!invite) throw noSuchInvite()
  const usedUp = invite.maxUses !== null && invite.uses >= invite.maxUses
  const expired = invite.expiresAt !== null && invite.expiresAt <= now
  if (invite.revokedAt !== null || usedUp || expired) throw gone()
  return invite
}

const gone = () => fault.gone('invite.gone', 'This invite is used up, expired or revoked.')
const noSuchInvite = () => fault.notFound('invite.not_found', 'There is no such invite.')
