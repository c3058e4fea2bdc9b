/** The `config` table as Open WebUI means it: every key has a default, and what is saved is live at once. */
import type { OpenwebuiContext } from '../chats/context.ts'
import type { Actor } from '../types.ts'
import { CONFIG_DEFAULTS } from './defaults.ts'

export type OpenConfig = ReturnType<typeof createOpenConfig>

export function createOpenConfig(context: OpenwebuiContext) {
  const get = (key: string): unknown => context.setting<unknown>(key, CONFIG_DEFAULTS[key] ?? null)

  return {
    get,

    /** Writes only what differs, so that keys the environment fixes may be sent along unchanged. */
    async set(actor: Actor, values: Record<string, unknown>): Promise<void> {
      const changed = Object.entries(values).filter(
        ([key, value]) => value !== undefined && JSON.stringify(get(key)) !== JSON.stringify(value),
      )
      if (changed.length > 0) await context.core.settings.set(actor, Object.fromEntries(changed))
    },

    all: (actor: Actor): Promise<Record<string, unknown>> => context.core.settings.all(actor),

    /** Rows that a new server starts with; what is there stays. `own` replaces single defaults. */
    async seed(own: Readonly<Record<string, unknown>> = {}): Promise<number> {
      const { seconds } = context.now()
      return context.write(async (tables) => {
        const known = new Set((await tables.config.pick(['key'])).map(({ key }) => key))
        const rows = Object.entries({ ...CONFIG_DEFAULTS, ...own })
          .filter(([key]) => !known.has(key))
          .map(([key, value]) => ({ key, value, updatedAt: seconds }))
        if (rows.length > 0) await tables.config.insert(rows)
        return rows.length
      })
    },
  }
}
