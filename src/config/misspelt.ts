// Names in .env that look like one of ours and are not: a misspelt setting would otherwise be silently without effect.
// Only .env is looked at; the environment is full of other programs' names.
import type { OptionTable } from './option.ts'

/** One sentence for each name that differs from a known one by a letter or two. */
export function misspelt(names: readonly string[], table: OptionTable): string[] {
  const options = Object.values(table).flatMap((group) => Object.values(group))
  const known = options.flatMap((option) =>
    option.secret ? option.names.flatMap((name) => [name, `${name}_FILE`]) : option.names,
  )
  return names
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = known.find((other) => isNear(name, other))
      return meant === undefined
        ? []
        : [`.env sets ${name}, which means nothing; ${meant} is perhaps what was meant`]
    })
}

/** Long names may differ by two letters, short ones (PORT) by none: PART is more likely another program's. */
function isNear(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 6 || Math.abs(a.length - b.length) > 2) return false
  return distance(a, b) <= (a.length < 10 ? 1 : 2)
}

/** Levenshtein's distance: letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (char === other ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
