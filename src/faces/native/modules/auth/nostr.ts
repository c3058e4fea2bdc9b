/** What a Nostr sign-in is held against: our address as the client sees it. */
import type { Accounts } from '../../../../core/core.ts'
import { fault } from '../../../../core/faults.ts'
import { pubkeyFrom } from '../../../../core/support/npub.ts'
import { peerOf } from '../../../../realtime/peer.ts'

/**
 * With PUBLIC_URL set, only that host counts. Without it the Host header must do, which a phishing site
 * that passes events on could forge: docs/config.md says so.
 */
export function nostrContext(
  request: Request,
  publicUrl: string | null,
): Parameters<Accounts['nostrSignIn']>[1] {
  const asked = new URL(request.url)
  const ours = publicUrl === null ? asked : new URL(publicUrl)
  return {
    host: ours.host,
    url: `${ours.origin}${asked.pathname}${asked.search}`,
    method: request.method,
    payloadSha256: null,
    ip: peerOf(request).ip,
  }
}

/** Hex or npub, as clients have it. */
export function pubkeyOf(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  const pubkey = pubkeyFrom(text)
  if (pubkey !== null) return pubkey
  throw fault.invalid('auth.bad_pubkey', 'This is no Nostr public key.', { pubkey: 'is no public key' })
}
