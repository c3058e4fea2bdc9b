/**
 * People by id, kept in memory: nearly every request and every message needs some. A change drops the
 * entry at its commit; a read that began before that is not kept, so nothing stale comes back.
 */
import type { UserRepository } from '../accounts/repositories.ts'
import { LruMap } from '../support/lru.ts'
import type { User, Uuid } from '../types.ts'

const MAX_USERS = 20_000

export class UserCache {
  private readonly users = new LruMap<Uuid, User>(MAX_USERS)
  private readonly load: () => Pick<UserRepository, 'byId' | 'byIds'>
  private changes = 0

  constructor(load: () => Pick<UserRepository, 'byId' | 'byIds'>) {
    this.load = load
  }

  async byId(id: Uuid): Promise<User | null> {
    const known = this.users.get(id)
    if (known) return known
    const before = this.changes
    const user = await this.load().byId(id)
    if (user) this.keep(user, before)
    return user
  }

  /** In the order asked; unknown ids are left out. */
  async byIds(ids: readonly Uuid[]): Promise<User[]> {
    const found = new Map<Uuid, User>()
    const missing: Uuid[] = []
    for (const id of ids) {
      const known = this.users.get(id)
      if (known) found.set(id, known)
      else missing.push(id)
    }
    if (missing.length > 0) {
      const before = this.changes
      for (const user of await this.load().byIds(missing)) {
        found.set(user.id, user)
        this.keep(user, before)
      }
    }
    return ids.flatMap((id) => found.get(id) ?? [])
  }

  /** How many changes were seen; pass it to `keep` with what was read since. */
  get version(): number {
    return this.changes
  }

  keep(user: User, readAtVersion: number): void {
    if (readAtVersion === this.changes) this.users.set(user.id, user)
  }

  forget(id: Uuid): void {
    this.changes += 1
    this.users.delete(id)
  }

  clear(): void {
    this.changes += 1
    this.users.clear()
  }
}
