// What was measured, beside the floor, as a table for people and as docs/performance.md.

export interface Figure {
  what: string
  ours: string
  floor: string
  /** Our figure in terms of the floor's, where that makes sense. */
  ratio: number | null
  /** The promise, in words. */
  target: string
  met: boolean
}

const HEADINGS = ['what', 'ours', 'floor', 'ratio', 'promised', 'met']

export function table(figures: readonly Figure[], headings = HEADINGS): string {
  const rows = figures.map(
    ({ what, ours, floor, ratio, target, met }) =>
      `| ${what} | ${ours} | ${floor} | ${ratio === null ? '' : ratio.toFixed(2)} | ${target} | ${met ? 'yes' : '**no**'} |`,
  )
  return [`| ${headings.join(' | ')} |`, `|${' --- |'.repeat(headings.length)}`, ...rows].join('\n')
}

export const round = (value: number, digits = 1): string => value.toFixed(digits)
