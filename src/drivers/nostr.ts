/**
 * Checks Nostr events by nostr-tools (NIP-01: id and Schnorr signature). The check is CPU work in
 * JavaScript, about a millisecond; results are kept by id and signature so that repeats cost nothing.
 */
import { verifyEvent } from 'nostr-tools/pure'
import type { NostrVerifier } from '../core/ports.ts'

const MAX_KEPT = 1_000

export function nostrVerifier(): NostrVerifier {
  const kept = new Map<string, boolean>()
  return {
    verify(event) {
      // All of the event: the same id and signature over another text must not be taken from memory.
      const key = JSON.stringify([
        event.id,
        event.sig,
        event.pubkey,
        event.created_at,
        event.kind,
        event.tags,
        event.content,
      ])
      const known = kept.get(key)
      if (known !== undefined) return known
      const good = check(event)
      kept.set(key, good)
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value ?? '')
      return good
    },
  }
}

function check(event: Parameters<NostrVerifier['verify']>[0]): boolean {
  try {
    // A fresh object of the seven fields: nostr-tools trusts a mark that it leaves on checked objects.
    const { id, pubkey, created_at, kind, tags, content, sig } = event
    return verifyEvent({ id, pubkey, created_at, kind, tags, content, sig })
  } catch {
    return false
  }
}
