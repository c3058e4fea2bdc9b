/**
 * Words at which people want to be called besides their name (Mattermost's "words that trigger mentions",
 * and the first name). All are kept in memory and read again now and then, so that posting never waits.
 */
import type { CoreDeps } from '../deps.ts'
import { withoutCode } from '../support/mentions.ts'
import type { Millis, Uuid } from '../types.ts'

const freshMs = 5_000
const maxKeys = 50_000
const maxKeyChars = 64

/** As the repository gives them: what people chose. */
export interface KeywordChoice {
  userId: Uuid
  /** Comma-separated. */
  keys: string
  /** Empty when the first name calls nobody. */
  firstName: string
}

export class Keywords {
  private readonly deps: CoreDeps
  private words = new Map<string, Uuid[]>()
  /** Those of several words, or with signs in them. */
  private phrases: [string, Uuid[]][] = []
  private readAt: Millis = Number.NEGATIVE_INFINITY
  private reading = false

  constructor(deps: CoreDeps) {
    this.deps = deps
  }

  /** People whom this text calls by a keyword, wherever they are; never waits. */
  calledBy(content: string): Uuid[] {
    if (this.deps.clock.now() - this.readAt > freshMs) this.readAgain()
    if (this.words.size === 0 && this.phrases.length === 0) return []
    const text = withoutCode(content).toLowerCase()
    const found = new Set<Uuid>()
    for (const [word] of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
      for (const userId of this.words.get(word) ?? []) found.add(userId)
    }
    for (const [phrase, userIds] of this.phrases) {
      if (text.includes(phrase)) for (const userId of userIds) found.add(userId)
    }
    return [...found]
  }

  /** Reads what people chose; also done behind the first message. */
  async read(): Promise<void> {
    this.readAt = this.deps.clock.now()
    const words = new Map<string, Uuid[]>()
    const phrases = new Map<string, Uuid[]>()
    let left = maxKeys
    for (const { userId, keys, firstName } of await this.deps.store.read.keywords.all()) {
      for (const key of keysOf(keys, firstName)) {
        if (left-- <= 0) break
        const list = /^[\p{L}\p{N}_]+$/u.test(key) ? words : phrases
        const users = list.get(key)
        if (users) users.push(userId)
        else list.set(key, [userId])
      }
    }
    this.words = words
    this.phrases = [...phrases]
  }

  private readAgain(): void {
    if (this.reading) return
    this.reading = true
    this.read()
      .catch((error: unknown) => this.deps.log.warn('keywords could not be read', { error }))
      .finally(() => {
        this.reading = false
      })
  }
}

function keysOf(keys: string, firstName: string): Set<string> {
  const all = [...keys.split(','), firstName].map((key) => key.trim().toLowerCase())
  return new Set(all.filter((key) => key !== '' && key.length <= maxKeyChars && !key.startsWith('@')))
}
