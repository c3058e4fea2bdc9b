// All visible text of an HTML document, blocks as lines, headings and lists as Markdown. Unlike the page reader it
// looks for no article: whoever uploads a page wants all of it.
import { Parser } from 'htmlparser2'
import { Lines } from './lines.ts'

const SKIPPED = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'iframe',
  'object',
  'svg',
  'canvas',
  'title',
  'head',
])
const BLOCKS = new Set(
  (
    'address article aside blockquote body br dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 ' +
    'h6 header hr html li main nav ol p pre section summary table tr ul'
  ).split(' '),
)

export interface HtmlText {
  title: string
  text: string
}

export function htmlText(html: string, xml = false): HtmlText {
  const lines = new Lines()
  let title = ''
  let inTitle = false
  let skipped = 0
  let prefix = ''
  const endLine = () => {
    lines.end(prefix)
    prefix = ''
  }
  const parser = new Parser(
    {
      onopentag(name) {
        if (name === 'title') inTitle = true
        if (SKIPPED.has(name)) skipped++
        if (!BLOCKS.has(name)) return
        endLine()
        if (/^h[1-6]$/.test(name)) prefix = `${'#'.repeat(Number(name[1]))} `
        else if (name === 'li') prefix = '- '
      },
      ontext(text) {
        if (inTitle) title += text
        else if (skipped === 0) lines.add(text.replace(/\s+/g, ' '))
      },
      onclosetag(name) {
        if (name === 'title') inTitle = false
        if (SKIPPED.has(name) && skipped > 0) skipped--
        if (BLOCKS.has(name)) endLine()
        else if (name === 'td' || name === 'th') lines.add(' | ')
      },
    },
    { decodeEntities: true, recognizeSelfClosing: xml },
  )
  parser.end(html)
  return { title: title.replace(/\s+/g, ' ').trim(), text: lines.toString() }
}
