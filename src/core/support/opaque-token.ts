/** Tokens of 26 characters in the alphabet that Mattermost uses for ids and tokens: 130 bits. */
import type { Ids } from '../ports.ts'

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769'
const CHARS = 26
const OPAQUE = /^[ybndrfg8ejkmcpqxot1uwisza345h769]{26}$/

export function isOpaqueToken(text: string): boolean {
  return OPAQUE.test(text)
}

export function opaqueToken(ids: Ids): string {
  // 17 bytes are 136 bits, of which 130 are spelled, five a character.
  const bits = BigInt(`0x${ids.secret(17)}`)
  let out = ''
  for (let i = 0; i < CHARS; i += 1) out += ALPHABET[Number((bits >> BigInt(i * 5)) & 31n)]
  return out
}
