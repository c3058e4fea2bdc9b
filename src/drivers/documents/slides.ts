// PPTX: one part a slide, in the order of the presentation, each with its notes.
import type { DocumentPart } from '../../core/ports.ts'
import { resolvePart, type Archive } from './archive.ts'
import { Lines } from './lines.ts'
import { readXml, relations } from './xml.ts'

const PRESENTATION = 'ppt/presentation.xml'

export function slideParts(archive: Archive): DocumentPart[] {
  return slidesInOrder(archive).map((name, at) => {
    const lines = new Lines()
    addText(lines, archive.text(name))
    const notes = relations(archive.text(relsOf(name))).find(({ type }) => type === 'notesSlide')
    if (notes) addText(lines, archive.text(resolvePart(name, notes.target)))
    return { text: lines.toString(), page: at }
  })
}

function slidesInOrder(archive: Archive): string[] {
  const targets = new Map(relations(archive.text(relsOf(PRESENTATION))).map(({ id, target }) => [id, target]))
  const order: string[] = []
  readXml(archive.text(PRESENTATION) ?? '', {
    open(name, attributes) {
      const target = name === 'p:sldId' ? targets.get(attributes['r:id'] ?? '') : undefined
      if (target !== undefined) order.push(resolvePart(PRESENTATION, target))
    },
  })
  return order.filter((name) => archive.has(name))
}

const relsOf = (name: string): string => name.replace(/([^/]+)$/, '_rels/$1.rels')

function addText(lines: Lines, xml: string | null): void {
  let inText = false
  /** Slide numbers and dates are fields: no text of the slide. */
  let inField = 0
  readXml(xml ?? '', {
    open(name) {
      if (name === 'a:t') inText = true
      else if (name === 'a:fld') inField++
      else if (name === 'a:br') lines.add(' ')
    },
    text(text) {
      if (inText && inField === 0) lines.add(text)
    },
    close(name) {
      if (name === 'a:t') inText = false
      else if (name === 'a:fld') inField--
      else if (name === 'a:p') lines.end()
      else if (name === 'a:tc') lines.add(' ')
    },
  })
}
