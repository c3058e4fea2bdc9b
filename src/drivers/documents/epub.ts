// EPUB: the chapters in the order of the spine.
import type { DocumentPart } from '../../core/ports.ts'
import { resolvePart, type Archive } from './archive.ts'
import { htmlText } from './html.ts'
import { readXml } from './xml.ts'

export function bookParts(archive: Archive): DocumentPart[] {
  let rootFile = ''
  readXml(archive.text('META-INF/container.xml') ?? '', {
    open(name, attributes) {
      if (name === 'rootfile') rootFile ||= attributes['full-path'] ?? ''
    },
  })
  const files = new Map<string, string>()
  const spine: string[] = []
  readXml(archive.text(rootFile) ?? '', {
    open(name, attributes) {
      const tag = name.split(':').at(-1)
      if (tag === 'item') files.set(attributes['id'] ?? '', attributes['href'] ?? '')
      else if (tag === 'itemref') spine.push(attributes['idref'] ?? '')
    },
  })
  return spine.flatMap((id) => {
    const href = files.get(id)
    const xhtml = href ? archive.text(resolvePart(rootFile, decoded(href))) : null
    const text = xhtml === null ? '' : htmlText(xhtml, true).text
    return text === '' ? [] : [{ text, page: null }]
  })
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href)
  } catch {
    return href
  }
}
