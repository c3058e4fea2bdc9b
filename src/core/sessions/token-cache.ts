/**
 * Who a token stands for, kept in memory so that an authenticated request needs no query. Entries go
 * the moment something about them changes: log-out, password, role, deactivation, a key's end.
 */
import { LruMap } from '../support/lru.ts'
import type { Actor, Millis, Uuid } from '../types.ts'

const MAX_TOKENS = 50_000

export interface TokenEntry {
  actor: Actor
  expiresAt: Millis | null
}

export class TokenCache {
  private readonly entries: LruMap<string, TokenEntry>
  private readonly byUser = new Map<Uuid, Set<string>>()
  private changes = 0

  constructor(maxTokens = MAX_TOKENS) {
    this.entries = new LruMap(maxTokens, (token, entry) => this.unlink(token, entry))
  }

  /** Undefined when unknown or expired. */
  get(token: string, now: Millis): TokenEntry | undefined {
    const entry = this.entries.get(token)
    if (!entry) return undefined
    if (entry.expiresAt === null || entry.expiresAt > now) return entry
    this.forget(token)
    return undefined
  }

  get version(): number {
    return this.changes
  }

  /** Kept only when nothing has changed since `readAtVersion`: what was read might be over already. */
  keep(token: string, entry: TokenEntry, readAtVersion: number): void {
    if (readAtVersion !== this.changes) return
    this.entries.set(token, entry)
    const userId = entry.actor.user.id
    const tokens = this.byUser.get(userId)
    if (tokens) tokens.add(token)
    else this.byUser.set(userId, new Set([token]))
  }

  forget(token: string): void {
    this.changes += 1
    const entry = this.entries.peek(token)
    if (!entry) return
    this.entries.delete(token)
    this.unlink(token, entry)
  }

  forgetUser(userId: Uuid): void {
    this.changes += 1
    for (const token of this.byUser.get(userId) ?? []) this.entries.delete(token)
    this.byUser.delete(userId)
  }

  clear(): void {
    this.changes += 1
    this.entries.clear()
    this.byUser.clear()
  }

  private unlink(token: string, entry: TokenEntry): void {
    const userId = entry.actor.user.id
    const tokens = this.byUser.get(userId)
    tokens?.delete(token)
    if (tokens?.size === 0) this.byUser.delete(userId)
  }
}
