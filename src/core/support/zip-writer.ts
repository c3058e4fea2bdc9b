/** Writes a zip archive of texts, packed off the event loop. Names that repeat get a number. */
import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'

const pack = promisify(deflateRaw)
/** Sizes and places are 32 bits without zip64. */
const TOTAL_MAX_BYTES = 2_000_000_000

export async function zipOf(files: readonly { name: string; text: string }[]): Promise<Blob> {
  const parts: BlobPart[] = []
  const directory: Uint8Array<ArrayBuffer>[] = []
  const taken = new Set<string>()
  let offset = 0
  for (const { name, text } of files.slice(0, 65_000)) {
    const bytes = Buffer.from(text)
    const packed = new Uint8Array(await pack(bytes))
    const nameBytes = new Uint8Array(Buffer.from(freeName(name, taken)))
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0) // the version that reads it
    fields.writeUInt16LE(0x0800, 2) // names are UTF-8
    fields.writeUInt16LE(8, 4) // deflated
    fields.writeUInt16LE(0x21, 8) // 1 January 1980
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(bytes.length, 18)
    fields.writeUInt16LE(nameBytes.length, 22)
    const shared = new Uint8Array(fields)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    parts.push('PK\x03\x04', shared, nameBytes, packed)
    directory.push(bytesOf('PK\x01\x02\x14\x00'), shared, new Uint8Array(place), nameBytes)
    offset += 30 + nameBytes.length + packed.length
    if (offset > TOTAL_MAX_BYTES) throw new Error('too much for one archive')
  }
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(taken.size, 8)
  end.writeUInt16LE(taken.size, 10)
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  )
  end.writeUInt32LE(offset, 16)
  return new Blob([...parts, ...directory, new Uint8Array(end)], { type: 'application/zip' })
}

const bytesOf = (latin1: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(latin1, 'latin1'))

/** No steps out of the folder that somebody unpacks it in. */
function freeName(name: string, taken: Set<string>): string {
  const plain = name.replaceAll('\\', '/').split('/').at(-1)?.replace(/^\.+/, '') || 'file'
  let free = plain
  for (let n = 2; taken.has(free); n++) free = plain.replace(/(\.[^.]*)?$/, ` (${n})$1`)
  taken.add(free)
  return free
}
