/** Nostr keys as people write them: hex inside, `npub1…` (NIP-19) outside. */
import { decode, npubEncode } from 'nostr-tools/nip19'

const HEX_KEY = /^[0-9a-f]{64}$/

export function isPubkey(text: string): boolean {
  return HEX_KEY.test(text)
}

export function npubOf(pubkey: string): string {
  return npubEncode(pubkey)
}

/** Lower-case hex of a key written either way; null when it is none. */
export function pubkeyFrom(text: string): string | null {
  const lower = text.trim().toLowerCase()
  if (isPubkey(lower)) return lower
  if (!lower.startsWith('npub1') || lower.length > 80) return null
  try {
    const decoded = decode(lower)
    return decoded.type === 'npub' ? decoded.data : null
  } catch {
    return null
  }
}
