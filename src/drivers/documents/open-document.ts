// ODT, ODS and ODP: one content.xml for all. Slides are parts of their own.
import type { DocumentPart } from '../../core/ports.ts'
import type { Archive } from './archive.ts'
import { Lines, rowOf } from './lines.ts'
import { readXml } from './xml.ts'

const SKIPPED = new Set([
  'office:annotation',
  'text:tracked-changes',
  'presentation:settings',
  'text:note-citation',
])

export function openDocumentParts(archive: Archive): DocumentPart[] {
  const parts: DocumentPart[] = []
  let lines = new Lines()
  let row: string[] | null = null
  let skipped = 0
  let depth = 0
  let prefix = ''
  const add = (text: string): void => {
    if (row && row.length > 0) row[row.length - 1] += text
    else lines.add(text)
  }
  readXml(archive.text('content.xml') ?? '', {
    open(name, attributes) {
      if (SKIPPED.has(name)) skipped++
      else if (name === 'text:p' || name === 'text:h') {
        depth++
        if (name === 'text:h')
          prefix = `${'#'.repeat(Math.min(6, Number(attributes['text:outline-level']) || 1))} `
      } else if (name === 'text:list-item') prefix = '- '
      else if (name === 'text:s' || name === 'text:tab' || name === 'text:line-break') add(' ')
      else if (name === 'table:table' && attributes['table:name'] && row === null)
        lines.push(`## ${attributes['table:name']}`)
      else if (name === 'table:table-row') row = []
      else if (name === 'table:table-cell') row?.push('')
    },
    text(text) {
      if (depth > 0 && skipped === 0) add(text)
    },
    close(name) {
      if (SKIPPED.has(name)) skipped--
      else if (name === 'text:p' || name === 'text:h') {
        depth--
        if (row) add(' ')
        else lines.end(prefix)
        prefix = ''
      } else if (name === 'table:table-row') {
        if (row?.some((cell) => cell.trim() !== '') && !lines.full) lines.push(rowOf(row))
        row = null
      } else if (name === 'draw:page') {
        parts.push({ text: lines.toString(), page: parts.length })
        lines = new Lines()
      }
    },
  })
  const rest = lines.toString('\n\n')
  return parts.length > 0 && rest === '' ? parts : [...parts, { text: rest, page: null }]
}
