/** UUIDs that follow from a name (version 5), and tests of what looks like one. */
import { createHash } from 'node:crypto'
import type { Uuid } from '../types.ts'

/** Namespaces of ours, made once at random: a name in one is never a name in another. */
export const NAMESPACES = {
  /** Bot accounts of models, by model id. */
  bot: '6f0a5b0e-6f3a-4f0c-9a3e-1d5a0f3b7c21',
  /** Anything else that has a name but needs an id. */
  name: 'b7d1c7a4-95f7-4a0e-8f5b-0a3c4c6f2e19',
} as const

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/** Version 5 (RFC 9562, 5.5): the same name in the same namespace is always the same id. */
export function uuidV5(name: string, namespace: Uuid): Uuid {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
  digest[6] = (digest[6]! & 0x0f) | 0x50
  digest[8] = (digest[8]! & 0x3f) | 0x80
  const hex = digest.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
