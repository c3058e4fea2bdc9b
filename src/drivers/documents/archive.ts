// An office document's zip: parts by name, with a bound on what they unpack to, so that a zip bomb costs nothing.
import { zipEntries, type ZipEntry } from '../zip.ts'
import { DocumentUnreadable } from './unreadable.ts'

const ENTRIES_MAX = 20_000
/** Of one part, and of all that are read; XML of an office document is some ten times its packed size. */
const PART_MAX_BYTES = 64_000_000
const TOTAL_MAX_BYTES = 200_000_000

export class Archive {
  private readonly entries: ReadonlyMap<string, ZipEntry>
  private read = 0

  constructor(bytes: Uint8Array) {
    const entries = zipEntries(bytes)
    if (entries.length > ENTRIES_MAX) throw new DocumentUnreadable('The document holds too many parts.')
    this.entries = new Map(entries.map((entry) => [entry.name, entry]))
  }

  has(name: string): boolean {
    return this.entries.has(name)
  }

  names(pattern: RegExp): string[] {
    return [...this.entries.keys()].filter((name) => pattern.test(name))
  }

  /** A part as text; null when there is none. */
  text(name: string): string | null {
    const entry = this.entries.get(name)
    if (!entry) return null
    this.read += entry.sizeBytes
    if (entry.sizeBytes > PART_MAX_BYTES || this.read > TOTAL_MAX_BYTES)
      throw new DocumentUnreadable('The document unpacks to more than can be read.')
    return new TextDecoder().decode(entry.read())
  }
}

/** `../media/a.xml`, as written in `ppt/slides/slide1.xml`, as the name of a part. */
export function resolvePart(from: string, target: string): string {
  const path = target.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const step of target.split('/')) {
    if (step === '..') path.pop()
    else if (step !== '.' && step !== '') path.push(step)
  }
  return path.join('/')
}
