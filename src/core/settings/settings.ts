/**
 * Settings: the environment first, then what is stored (Open WebUI's `config` rows; `hubbub.*` in a
 * table of our own), then the caller's default. Read whole once and kept, so that asking costs nothing.
 */
import type { CoreDeps } from '../deps.ts'
import type { Settings } from '../core.ts'
import { fault } from '../faults.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import type { Actor } from '../types.ts'
import type { StoredSettings } from '../accounts/repositories.ts'

const KEY = /^[a-z][a-zA-Z0-9_-]*(\.[a-zA-Z0-9][a-zA-Z0-9_-]*)*$/
const MAX_KEY_CHARS = 200
const MAX_VALUE_CHARS = 1_000_000

export interface SettingsPart extends Settings {
  /** Reads it again: another node changed something. */
  reload(): Promise<void>
}

export function createSettings(deps: CoreDeps): SettingsPart {
  const fixed = deps.settings.fixed ?? {}
  let stored: StoredSettings = { values: {}, seeded: new Set() }
  let loading: Promise<void> | undefined

  async function reload(): Promise<void> {
    stored = await deps.store.read.settings.all()
  }

  /** A failed read is tried again by the next who asks. */
  function ready(): Promise<void> {
    loading ??= reload().catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }

  function has(key: string): boolean {
    return Object.hasOwn(stored.values, key) && stored.values[key] !== undefined
  }

  return {
    ready,
    reload,
    get: <T>(key: string, fallback: T) => {
      if (Object.hasOwn(fixed, key)) return fixed[key] as T
      const value = has(key) ? stored.values[key] : null
      return value === null ? fallback : (value as T)
    },
    isExplicit: (key) => Object.hasOwn(fixed, key) || (has(key) && !stored.seeded.has(key)),
    async set(actor: Actor, values: Record<string, unknown>) {
      requireAdmin(actor)
      checkValues(values)
      const changes = withoutFixed(values, fixed)
      if (Object.keys(changes).length === 0) return
      await deps.store.tx(async (repos, unit) => {
        await repos.settings.put(changes, deps.clock.now())
        unit.emit({ type: 'settings.changed', keys: Object.keys(changes) })
      })
      await reload()
    },
    async all(actor: Actor) {
      requireAdmin(actor)
      await ready()
      return { ...configured(deps), ...stored.values, ...fixed }
    },
  }
}

/** What holds for settings of ours that nobody has changed. */
function configured({ settings }: CoreDeps): Record<string, unknown> {
  return {
    'hubbub.enable_signup': settings.signupEnabled,
    'hubbub.default_model': settings.defaultModel,
    'hubbub.max_tokens_per_day': settings.aiTokensPerDay,
  }
}

function checkValues(values: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(values)) {
    if (!KEY.test(key) || key.length > MAX_KEY_CHARS) {
      throw fault.invalid('settings.bad_key', `There can be no setting "${key.slice(0, 50)}".`)
    }
    const size = JSON.stringify(value)?.length
    if (size === undefined || size > MAX_VALUE_CHARS) {
      throw fault.invalid('settings.bad_value', `The value of ${key} cannot be stored.`)
    }
  }
}

/** Forms send all they show: what the environment says may be repeated, not changed. */
function withoutFixed(
  values: Record<string, unknown>,
  fixed: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const free = Object.entries(values).filter(([key]) => !Object.hasOwn(fixed, key))
  const changed = Object.keys(values).find(
    (key) => Object.hasOwn(fixed, key) && JSON.stringify(values[key]) !== JSON.stringify(fixed[key]),
  )
  if (changed === undefined) return Object.fromEntries(free)
  throw fault.conflict('settings.fixed', `${changed} is set by the environment and cannot be changed here.`)
}
