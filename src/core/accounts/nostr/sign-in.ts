/** Signing in by a Nostr key: the first time it makes the account that this key opens from then on. */
import type { Accounts } from '../../core.ts'
import { AppFault, fault } from '../../faults.ts'
import type { NostrEvent, Unit } from '../../ports.ts'
import type { Repositories } from '../../repositories.ts'
import { sha256Hex } from '../../support/digest.ts'
import { npubOf } from '../../support/npub.ts'
import type { Actor, User } from '../../types.ts'
import type { AccountContext } from '../context.ts'
import { insertAccount } from '../insert-account.ts'
import { limitAddress } from '../limit-address.ts'
import { defaultRole, isSignupOpen, signupClosed, welcome } from '../register.ts'
import { checkEvent, type OneUse, refused } from './check-event.ts'

/** `npub1` and so many characters name the account; more when that name is taken. */
const SHORT_NAMES = [13, 17, 21, 25, 29, 32]

export async function nostrSignIn(
  ctx: AccountContext,
  event: NostrEvent,
  context: Parameters<Accounts['nostrSignIn']>[1],
): Promise<User> {
  await limitAddress(ctx, context.ip)
  const uses = await checkEvent(ctx, event, context)
  await ctx.ready()
  const attempt = () => enter(ctx, event.pubkey, uses)
  // Two first sign-ins of one key at once: whoever is second finds the account of the first.
  const { user, isNew } = await attempt().catch((error: unknown) => {
    if (error instanceof AppFault && error.kind === 'conflict') return attempt()
    throw error
  })
  if (user.deactivatedAt !== null) {
    throw fault.forbidden('account.deactivated', 'This account has been deactivated.')
  }
  if (isNew) {
    ctx.audit.record({
      actorId: user.id,
      action: 'account.register_nostr',
      targetType: 'user',
      targetId: user.id,
      ip: context.ip,
      details: { role: user.role },
    })
    await welcome(ctx, user)
  }
  await acceptInvites(ctx, user, event.pubkey)
  return user
}

/** The account of this key, made when missing; the event is used up in the same unit of work. */
function enter(ctx: AccountContext, pubkey: string, uses: OneUse[]): Promise<{ user: User; isNew: boolean }> {
  return ctx.deps.store.tx(async (repos, unit) => {
    await useUp(ctx, repos, uses)
    const known = await repos.users.byPubkey(pubkey)
    if (known) return { user: known, isNew: false }
    return { user: await makeAccount(ctx, repos, unit, pubkey), isNew: true }
  })
}

/** In the unit of work that signs in: of two at once with one event, one rolls back. */
async function useUp(ctx: AccountContext, repos: Repositories, uses: OneUse[]): Promise<void> {
  for (const { hash, kind, forMs } of uses) {
    const expiresAt = ctx.deps.clock.now() + forMs
    if (!(await repos.nostr.useOnce(sha256Hex(`${kind}:${hash}`), kind, expiresAt))) {
      throw refused('This event was used before.')
    }
  }
}

async function makeAccount(
  ctx: AccountContext,
  repos: Repositories,
  unit: Unit,
  pubkey: string,
): Promise<User> {
  const username = await freeName(repos, npubOf(pubkey))
  const invited = (await repos.nostr.pendingInvites(pubkey)).length > 0
  const { user, first } = await insertAccount(ctx, repos, unit, {
    username,
    displayName: username,
    email: null,
    role: defaultRole(ctx, 'native'),
    passwordHash: null,
  })
  // An invited key is let in though the door is closed to strangers.
  if (!first && !invited && !isSignupOpen(ctx, 'native')) throw signupClosed()
  if (!(await repos.nostr.link(pubkey, user.id, ctx.deps.clock.now()))) {
    throw fault.conflict('account.pubkey_taken', 'This key belongs to an account already.')
  }
  const linked = { ...user, nostrPubkey: pubkey }
  unit.afterCommit(() => ctx.users.forget(user.id))
  return linked
}

async function freeName(repos: Repositories, npub: string): Promise<string> {
  for (const chars of SHORT_NAMES) {
    const name = npub.slice(0, chars)
    if (!(await repos.users.byUsername(name))) return name
  }
  throw fault.conflict('account.username_taken', 'All names for this key are taken.')
}

/** Rooms that this key was invited to before it had an account. One that fails does not stop the sign-in. */
async function acceptInvites(ctx: AccountContext, user: User, pubkey: string): Promise<void> {
  if (user.role === 'pending') return
  for (const { roomId, invitedBy } of await ctx.deps.store.read.nostr.pendingInvites(pubkey)) {
    try {
      const inviter = await ctx.core.users.byId(invitedBy)
      // With the rights the inviter has now: who was taken out of the room lets nobody in any more.
      if (inviter && inviter.deactivatedAt === null) {
        const actor: Actor = { user: inviter, via: 'session', scopes: ['*'], sessionId: null, ip: null }
        await ctx.core.members.add(actor, roomId, [user.id])
      }
      await ctx.deps.store.tx((repos) => repos.nostr.dropInvite(pubkey, roomId))
    } catch (error) {
      ctx.deps.log.warn('a Nostr invite could not be followed', { error, room_id: roomId, user_id: user.id })
    }
  }
}
