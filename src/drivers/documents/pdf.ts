// PDF by pdf.js, in the build without a browser (unpdf): the text of each page, lines as they stand.
import { documentAsset } from '../../assets.ts'
import type { DocumentPart } from '../../core/ports.ts'
import { TEXT_MAX } from './lines.ts'
import { DocumentUnreadable } from './unreadable.ts'

const PAGES_MAX = 5_000

/** What is used of pdf.js. */
interface PdfJs {
  getDocument(options: {
    data: Uint8Array
    verbosity: number
    disableFontFace: boolean
    useSystemFonts: boolean
    stopAtErrors: boolean
    maxImageSize: number
  }): { promise: Promise<PdfDocument> }
}
interface PdfDocument {
  numPages: number
  getPage(number: number): Promise<PdfPage>
}
interface PdfPage {
  getTextContent(): Promise<{ items: readonly PdfText[] }>
  cleanup(): void
}
interface PdfText {
  str?: string
  hasEOL?: boolean
}

let library: Promise<PdfJs> | undefined

/** Takes the bytes over: the array is empty afterwards. */
export async function pdfParts(bytes: Uint8Array): Promise<DocumentPart[]> {
  library ??= documentAsset('pdfjs.mjs').then((url) => import(url) as Promise<PdfJs>)
  const { getDocument } = await library
  const options = {
    data: bytes,
    verbosity: 0,
    disableFontFace: true,
    useSystemFonts: false,
    stopAtErrors: false,
    maxImageSize: 1,
  }
  const pdf = await getDocument(options).promise.catch((error: unknown) => {
    throw new DocumentUnreadable(
      error instanceof Error && error.name === 'PasswordException'
        ? 'The PDF is locked with a password.'
        : 'The PDF is damaged.',
      { cause: error },
    )
  })
  const parts: DocumentPart[] = []
  let length = 0
  for (let number = 1; number <= Math.min(pdf.numPages, PAGES_MAX) && length < TEXT_MAX; number++) {
    const text = await pageText(pdf, number)
    length += text.length
    parts.push({ text, page: number - 1 })
  }
  if (length === 0 && pdf.numPages > 0)
    throw new DocumentUnreadable(
      'The PDF holds no text, only pictures of it. Recognising text in pictures is not built.',
    )
  return parts
}

/** A damaged page is left out; the others are worth having. */
async function pageText(pdf: PdfDocument, number: number): Promise<string> {
  try {
    const page = await pdf.getPage(number)
    const { items } = await page.getTextContent()
    page.cleanup()
    return items
      .map(({ str, hasEOL }) => (str ?? '') + (hasEOL ? '\n' : ''))
      .join('')
      .replace(/[ \t]+\n/g, '\n')
      .trim()
  } catch {
    return ''
  }
}
