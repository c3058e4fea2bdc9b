// Goal: what people upload becomes text, whatever its kind and encoding; hostile files cost bounded time and memory.
// Method: documents made by code, read through a real worker thread.
import { afterAll, describe, expect, test } from 'bun:test'
import { docx, eml, epub, odt, pdf, pptx, xlsx, zip } from '../../../test/support/documents.ts'
import type { DocumentPart } from '../../core/ports.ts'
import { WorkerDocumentReader } from './document-reader.ts'

const reader = new WorkerDocumentReader()
afterAll(() => reader.close())

type Bytes = Uint8Array<ArrayBuffer>
const bytesOf = (text: string): Bytes => new Uint8Array(Buffer.from(text))

async function read(name: string, bytes: Bytes, contentType = ''): Promise<DocumentPart[]> {
  return reader.read({ name, contentType, bytes })
}
const textOf = async (...file: Parameters<typeof read>): Promise<string> =>
  (await read(...file)).map(({ text }) => text).join('\n\n')

describe('documents', () => {
  test('PDF, page by page', async () => {
    expect(await read('a.pdf', pdf(['Zebras run', '', 'Lions sleep (long)']))).toEqual([
      { text: 'Zebras run', page: 0 },
      { text: 'Lions sleep (long)', page: 2 },
    ])
  })

  test('Word: headings by their meaning, tables as rows', async () => {
    expect(await textOf('a.docx', docx('Report', 'Fine &amp; good', ['a', 'b']))).toBe(
      '# Report\n\nFine & good\n\na | b',
    )
  })

  test('PowerPoint: in the order of the show, without slide numbers', async () => {
    expect(await read('a.pptx', pptx(['First', 'Second']))).toEqual([
      { text: 'First', page: 0 },
      { text: 'Second', page: 1 },
    ])
  })

  test('Excel: strings, numbers and days in their columns', async () => {
    expect(await textOf('a.xlsx', xlsx('Sales', 'Total'))).toBe('## Sales\n\nTotal |  | 12.5 | 2026-03-01')
  })

  test('OpenDocument, EPUB and e-mail', async () => {
    expect(await textOf('a.odt', odt('Part', 'Text'))).toBe('## Part\n\nText')
    expect(await textOf('a.epub', epub(['One', 'Two']))).toBe('One\n\nTwo')
    expect(await textOf('a.eml', eml('Hi', 'Dear <b>Eve</b>'))).toBe(
      'From: Böb <bob@example.com>\nTo: eve@example.com\nSubject: Hi\n\nDear Eve',
    )
  })

  test('RTF, with code page and Unicode', async () => {
    const rtf = String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator x;}Hello \b w\'f6rld\b0\par \u8364? euro}`
    expect(await textOf('a.rtf', bytesOf(rtf))).toBe('Hello wörld\n€ euro')
  })

  test('HTML: what is seen, without scripts', async () => {
    const html = '<title>T</title><script>x()</script><h2>Head</h2><p>One<p>Two &amp; three<ul><li>a'
    expect(await textOf('a.html', bytesOf(html))).toBe('T\n\n## Head\nOne\nTwo & three\n- a')
  })

  test('CSV: rows that say what their values are', async () => {
    expect(await textOf('a.csv', bytesOf('name;note\nBob;"a ""b""; c"\nEve;\n'))).toBe(
      'name: Bob\nnote: a "b"; c\n\nname: Eve\nnote:',
    )
  })
})

describe('plain text', () => {
  const encoded: [encoding: string, bytes: number[], text: string][] = [
    ['UTF-8', [...bytesOf('naïve 猫')], 'naïve 猫'],
    ['UTF-16 with its mark', [0xff, 0xfe, 0x48, 0, 0x69, 0], 'Hi'],
    ['Windows-1252', [...Buffer.from('Der B\xe4r ist gr\xf6\xdfer', 'latin1')], 'Der Bär ist größer'],
    ['Shift JIS', [0x82, 0xb1, 0x82, 0xea, 0x82, 0xcd, 0x8c, 0xa2, 0x82, 0xc5, 0x82, 0xb7], 'これは犬です'],
    ['GB 18030', [0xd5, 0xe2, 0xca, 0xc7, 0xce, 0xd2, 0xb5, 0xc4, 0xd6, 0xd0, 0xb9, 0xfa], '这是我的中国'],
    ['Windows-1251', [...Buffer.from('\xdd\xf2\xee \xf0\xf3\xf1\xf1\xea\xe8\xe9', 'latin1')], 'Это русский'],
  ]
  test.each(encoded)('%s', async (_, bytes, text) => {
    expect(await textOf('a.txt', new Uint8Array(bytes))).toBe(text)
  })
})

describe('what cannot be read says why', () => {
  test.each<[string, Bytes, string]>([
    ['bytes', new Uint8Array([1, 0, 2, 0]), 'cannot be read out of files of this kind'],
    ['an old Word file', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'Office 2003'],
    ['a damaged PDF', bytesOf('%PDF-1.7 and nothing else'), 'damaged'],
    ['a scanned PDF', pdf(['']), 'no text'],
    ['a cut archive', docx('a', 'b').slice(0, 60), 'damaged'],
    ['another archive', zip({ 'a.txt': 'x' }), 'no document'],
  ])('%s', async (_, bytes, text) => {
    await expect(read('file', bytes)).rejects.toMatchObject({
      name: 'DocumentUnreadable',
      message: expect.stringContaining(text),
    })
  })
})

describe('hostile files', () => {
  test('a zip bomb is refused by what it says, and where it lies about it', async () => {
    const bomb = Buffer.alloc(80_000_000, ' ')
    await expect(read('a.docx', zip({ 'word/document.xml': bomb }))).rejects.toMatchObject({
      message: 'The document unpacks to more than can be read.',
    })
    await expect(
      read('a.docx', zip({ 'word/document.xml': bomb }, { 'word/document.xml': 1_000 })),
    ).rejects.toMatchObject({ name: 'DocumentUnreadable' })
  })

  test('entities that name each other are not expanded', async () => {
    const lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    const bytes = zip({ 'word/document.xml': `${lol}<w:p><w:t>&b;</w:t></w:p>` })
    expect(await textOf('a.docx', bytes)).toBe('&b;')
  })

  test('depth costs nothing', async () => {
    const nest = `${'<div>'.repeat(200_000)}x${'</div>'.repeat(200_000)}`
    expect(await textOf('a.html', bytesOf(nest))).toBe('x')
  })

  test('what takes too long is given up, and the next one is read', async () => {
    const hasty = new WorkerDocumentReader({ timeoutMs: 1 })
    const large = bytesOf(`<p>${'word '.repeat(200_000)}`)
    await expect(hasty.read({ name: 'a.html', contentType: '', bytes: large })).rejects.toThrow('too long')
    expect(hasty.active).toBe(false)
    expect(await textOf('a.txt', bytesOf('next'))).toBe('next')
  })

  test('a stop gives up at once', async () => {
    const stopped = new WorkerDocumentReader()
    const work = stopped.read({ name: 'a.txt', contentType: '', bytes: bytesOf('x') })
    await Promise.resolve()
    stopped.close()
    await expect(work).rejects.toThrow('stopped')
  })
})
