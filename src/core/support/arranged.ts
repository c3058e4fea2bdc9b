/** Which of one's lists are shown, and in what order: what the heads of Open WebUI's workspace pages ask for. */
import type { Uuid } from '../types.ts'

export interface Arrangement {
  /** One's own, or those of others only. */
  view?: 'created' | 'shared' | undefined
  orderBy?: 'name' | 'created_at' | 'updated_at' | undefined
  ascending?: boolean
}

interface Listed {
  userId: Uuid | null
  name?: string | null
  title?: string | null
  createdAt: number | bigint | null
  updatedAt: number | bigint | null
}

/** In the order they came in where none is asked for. */
export function arranged<Row extends Listed>(
  rows: readonly Row[],
  viewerId: Uuid,
  { view, orderBy, ascending = false }: Arrangement,
): Row[] {
  const seen = rows.filter(
    ({ userId }) => view === undefined || (userId === viewerId) === (view === 'created'),
  )
  if (orderBy === undefined) return seen
  const key = (row: Row): string | number | bigint => {
    if (orderBy === 'name') return row.name ?? row.title ?? ''
    return (orderBy === 'created_at' ? row.createdAt : row.updatedAt) ?? 0
  }
  const sign = ascending ? 1 : -1
  return seen.toSorted((a, b) => (key(a) === key(b) ? 0 : key(a) < key(b) ? -sign : sign))
}
