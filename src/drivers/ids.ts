/**
 * New ids and secrets. Ids are UUID version 7 (RFC 9562, 5.7) with a 12-bit counter in `rand_a`, so
 * that ids of this process strictly increase, also within a millisecond and when the clock is set back.
 */
import type { Clock, Ids } from '../core/ports.ts'

/** Random bytes are drawn in blocks: a call for each id would cost more than the id. */
const BLOCK_BYTES = 4_096

export function createIds(clock: Pick<Clock, 'now'>): Ids {
  const block = Buffer.alloc(BLOCK_BYTES)
  let used = BLOCK_BYTES
  let lastMs = 0
  let counter = 0

  function random(bytes: number): Buffer {
    if (used + bytes > BLOCK_BYTES) {
      crypto.getRandomValues(block)
      used = 0
    }
    used += bytes
    return block.subarray(used - bytes, used)
  }

  /** Moves to the next (millisecond, counter) pair; a full counter borrows the next millisecond. */
  function tick(): void {
    const now = clock.now()
    if (now > lastMs) {
      lastMs = now
      // A random start below half leaves room for 2,048 ids before a millisecond is borrowed.
      counter = random(2).readUInt16BE(0) & 0x7ff
    } else if (counter < 0xfff) {
      counter += 1
    } else {
      lastMs += 1
      counter = 0
    }
  }

  return {
    next() {
      tick()
      const tail = Buffer.from(random(8))
      tail[0] = (tail[0]! & 0x3f) | 0x80
      const time = lastMs.toString(16).padStart(12, '0')
      const head = (0x7000 | counter).toString(16)
      const rest = tail.toString('hex')
      return `${time.slice(0, 8)}-${time.slice(8)}-${head}-${rest.slice(0, 4)}-${rest.slice(4)}`
    },
    secret: (bytes) => crypto.getRandomValues(Buffer.alloc(bytes)).toString('hex'),
  }
}
