// From a file's bytes to its text, whatever its kind; the bytes say what it is before the name does. Slow on large
// documents and endless on hostile ones, therefore run only inside document.worker.ts.
import type { DocumentPart, DocumentSource } from '../../core/ports.ts'
import { Archive } from './archive.ts'
import { csvText } from './csv.ts'
import { bookParts } from './epub.ts'
import { htmlText } from './html.ts'
import { mailText } from './mail.ts'
import { openDocumentParts } from './open-document.ts'
import { pdfParts } from './pdf.ts'
import { plainText } from './plain-text.ts'
import { rtfText } from './rtf.ts'
import { sheetParts } from './sheets.ts'
import { slideParts } from './slides.ts'
import { DocumentUnreadable } from './unreadable.ts'
import { wordText } from './word.ts'
import { TEXT_MAX } from './lines.ts'

const LEFT_OUT = '\n[…the rest is left out]'

/** Throws DocumentUnreadable. Parts without text are left out; what goes beyond TEXT_MAX is cut. */
export async function readDocument(source: DocumentSource): Promise<DocumentPart[]> {
  const kept: DocumentPart[] = []
  let room = TEXT_MAX
  for (const part of await partsOf(source)) {
    const text = part.text.replaceAll('\0', '').toWellFormed()
    if (text.trim() === '' || room <= 0) continue
    kept.push({ ...part, text: text.length <= room ? text : text.slice(0, room).toWellFormed() + LEFT_OUT })
    room -= text.length
  }
  return kept
}

async function partsOf(source: DocumentSource): Promise<DocumentPart[]> {
  const { bytes } = source
  const starts = (...signature: number[]) => signature.every((byte, at) => bytes[at] === byte)
  if (new TextDecoder('latin1').decode(bytes.subarray(0, 1_024)).includes('%PDF-')) return pdfParts(bytes)
  if (starts(0x50, 0x4b, 0x03, 0x04)) return archiveParts(bytes)
  if (starts(0xd0, 0xcf, 0x11, 0xe0))
    throw new DocumentUnreadable(
      'Documents of Office 2003 and earlier (.doc, .xls, .ppt, .msg) are not read. Save it as .docx, .xlsx or .pptx.',
    )
  if (starts(0x7b, 0x5c, 0x72, 0x74, 0x66)) return whole(rtfText(bytes))
  if (/\.eml$/i.test(source.name) || source.contentType === 'message/rfc822')
    return whole(await mailText(bytes))
  const text = plainText(bytes)
  if (text === null)
    throw new DocumentUnreadable(`Text cannot be read out of files of this kind (${source.contentType}).`)
  return whole(marked(text, source))
}

const whole = (text: string): DocumentPart[] => [{ text, page: null }]

/** Texts that are more readable without their markup. */
function marked(text: string, { name, contentType }: DocumentSource): string {
  if (/\.x?html?$/i.test(name) || contentType === 'text/html' || contentType === 'application/xhtml+xml') {
    const page = htmlText(text)
    return page.title === '' ? page.text : `${page.title}\n\n${page.text}`
  }
  if (/\.(csv|tsv)$/i.test(name) || contentType === 'text/csv') return csvText(text, name)
  return text
}

function archiveParts(bytes: Uint8Array): DocumentPart[] {
  const archive = openArchive(bytes)
  if (archive.has('word/document.xml')) return whole(wordText(archive))
  if (archive.has('ppt/presentation.xml')) return slideParts(archive)
  if (archive.has('xl/workbook.xml')) return sheetParts(archive)
  if (archive.has('META-INF/container.xml')) return bookParts(archive)
  if (archive.has('content.xml')) return openDocumentParts(archive)
  throw new DocumentUnreadable(
    'The archive is no document: Word, Excel, PowerPoint, OpenDocument and EPUB are read.',
  )
}

function openArchive(bytes: Uint8Array): Archive {
  try {
    return new Archive(bytes)
  } catch (error) {
    if (error instanceof DocumentUnreadable) throw error
    throw new DocumentUnreadable('The document is damaged.', { cause: error })
  }
}
