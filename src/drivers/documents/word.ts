// DOCX: paragraphs in their order, headings by outline level, tables as rows, notes at the end.
import type { Archive } from './archive.ts'
import { Lines, rowOf } from './lines.ts'
import { readXml } from './xml.ts'

export function wordText(archive: Archive): string {
  const levels = headingLevels(archive.text('word/styles.xml'))
  const lines = new Lines()
  for (const part of ['word/document.xml', 'word/footnotes.xml', 'word/endnotes.xml', 'word/comments.xml']) {
    const xml = archive.text(part)
    if (xml !== null) new WordPart(lines, levels).read(xml)
  }
  return lines.toString('\n\n')
}

/** Style id → 1…6; ids are translated ("berschrift1"), names and levels are not. */
function headingLevels(xml: string | null): ReadonlyMap<string, number> {
  const levels = new Map<string, number>()
  if (xml === null) return levels
  let id = ''
  readXml(xml, {
    open(name, attributes) {
      if (name === 'w:style') id = attributes['w:styleId'] ?? ''
      else if (name === 'w:name' && /^title$/i.test(attributes['w:val'] ?? '')) levels.set(id, 1)
      else if (name === 'w:name') {
        const level = /^heading (\d)$/i.exec(attributes['w:val'] ?? '')?.[1]
        if (level !== undefined) levels.set(id, Math.min(6, Number(level)))
      } else if (name === 'w:outlineLvl' && !levels.has(id)) {
        const level = Number(attributes['w:val'])
        if (level >= 0 && level < 6) levels.set(id, level + 1)
      }
    },
  })
  return levels
}

class WordPart {
  private inText = false
  /** Inside what Word shows only where it cannot show something better: the same text once more. */
  private fallback = 0
  private prefix = ''
  /** Cells of the rows that are open, innermost last. */
  private readonly rows: string[][] = []
  private table: string[] = []

  constructor(
    private readonly lines: Lines,
    private readonly levels: ReadonlyMap<string, number>,
  ) {}

  read(xml: string): void {
    readXml(xml, {
      open: (name, attributes) => this.open(name, attributes),
      text: (text) => {
        if (this.inText && this.fallback === 0) this.add(text)
      },
      close: (name) => this.close(name),
    })
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'w:t') this.inText = true
    else if (name === 'mc:Fallback') this.fallback++
    else if (name === 'w:tab') this.add('\t')
    else if (name === 'w:br' || name === 'w:cr') this.add(' ')
    else if (name === 'w:pStyle') {
      const level = this.levels.get(attributes['w:val'] ?? '')
      if (level !== undefined) this.prefix = `${'#'.repeat(level)} `
    } else if (name === 'w:numPr' && this.prefix === '') this.prefix = '- '
    else if (name === 'w:tr') this.rows.push([])
    else if (name === 'w:tc') this.rows.at(-1)?.push('')
  }

  private close(name: string): void {
    if (name === 'w:t') this.inText = false
    else if (name === 'mc:Fallback') this.fallback--
    else if (name === 'w:p') {
      if (this.rows.length > 0) this.add(' ')
      else this.lines.end(this.prefix)
      this.prefix = ''
    } else if (name === 'w:tr') {
      const row = rowOf(this.rows.pop() ?? [])
      if (this.rows.length > 0) this.add(row)
      else this.table.push(row)
    } else if (name === 'w:tbl' && this.rows.length === 0 && this.table.length > 0) {
      this.lines.push(this.table.join('\n'))
      this.table = []
    }
  }

  private add(text: string): void {
    const cells = this.rows.at(-1)
    if (cells && cells.length > 0) cells[cells.length - 1] += text
    else this.lines.add(text)
  }
}
