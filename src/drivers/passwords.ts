/**
 * Password hashes by Bun.password, which works on a thread of its own. At most two at a time: each
 * takes 19 MiB and a core for tens of milliseconds, and everyone else's requests need the rest.
 */
import { AppFault } from '../core/faults.ts'
import type { PasswordHasher } from '../core/ports.ts'

/**
 * Argon2id with 19 MiB, two passes, one lane: the second choice of OWASP's Password Storage Cheat
 * Sheet. As strong as its first (46 MiB, one pass) and cheaper in memory when many sign in at once.
 */
const ARGON2ID = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const
const ARGON2ID_PREFIX = '$argon2id$v=19$m=19456,t=2,p=1$'
const BCRYPT = { algorithm: 'bcrypt', cost: 12 } as const
/** bcrypt reads no more; Open WebUI cuts here, Bun would hash longer input with SHA-512 first. */
const BCRYPT_MAX_BYTES = 72

export interface PasswordOptions {
  /** What new hashes are. Open WebUI's Python server verifies both. */
  algorithm?: 'argon2id' | 'bcrypt'
  concurrency?: number
  /** More than this many waiting are refused (503), so that a flood cannot queue for minutes. */
  maxWaiting?: number
}

export function createPasswordHasher(options: PasswordOptions = {}): PasswordHasher {
  const run = gate(options.concurrency ?? 2, options.maxWaiting ?? 2_000)
  const algorithm = options.algorithm ?? 'argon2id'
  let dummy: Promise<string> | undefined

  const hash = (password: string) => run(() => hashNow(password, algorithm))

  return {
    hash,
    async verify(password, stored) {
      if (stored === null || !isVerifiable(stored)) {
        // The same work as for a real account, so that the answer's time tells nothing.
        dummy ??= hash('no such account')
        const other = await dummy
        await run(() => Bun.password.verify(password, other))
        return { ok: false, needsRehash: false }
      }
      const ok = await run(() => Bun.password.verify(inputFor(password, stored), stored).catch(() => false))
      return { ok, needsRehash: ok && isOutdated(stored, algorithm) }
    },
  }
}

function hashNow(password: string, algorithm: 'argon2id' | 'bcrypt'): Promise<string> {
  // bcrypt would ignore the end of a long password: such ones get Argon2id in either mode.
  const useBcrypt = algorithm === 'bcrypt' && Buffer.byteLength(password) <= BCRYPT_MAX_BYTES
  return Bun.password.hash(password, useBcrypt ? BCRYPT : ARGON2ID)
}

/** Accounts made by LDAP or OAuth hold a plain UUID, which no password matches. */
function isVerifiable(stored: string): boolean {
  return /^\$(2[aby]|argon2(id|i|d))\$/.test(stored)
}

function inputFor(password: string, stored: string): string | Uint8Array {
  return stored.startsWith('$2') ? Buffer.from(password).subarray(0, BCRYPT_MAX_BYTES) : password
}

function isOutdated(stored: string, algorithm: 'argon2id' | 'bcrypt'): boolean {
  if (stored.startsWith(ARGON2ID_PREFIX)) return false
  return algorithm === 'argon2id' || !/^\$2[by]\$1[2-9]\$/.test(stored)
}

/** At most `limit` at a time, in order of arrival. */
function gate(limit: number, maxWaiting: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= limit) {
      if (waiting.length >= maxWaiting) {
        throw new AppFault('unavailable', 'auth.busy', 'Too many people sign in right now.', {
          retryAfterS: 5,
        })
      }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // The place is handed over, not freed: nobody slips in between.
      if (next) next()
      else running -= 1
    }
  }
}
