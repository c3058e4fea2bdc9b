/**
 * Spells ids as Mattermost does: 26 characters of its base32 alphabet for the 128 bits of a UUID.
 * A pure function both ways; what is no UUID (a model, a role) gets a name-based UUID first.
 */
import { createHash } from 'node:crypto'
import type { Uuid } from '../../core/types.ts'

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769'
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]))
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const ID = /^[A-Za-z0-9]{26}$/

/** Stands for "a well-formed id that nothing here has". */
export const NO_UUID: Uuid = '00000000-0000-0000-0000-000000000000'

/** Bounded so that a crawler of ids cannot fill the memory; refilled at once by use. */
const CACHE_MAX = 50_000
const wireByUuid = new Map<Uuid, string>()

/** The 26-character spelling of a UUID; other strings go through `uuidOfName` first. */
export function toWire(id: Uuid): string {
  const known = wireByUuid.get(id)
  if (known !== undefined) return known
  const wire = encode(UUID.test(id) ? id : uuidOfName(id))
  if (wireByUuid.size >= CACHE_MAX) wireByUuid.clear()
  wireByUuid.set(id, wire)
  return wire
}

/** As toWire; the empty string stands for an absent id, as Mattermost writes it. */
export function toWireOr(id: Uuid | null | undefined): string {
  return id ? toWire(id) : ''
}

/**
 * The UUID of a wire id. `null` when the text is no id at all (400); a well-formed id that no UUID
 * encodes to gives `NO_UUID`, which nothing has (404).
 */
export function fromWire(wire: string): Uuid | null {
  if (!ID.test(wire)) return null
  let hex = ''
  let bits = 0
  let held = 0
  for (const letter of wire) {
    const value = VALUES.get(letter)
    if (value === undefined) return NO_UUID
    bits = (bits << 5) | value
    held += 5
    while (held >= 4 && hex.length < 32) {
      held -= 4
      hex += ((bits >> held) & 15).toString(16)
      bits &= (1 << held) - 1
    }
  }
  return bits === 0 ? dashed(hex) : NO_UUID
}

export function isWireId(text: unknown): text is string {
  return typeof text === 'string' && ID.test(text)
}

/** A random 26-character id for things that are not stored: requests, connections, triggers. */
export function randomWireId(): string {
  return encode(crypto.randomUUID())
}

/** UUID version 5 in our own namespace, for ids that are names. */
export function uuidOfName(name: string): Uuid {
  const bytes = createHash('sha1').update(`hubbub.mattermost:${name}`).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return dashed(bytes.toString('hex'))
}

function encode(uuid: Uuid): string {
  let wire = ''
  let bits = 0
  let held = 0
  for (let at = 0; at < uuid.length; at += 1) {
    const code = uuid.charCodeAt(at)
    if (code === 45) continue
    bits = (bits << 4) | hexValue(code)
    held += 4
    if (held >= 5) {
      held -= 5
      wire += ALPHABET[(bits >> held) & 31]
      bits &= (1 << held) - 1
    }
  }
  return wire + ALPHABET[(bits << (5 - held)) & 31]
}

function hexValue(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87
}

function dashed(hex: string): Uuid {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
