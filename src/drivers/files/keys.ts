// Which keys a file store takes, and what their names say about the content. Shared by all drivers, so that a
// store can be moved from one to another.

const KEY_BYTES_MAX = 900 // S3 allows 1024 with its prefix
const SEGMENT_BYTES_MAX = 240 // file systems allow 255, we add a few

export class BadFileKey extends Error {
  override readonly name = 'BadFileKey'
}

/**
 * True for relative paths of plain names: no `..`, no empty or hidden segment, no backslash, no control
 * character. Hidden names are the store's own.
 */
export function isFileKey(key: string): boolean {
  if (key === '' || Buffer.byteLength(key) > KEY_BYTES_MAX || !key.isWellFormed()) return false
  // oxlint-disable-next-line no-control-regex -- these are what must not come in
  if (/[\u0000-\u001f\u007f\\]/.test(key)) return false
  return key
    .split('/')
    .every((part) => part !== '' && !part.startsWith('.') && Buffer.byteLength(part) <= SEGMENT_BYTES_MAX)
}

export function assertFileKey(key: string): void {
  if (!isFileKey(key)) throw new BadFileKey('This is not a name that files are kept under.')
}

/** The media type that the key's extension stands for, without parameters; `application/octet-stream` when it says nothing. */
export function typeOfKey(key: string): string {
  return bareType(Bun.file(key).type)
}

export function bareType(type: string): string {
  return type.split(';', 1)[0]!.trim().toLowerCase() || 'application/octet-stream'
}
