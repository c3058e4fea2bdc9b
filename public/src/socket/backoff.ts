/** How long to wait before the next connection attempt. Pure. */

const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * Delay in milliseconds before attempt `attempt` (0 is the first retry). Half of
 * it is random, so that a thousand clients do not return in the same moment.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return Math.round(ceiling / 2 + (ceiling / 2) * random())
}
