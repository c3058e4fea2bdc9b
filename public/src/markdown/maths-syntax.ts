/**
 * `$…$`, `\(…\)`, `$$…$$` and `\[…\]` in messages. Only finds them and marks
 * them up; drawing is lazy (hydrate.ts). Prices like "$5 and $6" are no maths.
 */
import type { Tokens } from 'marked'

/** A formula longer than this is no formula; the bound keeps hostile texts cheap. */
const LONGEST = 4_000

const inlineRules = [
  // As in Pandoc: no blank inside the dollars, no digit after the closing one.
  /^\$(?![\s$])((?:\\[^\n]|[^\\$\n]){1,400}?)(?<![\s\\])\$(?![\d$])/,
  /^\\\(([^\n]{1,400}?)\\\)/,
]

function firstMatch(rules: RegExp[], src: string): RegExpExecArray | null {
  for (const rule of rules) {
    const match = rule.exec(src)
    if (match) return match
  }
  return null
}

/** `$$…$$` or `\[…\]` that begins here and has its last line to itself. */
function blockAt(src: string): { raw: string; text: string } | undefined {
  const open = /^ {0,3}(\$\$|\\\[)/.exec(src)
  if (!open) return undefined
  const close = open[1] === '$$' ? '$$' : '\\]'
  const from = open[0].length
  const end = src.slice(from, from + LONGEST).indexOf(close)
  if (end < 0) return undefined
  const text = src.slice(from, from + end).trim()
  const rest = /^[ \t]*(?:\n|$)/.exec(src.slice(from + end + close.length, from + end + close.length + 200))
  if (!text || !rest) return undefined
  return { raw: src.slice(0, from + end + close.length + rest[0].length), text }
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export const inlineMaths = {
  name: 'inlineMaths',
  level: 'inline' as const,
  start: (src: string) => src.match(/\$|\\\(/)?.index,
  tokenizer(src: string): Tokens.Generic | undefined {
    const match = firstMatch(inlineRules, src)
    return match ? { type: 'inlineMaths', raw: match[0], text: match[1] } : undefined
  },
  renderer: (token: Tokens.Generic) => `<span class="math">${escape(String(token.text))}</span>`,
}

export const blockMaths = {
  name: 'blockMaths',
  level: 'block' as const,
  start: (src: string) => src.match(/(?:^|\n) {0,3}(?:\$\$|\\\[)/)?.index,
  tokenizer(src: string): Tokens.Generic | undefined {
    const found = blockAt(src)
    return found ? { type: 'blockMaths', ...found } : undefined
  },
  renderer: (token: Tokens.Generic) => `<div class="math math-block">${escape(String(token.text))}</div>`,
}
