/**
 * `$…$`, `\(…\)`, `$$…$$` and `\[…\]` in messages. Only finds them and marks
 * them up; drawing is lazy (hydrate.ts). Prices like "$5 and $6" are no maths.
 */
import type { Tokens } from 'marked'

const inlineRules = [
  // As in Pandoc: no blank inside the dollars, no digit after the closing one.
  /^\$(?![\s$])((?:\\[^\n]|[^\\$\n])+?)(?<![\s\\])\$(?![\d$])/,
  /^\\\(([^\n]+?)\\\)/,
]
const blockRules = [
  /^ {0,3}\$\$\s*([\s\S]+?)\s*\$\$(?:\s*\n|\s*$)/,
  /^ {0,3}\\\[\s*([\s\S]+?)\s*\\\](?:\s*\n|\s*$)/,
]

function firstMatch(rules: RegExp[], src: string): RegExpExecArray | null {
  for (const rule of rules) {
    const match = rule.exec(src)
    if (match) return match
  }
  return null
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
    const match = firstMatch(blockRules, src)
    return match ? { type: 'blockMaths', raw: match[0], text: match[1] } : undefined
  },
  renderer: (token: Tokens.Generic) => `<div class="math math-block">${escape(String(token.text))}</div>`,
}
