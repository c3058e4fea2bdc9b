/** Durations as the settings of Open WebUI write them: `4w`, `1h30m`; `-1` and `0` are without end. The environment's are read by src/config. */
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Milliseconds, null = without end, undefined = no duration. */
export function durationMs(raw: string): number | null | undefined {
  if (raw === '-1' || raw === '0') return null
  const parts = [...raw.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== raw) return undefined
  const each = parts.map(([, amount, unit]) => Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS])
  return Math.round(each.reduce((sum, ms) => sum + ms, 0))
}
