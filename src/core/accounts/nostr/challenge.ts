/**
 * Challenges for signing in by Nostr: signed texts that say themselves until when and for which key
 * they hold. Nothing is stored for one that is never answered; an answered one is noted as used.
 */
import { isPubkey } from '../../support/npub.ts'
import { fault } from '../../faults.ts'
import type { Millis } from '../../types.ts'
import type { AccountContext } from '../context.ts'

const TTL_S = 300
const TYPE = 'nostr_challenge'

export async function nostrChallenge(
  ctx: AccountContext,
  pubkey: string | null,
): Promise<{ challenge: string; expiresAt: Millis }> {
  if (pubkey !== null && !isPubkey(pubkey)) {
    throw fault.invalid('auth.bad_pubkey', 'This is no Nostr public key.', { pubkey: 'is no public key' })
  }
  const claims = { typ: TYPE, jti: ctx.deps.ids.secret(16), ...(pubkey === null ? {} : { pubkey }) }
  const challenge = await ctx.deps.signer.sign(claims, TTL_S)
  return { challenge, expiresAt: ctx.deps.clock.now() + TTL_S * 1_000 }
}

/** Whether we made this challenge, it is not over, and it is for this key. Used-ness is checked at the end. */
export async function isOurChallenge(
  ctx: AccountContext,
  challenge: string,
  pubkey: string,
): Promise<boolean> {
  const claims = await ctx.deps.signer.verify(challenge)
  return claims?.['typ'] === TYPE && (claims['pubkey'] === undefined || claims['pubkey'] === pubkey)
}

/** How long a used challenge must be remembered. */
export const CHALLENGE_TTL_MS = TTL_S * 1_000
