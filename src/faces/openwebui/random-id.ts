/** Ids that only a socket's transport uses; the core's ids come from its own port. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 20 characters, 120 bits of randomness, as python-engineio's ids look. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20))
  let id = ''
  for (const byte of bytes) id += ALPHABET[byte & 63]
  return id
}
