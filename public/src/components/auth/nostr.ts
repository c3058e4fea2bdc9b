/** Sign-in by a browser extension that holds a Nostr key (NIP-07). */
import { auth, type Signed } from '../../api/endpoints.ts'
import type { NostrEvent } from '../../lib/types.ts'

interface NostrExtension {
  getPublicKey(): Promise<string>
  signEvent(event: NostrEvent): Promise<NostrEvent>
}

declare global {
  interface Window {
    nostr?: NostrExtension
  }
}

/** NIP-42: the event that answers a challenge. */
const AUTH_KIND = 22_242

/** The event to sign for a challenge of the server at this origin. */
export function authEvent(challenge: string, origin: string, nowSeconds: number): NostrEvent {
  return {
    kind: AUTH_KIND,
    created_at: nowSeconds,
    tags: [
      ['relay', origin.replace(/^http/, 'ws')],
      ['challenge', challenge],
    ],
    content: '',
  }
}

/** Asks the extension to sign; throws with words for the person. */
export async function signInByNostr(): Promise<Signed> {
  const extension = window.nostr
  if (!extension) {
    throw new Error('No Nostr extension found. Install one (nos2x, Alby, …) and reload this page.')
  }
  const pubkey = await extension.getPublicKey()
  const { challenge } = await auth.nostrChallenge(pubkey)
  const event = authEvent(challenge, location.origin, Math.floor(Date.now() / 1000))
  return auth.nostrVerify(await extension.signEvent(event))
}
