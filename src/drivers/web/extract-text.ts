// The readable text of an HTML page: Readability finds the article, and its blocks become lines. Slow on large
// pages and endless on hostile ones, therefore run only inside extract.worker.ts.
import { Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'

export interface ExtractedText {
  title: string
  text: string
}

const ELEMENT_NODE = 1
const TEXT_NODE = 3

/** Elements that are never text to read. */
const SKIPPED = new Set(
  'SCRIPT STYLE NOSCRIPT TEMPLATE IFRAME OBJECT EMBED SVG CANVAS FORM BUTTON SELECT NAV FOOTER HEAD TITLE'.split(
    ' ',
  ),
)
const BLOCKS = new Set(
  (
    'ADDRESS ARTICLE ASIDE BLOCKQUOTE BR DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI ' +
    'MAIN OL P PRE SECTION SUMMARY TABLE TR UL'
  ).split(' '),
)

/** Reads a page. When nothing in it looks like an article, all visible text counts. */
export function extractText(html: string): ExtractedText {
  const { document } = parseHTML(withBody(html))
  const title = squeeze(document.querySelector('title')?.textContent ?? '')
  const copy = document.cloneNode(true) as Document // Readability takes the document apart
  const article = findArticle(document)
  const text = article?.content ? textOf(article.content) : ''
  if (article && text !== '') return { title: squeeze(article.title ?? '') || title, text }
  return { title, text: textOf(copy.body ?? copy) }
}

/** linkedom does not supply the `<html>` and `<body>` that pages may leave out, and Readability needs them. */
function withBody(html: string): string {
  if (/<body[\s>]/i.test(html)) return html
  const bare = html.replace(/<!doctype[^>]*>|<\/?(?:html|head)(?:\s[^>]*)?>/gi, '')
  return `<!doctype html><html><head></head><body>${bare}</body></html>`
}

function findArticle(document: Document) {
  try {
    return new Readability(document, { serializer: (node) => node }).parse()
  } catch {
    return null // it trips over odd trees; then all visible text has to do
  }
}

function textOf(root: Node): string {
  const lines: string[] = ['']
  walk(root, lines)
  return lines
    .map(squeeze)
    .filter((line) => line !== '' && line !== '-')
    .join('\n')
}

function walk(node: Node, lines: string[]): void {
  if (node.nodeType === TEXT_NODE) {
    lines[lines.length - 1] += node.textContent ?? ''
    return
  }
  const name = node.nodeName.toUpperCase()
  if (node.nodeType === ELEMENT_NODE && SKIPPED.has(name)) return
  const block = BLOCKS.has(name)
  if (block) lines.push(name === 'LI' ? '- ' : /^H[1-6]$/.test(name) ? `${'#'.repeat(Number(name[1]))} ` : '')
  for (const child of node.childNodes) walk(child, lines)
  if (block) lines.push('')
  else if (name === 'TD' || name === 'TH') lines[lines.length - 1] += ' | '
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
