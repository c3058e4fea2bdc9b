/** Settings: `hubbub.*` in a table of our own, all others in Open WebUI's `config`, whose pages edit them. */
import type { SettingRepository, StoredSettings } from '../../../core/accounts/repositories.ts'
import { JSON_NULL } from '../../columns/json.ts'
import type { Conn } from '../../conn.ts'

const OURS = 'hubbub.'
/** When Open WebUI makes the table it writes some 380 rows at once; an administrator's form has fewer. */
const SEEDING_ROWS = 150
const SEEDING_SPAN_S = 2

export function settingRepository(conn: Conn): SettingRepository {
  const { config, hbSetting } = conn.tables
  return {
    async all() {
      const theirs = await conn.db.select().from(config)
      const ours = await conn.db.select().from(hbSetting)
      const values = Object.fromEntries([...theirs, ...ours].map(({ key, value }) => [key, value]))
      return { values, seeded: seededKeys(theirs) }
    },
    async put(values, at) {
      for (const [key, value] of Object.entries(values)) {
        const stored = value ?? JSON_NULL
        if (key.startsWith(OURS)) {
          await conn.db
            .insert(hbSetting)
            .values({ key, value: stored, updatedAt: at })
            .onConflictDoUpdate({ target: hbSetting.key, set: { value: stored, updatedAt: at } })
        } else {
          const updatedAt = Math.floor(at / 1_000)
          await conn.db
            .insert(config)
            .values({ key, value: stored, updatedAt })
            .onConflictDoUpdate({ target: config.key, set: { value: stored, updatedAt } })
        }
      }
    },
  }
}

/** Rows that still bear the moment at which Open WebUI filled the table. */
function seededKeys(rows: readonly { key: string; updatedAt: number | null }[]): StoredSettings['seeded'] {
  const counts = new Map<number, number>()
  for (const { updatedAt } of rows) if (updatedAt) counts.set(updatedAt, (counts.get(updatedAt) ?? 0) + 1)
  const moments = [...counts].filter(([, count]) => count >= SEEDING_ROWS).map(([at]) => at)
  const seededAt = Math.min(...moments)
  const isSeeded = (at: number | null) => at !== null && at >= seededAt && at <= seededAt + SEEDING_SPAN_S
  return new Set(rows.filter((row) => isSeeded(row.updatedAt)).map((row) => row.key))
}
