/** Small settings that each person keeps for clients: (category, name) → text. */
import type { CoreDeps } from '../deps.ts'
import type { Preferences } from '../core.ts'
import { fault } from '../faults.ts'
import { requireSelfOrAdmin } from '../permissions/scopes.ts'
import type { Preference } from '../types.ts'

/** As in Mattermost, whose clients store the most. */
const MAX_NAME_CHARS = 32
const MAX_VALUE_CHARS = 20_000
const MAX_AT_ONCE = 100
/** A person has a few dozen, and three for each room; more is a client gone wild. */
const MAX_EACH = 20_000

export function createPreferences(deps: CoreDeps): Preferences {
  return {
    list(actor, userId, category) {
      requireSelfOrAdmin(actor, userId, 'account:read')
      return deps.store.read.preferences.list(userId, category ?? null)
    },
    async get(actor, userId, category, name) {
      requireSelfOrAdmin(actor, userId, 'account:read')
      return deps.store.read.preferences.get(userId, category, name)
    },
    async set(actor, userId, preferences) {
      requireSelfOrAdmin(actor, userId, 'account:write')
      const own = preferences.map((one) => checked(one, userId))
      checkCount(own)
      if (own.length === 0) return
      await deps.store.tx(async (repos, unit) => {
        if ((await repos.preferences.count(userId)) + own.length > MAX_EACH) {
          throw fault.invalid('preference.too_many', 'This account has too many preferences.')
        }
        await repos.preferences.put(own, deps.clock.now())
        unit.emit({ type: 'preferences.changed', userId, preferences: own })
      })
    },
    async remove(actor, userId, preferences) {
      requireSelfOrAdmin(actor, userId, 'account:write')
      checkCount(preferences)
      if (preferences.length === 0) return
      const gone = preferences.map((one) => ({ ...one, userId }))
      await deps.store.tx(async (repos, unit) => {
        await repos.preferences.remove(userId, gone)
        unit.emit({ type: 'preferences.deleted', userId, preferences: gone })
      })
    },
  }
}

/** Whatever the sender put into `userId`, it is this person's. */
function checked(one: Preference, userId: string): Preference {
  const { category, name, value } = one
  // The theme for all teams has an empty name.
  if (category === '' || category.length > MAX_NAME_CHARS || name.length > MAX_NAME_CHARS) {
    throw fault.invalid('preference.bad_name', 'Category and name of a preference have at most 32 characters.')
  }
  if (value.length > MAX_VALUE_CHARS) {
    throw fault.invalid('preference.too_long', `A preference holds at most ${MAX_VALUE_CHARS} characters.`)
  }
  return { userId, category, name, value }
}

function checkCount(preferences: readonly unknown[]): void {
  if (preferences.length > MAX_AT_ONCE) {
    throw fault.invalid('preference.too_many', `At most ${MAX_AT_ONCE} preferences at once.`)
  }
}
