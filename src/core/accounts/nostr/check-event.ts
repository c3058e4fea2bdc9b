/**
 * Whether a signed event proves who asks: kind 22242 (NIP-42, answers our challenge) or kind 27235
 * (NIP-98, names our URL). Every refusal is one 401; the reason is for people only.
 */
import { type AppFault, fault } from '../../faults.ts'
import type { NostrEvent } from '../../ports.ts'
import { isPubkey } from '../../support/npub.ts'
import type { AccountContext } from '../context.ts'
import { CHALLENGE_TTL_MS, isOurChallenge } from './challenge.ts'

export const NIP42 = 22_242
export const NIP98 = 27_235
/** Clocks of phones and servers differ; older or newer than this is not taken. */
const WINDOW_S = 60
const MAX_TAGS = 50
const MAX_CONTENT_CHARS = 4_096

export interface NostrContext {
  host: string
  url: string
  method: string
  payloadSha256: string | null
}

/** What must not be used a second time, and until when that has to be remembered. */
export interface OneUse {
  hash: string
  kind: string
  forMs: number
}

export async function checkEvent(
  ctx: AccountContext,
  event: NostrEvent,
  context: NostrContext,
): Promise<OneUse[]> {
  checkShape(event)
  checkAge(ctx, event)
  const uses: OneUse[] = [{ hash: event.id, kind: 'nostr_event', forMs: 4 * WINDOW_S * 1_000 }]
  // Cheap questions first: the signature costs a millisecond, and only that of events meant for us is worth it.
  if (event.kind === NIP42) uses.push(await checkNip42(ctx, event, context))
  else if (event.kind === NIP98) checkNip98(event, context)
  else throw refused('An event of kind 22242 or 27235 is needed.')
  if (!ctx.deps.nostr.verify(event)) throw refused('The signature is not right.')
  return uses
}

function checkShape(event: NostrEvent): void {
  const fits =
    isPubkey(event.pubkey) &&
    isPubkey(event.id) &&
    /^[0-9a-f]{128}$/.test(event.sig) &&
    Number.isSafeInteger(event.created_at) &&
    event.tags.length <= MAX_TAGS &&
    event.content.length <= MAX_CONTENT_CHARS
  if (!fits) throw refused('The event is not well-formed.')
}

function checkAge(ctx: AccountContext, event: NostrEvent): void {
  const nowS = ctx.deps.clock.now() / 1_000
  if (Math.abs(nowS - event.created_at) > WINDOW_S) throw refused('The event was not made just now.')
}

async function checkNip42(ctx: AccountContext, event: NostrEvent, context: NostrContext): Promise<OneUse> {
  const challenge = onlyTag(event, 'challenge')
  const relay = onlyTag(event, 'relay')
  if (challenge === null || relay === null)
    throw refused('The tags challenge and relay are needed, once each.')
  if (hostOf(relay) !== hostOf(`http://${context.host}`)) throw refused('The event is for another server.')
  if (!(await isOurChallenge(ctx, challenge, event.pubkey)))
    throw refused('The challenge is not ours, or over.')
  return { hash: challenge, kind: 'nostr_challenge', forMs: CHALLENGE_TTL_MS }
}

function checkNip98(event: NostrEvent, context: NostrContext): void {
  const url = parse(onlyTag(event, 'u'))
  const ours = parse(context.url)
  if (!url || !ours) throw refused('The tag u must name this address.')
  // The scheme is left out: behind a proxy that ends TLS we cannot know it.
  const same = url.host === hostOf(`${url.protocol}//${context.host}`) && pathOf(url) === pathOf(ours)
  if (!same) throw refused('The event is for another address.')
  if (onlyTag(event, 'method')?.toUpperCase() !== context.method.toUpperCase()) {
    throw refused('The event is for another method.')
  }
  const payload = onlyTag(event, 'payload')
  // An event inside the body cannot hold the hash of that body: then there is nothing to compare with.
  if (context.payloadSha256 !== null && payload?.toLowerCase() !== context.payloadSha256) {
    throw refused('The event is for another body.')
  }
}

function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`
}

/** The value of a tag that must be there exactly once. */
function onlyTag(event: NostrEvent, name: string): string | null {
  const found = event.tags.filter((tag) => tag[0] === name)
  return found.length === 1 ? (found[0]?.[1] ?? null) : null
}

/** Host and port in one spelling: lower case, without the scheme's own port. */
function hostOf(address: string): string | null {
  return parse(address)?.host ?? null
}

function parse(address: string | null): URL | null {
  // wss: and https: share default ports, but only the latter's is dropped for both.
  const url = address === null ? null : URL.parse(address.replace(/^ws(s?):/i, 'http$1:'))
  return url && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' ? url : null
}

export function refused(reason: string): AppFault {
  return fault.unauthenticated('auth.nostr_refused', reason)
}
