/** Sums of usage. Pure. */
import type { UsageRow } from '../../lib/types.ts'

/** Tokens of each day that has any, oldest first. */
export function byDay(rows: UsageRow[]): { day: string; tokens: number }[] {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(row.day, (sums.get(row.day) ?? 0) + row.total_tokens)
  return [...sums].map(([day, tokens]) => ({ day, tokens })).toSorted((a, b) => a.day.localeCompare(b.day))
}
