// XLSX: each sheet as a heading and its rows, cells as they are shown: shared strings looked up, serial days as dates.
import type { DocumentPart } from '../../core/ports.ts'
import { resolvePart, type Archive } from './archive.ts'
import { Lines, rowOf } from './lines.ts'
import { readXml, relations } from './xml.ts'

const WORKBOOK = 'xl/workbook.xml'

export function sheetParts(archive: Archive): DocumentPart[] {
  const strings = sharedStrings(archive.text('xl/sharedStrings.xml'))
  const workbook = readWorkbook(archive.text(WORKBOOK) ?? '')
  const targets = new Map(
    relations(archive.text('xl/_rels/workbook.xml.rels')).map(({ id, target }) => [id, target]),
  )
  const look: Look = {
    strings,
    dates: dateStyles(archive.text('xl/styles.xml')),
    since1904: workbook.since1904,
  }
  return workbook.sheets.flatMap(({ name, id }) => {
    const target = targets.get(id)
    const xml = target === undefined ? null : archive.text(resolvePart(WORKBOOK, target))
    const text = xml === null ? '' : rowsOf(xml, look)
    return text === '' ? [] : [{ text: `## ${name}\n\n${text}`, page: null }]
  })
}

interface Look {
  strings: readonly string[]
  /** Indexes of cell styles that show a day or a time. */
  dates: ReadonlySet<number>
  since1904: boolean
}

function readWorkbook(xml: string) {
  const sheets: { name: string; id: string }[] = []
  let since1904 = false
  readXml(xml, {
    open(tag, attributes) {
      if (tag === 'workbookPr') since1904 = /^(1|true)$/.test(attributes['date1904'] ?? '')
      if (tag === 'sheet') sheets.push({ name: attributes['name'] ?? '', id: attributes['r:id'] ?? '' })
    },
  })
  return { sheets, since1904 }
}

function sharedStrings(xml: string | null): string[] {
  const strings: string[] = []
  let text = ''
  let inText = false
  let phonetic = 0
  readXml(xml ?? '', {
    open(name) {
      if (name === 'si') text = ''
      else if (name === 't') inText = true
      else if (name === 'rPh') phonetic++
    },
    text(part) {
      if (inText && phonetic === 0) text += part
    },
    close(name) {
      if (name === 'si') strings.push(text)
      else if (name === 't') inText = false
      else if (name === 'rPh') phonetic--
    },
  })
  return strings
}

/** Formats 14–22 and 45–47 are days and times by the standard; own ones say so by their letters. */
function dateStyles(xml: string | null): ReadonlySet<number> {
  const own = new Map<number, boolean>()
  const dates = new Set<number>()
  let inCells = false
  let at = 0
  readXml(xml ?? '', {
    open(name, attributes) {
      const id = Number(attributes['numFmtId'])
      if (name === 'numFmt') {
        const shown = (attributes['formatCode'] ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')
        own.set(id, /[dyh]|mm/i.test(shown))
      } else if (name === 'cellXfs') inCells = true
      else if (name === 'xf' && inCells) {
        if (own.get(id) ?? ((id >= 14 && id <= 22) || (id >= 45 && id <= 47))) dates.add(at)
        at++
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
  })
  return dates
}

function rowsOf(xml: string, look: Look): string {
  const lines = new Lines()
  let cells: string[] = []
  let cell = { type: '', style: 0, text: '' }
  let inValue = false
  readXml(xml, {
    open(name, attributes) {
      if (name === 'row') cells = []
      else if (name === 'c') {
        const column = columnOf(attributes['r'] ?? '')
        // Empty cells between are kept, so that columns stay under each other.
        while (!lines.full && column !== null && cells.length < Math.min(column, COLUMNS_MAX)) cells.push('')
        cell = { type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0), text: '' }
      } else if (name === 'v' || name === 't') inValue = true
    },
    text(text) {
      if (inValue) cell.text += text
    },
    close(name) {
      if (name === 'v' || name === 't') inValue = false
      else if (name === 'c') cells.push(shown(cell, look))
      else if (name === 'row' && cells.some((text) => text !== '') && !lines.full) lines.push(rowOf(cells))
    },
  })
  return lines.toString()
}

const COLUMNS_MAX = 16_384

/** `AB12` → 27; null where a cell does not say where it is. */
function columnOf(reference: string): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0]
  if (letters === undefined) return null
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

function shown({ type, style, text }: { type: string; style: number; text: string }, look: Look): string {
  if (type === 's') return look.strings[Number(text)] ?? ''
  if (type === 'b') return text === '1' ? 'TRUE' : 'FALSE'
  if (type === 'n' && text !== '' && look.dates.has(style)) return dayOf(Number(text), look.since1904)
  return text
}

/** Excel counts days from the end of 1899, and counts a 29 February 1900 that never was. */
function dayOf(serial: number, since1904: boolean): string {
  const ms = Math.round((serial - (since1904 ? 24_107 : 25_569)) * 86_400) * 1000
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return String(serial)
  const text = date.toISOString()
  if (serial < 1) return text.slice(11, 19)
  return Number.isInteger(serial) ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ')
}
