/** The `config` table as Open WebUI means it: every key has a default, and what is saved is live at once. */
import type { OpenwebuiContext } from '../chats/context.ts'
import type { Actor } from '../types.ts'
import { CONFIG_DEFAULTS } from './defaults.ts'
import { isConfigurable, providersOf, seedOf } from './providers.ts'

export type OpenConfig = ReturnType<typeof createOpenConfig>

/** What the environment says that a new table is seeded with. */
export interface Environment {
  providers: Parameters<typeof seedOf>[0]
}

const PROVIDER_KEY = /^(openai|ollama)\./

export function createOpenConfig(context: OpenwebuiContext) {
  const { settings } = context.core
  const get = (key: string): unknown => context.setting<unknown>(key, CONFIG_DEFAULTS[key] ?? null)

  /** Rows that a new server starts with; what is there stays. `own` replaces single defaults. */
  async function seed(own: Readonly<Record<string, unknown>>): Promise<number> {
    const { seconds } = context.now()
    return context.write(async (tables) => {
      const known = new Set((await tables.config.pick(['key'])).map(({ key }) => key))
      const rows = Object.entries({ ...CONFIG_DEFAULTS, ...own })
        .filter(([key]) => !known.has(key))
        .map(([key, value]) => ({ key, value, updatedAt: seconds }))
      if (rows.length > 0) await tables.config.insert(rows)
      return rows.length
    })
  }

  /** Tells the gateway which providers the settings name. */
  function applyProviders(): void {
    const { models } = context.deps
    if (isConfigurable(models)) models.configure(providersOf(get))
  }

  return {
    get,
    applyProviders,

    /** Seeds a new table, then takes the providers from it, unless only the environment has a say. */
    async begin(environment: Environment): Promise<void> {
      // A table that Open WebUI filled gets no row, and is read all the same.
      if ((await seed(seedOf(environment.providers))) > 0) await settings.reload()
      else await settings.ready()
      const chosen = ['openai.api_base_urls', 'openai.api_keys', 'openai.api_configs', 'openai.enable']
      const saved = [...chosen, 'ollama.base_urls', 'ollama.api_configs'].some((key) =>
        settings.isExplicit(key),
      )
      if (saved || environment.providers.length === 0) applyProviders()
    },

    /** Writes only what differs, so that keys the environment fixes may be sent along unchanged. */
    async set(actor: Actor, values: Record<string, unknown>): Promise<void> {
      const changed = Object.entries(values).filter(
        ([key, value]) => value !== undefined && JSON.stringify(get(key)) !== JSON.stringify(value),
      )
      if (changed.length === 0) return
      await settings.set(actor, Object.fromEntries(changed))
      if (changed.some(([key]) => PROVIDER_KEY.test(key))) applyProviders()
    },

    /** Another node, or another face, changed something. */
    heard(keys: readonly string[]): void {
      if (keys.some((key) => PROVIDER_KEY.test(key))) applyProviders()
    },

    /** Without what only Hubbub has. */
    async all(actor: Actor): Promise<Record<string, unknown>> {
      const values = Object.entries(await settings.all(actor))
      return Object.fromEntries(values.filter(([key]) => !key.startsWith('hubbub.')))
    },
  }
}
