/**
 * Message text to HTML, block by block. Raw HTML in messages is shown as text,
 * never parsed. The result still goes through the sanitiser; this file alone
 * must already be safe. Runs without a DOM.
 */
import { Marked, type Tokens } from 'marked'
import { glyphOf } from '../lib/emoji.ts'
import { inlineMaths, blockMaths } from './maths-syntax.ts'

/** Escapes text for HTML content and double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** A link target that may be followed, or null: web, mail, and paths of this server. */
export function safeHref(href: string): string | null {
  const trimmed = href.trim()
  if (/^(https?:\/\/|mailto:)/i.test(trimmed)) return trimmed
  if (/^\/(?![/\\])/.test(trimmed)) return trimmed
  return null
}

/** Where the next mention may begin: an @ that does not stand inside a word or address. */
function findMention(src: string): number | undefined {
  for (let at = src.indexOf('@'); at >= 0; at = src.indexOf('@', at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}_@/.]/u.test(src.charAt(at - 1))) return at
  }
  return undefined
}

/** More block formulas than this in one message are an attack: finding them costs by the square. */
const MOST_FORMULAS = 100

const tooMany = (text: string) => text.split(/\$\$|\\\[/, MOST_FORMULAS + 1).length > MOST_FORMULAS

/** Quotes within quotes beyond this are no quotes; parsing them costs by the square. */
const TOO_DEEP = /^(?:[ \t]*>){40}/m

const mention = {
  name: 'mention',
  level: 'inline' as const,
  start: findMention,
  tokenizer(src: string): Tokens.Generic | undefined {
    const match = /^@([\p{L}\p{N}_](?:[\p{L}\p{N}_./:-]*[\p{L}\p{N}_])?)/u.exec(src)
    if (!match) return undefined
    return { type: 'mention', raw: match[0], text: match[1] }
  },
  renderer(token: Tokens.Generic): string {
    const name = escapeHtml(String(token.text))
    return `<span class="mention" data-name="${name.toLowerCase()}">@${name}</span>`
  },
}

const shortcode = {
  name: 'shortcode',
  level: 'inline' as const,
  start: (src: string) => src.match(/:[a-z0-9_+-]+:/)?.index,
  tokenizer(src: string): Tokens.Generic | undefined {
    const match = /^:([a-z0-9_+-]+):/.exec(src)
    const glyph = match?.[1] ? glyphOf(match[1]) : undefined
    if (!match || glyph === match[1]) return undefined
    return { type: 'shortcode', raw: match[0], text: glyph }
  },
  renderer: (token: Tokens.Generic) => escapeHtml(String(token.text)),
}

const marked = new Marked({
  gfm: true,
  breaks: true,
  extensions: [blockMaths, inlineMaths, mention, shortcode],
  renderer: {
    html: ({ text }) => escapeHtml(text),
    link({ href, title, tokens }) {
      const label = this.parser.parseInline(tokens)
      const target = safeHref(href)
      if (target === null) return label
      const tip = title ? ` title="${escapeHtml(title)}"` : ''
      const outside = target.startsWith('/') ? '' : ' target="_blank" rel="noopener noreferrer nofollow"'
      return `<a href="${escapeHtml(target)}"${tip}${outside}>${label}</a>`
    },
    image({ href, text }) {
      // Pictures from elsewhere would tell their server who reads; they become links.
      const target = safeHref(href)
      const label = escapeHtml(text || href)
      if (target === null) return label
      // Straightened out first: `/uploads/../…` is no upload.
      if (new URL(target, 'http://here/').href.startsWith('http://here/uploads/')) {
        return `<img src="${escapeHtml(target)}" alt="${escapeHtml(text)}" loading="lazy">`
      }
      return `<a href="${escapeHtml(target)}" target="_blank" rel="noopener noreferrer nofollow">${label}</a>`
    },
    code({ text, lang }) {
      const name = /^[\w+#.-]{1,24}/.exec(lang ?? '')?.[0]?.toLowerCase() ?? ''
      const attribute = name ? ` class="language-${escapeHtml(name)}"` : ''
      return `<pre><code${attribute}>${escapeHtml(text)}</code></pre>`
    },
    table(token) {
      const html = tableRow(token.header, 'th', (cell) => this.parser.parseInline(cell.tokens))
      const rows = token.rows.map((row) =>
        tableRow(row, 'td', (cell) => this.parser.parseInline(cell.tokens)),
      )
      return `<div class="table-wrap"><table><thead>${html}</thead><tbody>${rows.join('')}</tbody></table></div>`
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
})

function tableRow(cells: Tokens.TableCell[], tag: 'th' | 'td', inline: (cell: Tokens.TableCell) => string) {
  const html = cells.map((cell) => {
    const align = cell.align ? ` class="align-${cell.align}"` : ''
    return `<${tag}${align}>${inline(cell)}</${tag}>`
  })
  return `<tr>${html.join('')}</tr>`
}

/**
 * HTML of each top-level block. Blocks before the last do not change while a
 * reply is being written, so callers render only what is new.
 */
export function parseBlocks(text: string): string[] {
  if (TOO_DEEP.test(text) || tooMany(text)) return [`<p>${escapeHtml(text)}</p>`]
  try {
    const tokens = marked.lexer(text)
    return tokens
      .filter((token) => token.type !== 'space' && token.type !== 'def')
      .map((token) => marked.parser([token]))
  } catch {
    // Absurd nesting can exhaust the stack; the text is shown as it is.
    return [`<p>${escapeHtml(text)}</p>`]
  }
}

/** One line without markup, for previews and announcements. */
export function plainLine(text: string): string {
  return text
    .replace(/```[\s\S]*?(```|$)/g, ' [code] ')
    .replace(/\$\$[\s\S]*?(\$\$|$)/g, ' [formula] ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_~`>#|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
