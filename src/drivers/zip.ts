/**
 * Reads zip archives as wheels and office documents are: the central directory, stored and deflated entries, no
 * encryption, no zip64. An entry never unpacks to more than its directory says.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly sizeBytes: number
  read(): Buffer
}

const END = 0x06054b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
/** The end record and the longest comment behind it. */
const END_SEARCH_BYTES = 22 + 65_535
/** One entry may not become larger: an archive from elsewhere must not fill the memory. */
const MAX_ENTRY_BYTES = 256 * 1024 * 1024

/** The entries of the archive; `use` may read them until it returns. Throws on what is no such archive. */
export function withZip<T>(path: string, use: (entries: ZipEntry[]) => T): T {
  const file = openSync(path, 'r')
  const at = (position: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length)
    let got = 0
    while (got < length) {
      const read = readSync(file, bytes, got, length - got, position + got)
      if (read === 0) throw new Error(`${path} ends too early: it is no complete zip archive`)
      got += read
    }
    return bytes
  }
  try {
    return use(entriesOf(path, statSync(path).size, at))
  } finally {
    closeSync(file)
  }
}

/** The entries of an archive in memory. Throws on what is no such archive. */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return entriesOf('The file', buffer.length, (position, length) => {
    if (position + length > buffer.length)
      throw new Error('The file ends too early: it is no complete zip archive')
    return buffer.subarray(position, position + length)
  })
}

type ReadAt = (position: number, length: number) => Buffer

function entriesOf(path: string, sizeBytes: number, at: ReadAt): ZipEntry[] {
  const tailBytes = Math.min(sizeBytes, END_SEARCH_BYTES)
  const tail = at(sizeBytes - tailBytes, tailBytes)
  let end = tail.length - 22
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--
  if (end < 0) throw new Error(`${path} is no zip archive`)
  const count = tail.readUInt16LE(end + 10)
  const directory = at(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12))
  const entries: ZipEntry[] = []
  for (let place = 0; entries.length < count;) {
    if (directory.readUInt32LE(place) !== CENTRAL) throw new Error(`The directory of ${path} is damaged`)
    const method = directory.readUInt16LE(place + 10)
    const packedBytes = directory.readUInt32LE(place + 20)
    const entryBytes = directory.readUInt32LE(place + 24)
    const nameBytes = directory.readUInt16LE(place + 28)
    const start = directory.readUInt32LE(place + 42)
    const name = directory.toString('utf8', place + 46, place + 46 + nameBytes)
    entries.push({
      name,
      sizeBytes: entryBytes,
      read: () => unpack(at, { name, method, packedBytes, entryBytes, start }),
    })
    place += 46 + nameBytes + directory.readUInt16LE(place + 30) + directory.readUInt16LE(place + 32)
  }
  return entries
}

interface Place {
  readonly name: string
  readonly method: number
  readonly packedBytes: number
  readonly entryBytes: number
  readonly start: number
}

function unpack(at: ReadAt, { name, method, packedBytes, entryBytes, start }: Place): Buffer {
  if (entryBytes > MAX_ENTRY_BYTES) throw new Error(`${name} is too large`)
  const header = at(start, 30)
  if (header.readUInt32LE(0) !== LOCAL) throw new Error(`${name} is damaged`)
  const packed = at(start + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), packedBytes)
  if (method === 0) return packed
  if (method !== 8) throw new Error(`${name} is packed in a way that is not supported`)
  const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, entryBytes) })
  if (bytes.length !== entryBytes) throw new Error(`${name} is damaged`)
  return bytes
}
