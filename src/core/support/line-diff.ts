/** What changed between two texts, by lines, in the unified format that people know from patches. */
import { structuredPatch } from 'diff'

/** Texts that differ in more lines than this are shown as one text out and one text in. */
const EDITS_MAX = 2_000

/** Empty when no line differs. `from` and `to` name the texts in the two lines at the top. */
export function lineDiff(before: string, after: string, from: string, to: string): string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  if (old.join('\n') === fresh.join('\n')) return []
  const patch = structuredPatch(from, to, endedText(old), endedText(fresh), '', '', {
    context: 3,
    maxEditLength: EDITS_MAX,
  })
  const head = [`--- ${from}`, `+++ ${to}`]
  if (!patch) {
    const range = `@@ ${rangeOf('-', old.length)} ${rangeOf('+', fresh.length)} @@`
    return [...head, range, ...old.map((line) => `-${line}`), ...fresh.map((line) => `+${line}`)]
  }
  return [
    ...head,
    ...patch.hunks.flatMap((hunk) => [
      `@@ -${spanOf(hunk.oldStart, hunk.oldLines)} +${spanOf(hunk.newStart, hunk.newLines)} @@`,
      ...hunk.lines,
    ]),
  ]
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** With a line end at its end, so that no "no newline" mark is needed. */
const endedText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** No lines lie after the line before them. */
const spanOf = (start: number, lines: number): string =>
  lines === 1 ? `${start}` : `${lines === 0 ? start - 1 : start},${lines}`
const rangeOf = (sign: string, lines: number): string => `${sign}${spanOf(1, lines)}`
