/** SHA-256 as lower-case hex: how tokens are stored and looked up. */
import { createHash } from 'node:crypto'

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
