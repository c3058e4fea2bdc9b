/** A UUID (version 4) that cannot be guessed, for what is secret by its name alone. */
import type { Ids } from '../ports.ts'
import type { Uuid } from '../types.ts'

export function randomUuid(ids: Pick<Ids, 'secret'>): Uuid {
  const hex = ids.secret(16)
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-')
}
