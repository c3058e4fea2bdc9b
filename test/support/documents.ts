// Small documents made by code: what a person would upload, without files of strangers in the repository.
import { crc32, deflateRawSync } from 'node:zlib'

type Bytes = Uint8Array<ArrayBuffer>

/** A zip archive. `claims` says a size that an entry does not have, as a bomb would. */
export function zip(
  files: Readonly<Record<string, string | Uint8Array>>,
  claims: Record<string, number> = {},
): Bytes {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content)
    const packed = deflateRawSync(bytes)
    const size = claims[name] ?? bytes.length
    const nameBytes = Buffer.from(name)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(size, 18)
    fields.writeUInt16LE(nameBytes.length, 22)
    locals.push(Buffer.from('PK\x03\x04'), fields, nameBytes, packed)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    central.push(Buffer.from('PK\x01\x02\x14\x00'), fields, place, nameBytes)
    offset += 30 + nameBytes.length + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...locals, directory, end]))
}

/** A PDF with these texts on its pages, in lines of 80 characters. */
export function pdf(pages: readonly string[]): Bytes {
  const kids = pages.map((_, at) => `${4 + at * 2} 0 R`).join(' ')
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...pages.flatMap((text, at) => {
      // What goes over the edge of the page is no text for readers.
      const lines = (text.match(/.{1,80}(?: |$)/g) ?? []).map(
        (line) => `(${line.trim().replace(/[()\\]/g, '\\$&')}) Tj T*`,
      )
      const drawn = lines.length === 0 ? '' : `BT /F1 10 Tf 12 TL 72 720 Td ${lines.join(' ')} ET`
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + at * 2} 0 R >>`,
        `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
      ]
    }),
  ]
  let file = '%PDF-1.4\n'
  const places = objects.map((object, at) => {
    const place = file.length
    file += `${at + 1} 0 obj\n${object}\nendobj\n`
    return `${String(place).padStart(10, '0')} 00000 n \n`
  })
  const start = file.length
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`
  return new Uint8Array(Buffer.from(file, 'latin1'))
}

const xml = (body: string): string => `<?xml version="1.0" encoding="UTF-8"?>${body}`
const paragraph = (text: string, style = ''): string =>
  `<w:p>${style === '' ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t>${text}</w:t></w:r></w:p>`

/** A Word document: a heading in a translated style, a paragraph, a table. */
export function docx(heading: string, text: string, cells: readonly string[] = []): Bytes {
  const row = cells.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')
  return zip({
    '[Content_Types].xml': xml('<Types/>'),
    'word/styles.xml': xml(
      '<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>',
    ),
    'word/document.xml': xml(
      `<w:document><w:body>${paragraph(heading, 'berschrift1')}${paragraph(text)}` +
        `${row === '' ? '' : `<w:tbl><w:tr>${row}</w:tr></w:tbl>`}</w:body></w:document>`,
    ),
  })
}

/** Slides whose order in the show is the reverse of that of their files. */
export function pptx(slides: readonly string[]): Bytes {
  const names = slides.map((_, at) => `slides/slide${slides.length - at}.xml`)
  return zip({
    'ppt/presentation.xml': xml(
      `<p:presentation><p:sldIdLst>${names.map((_, at) => `<p:sldId r:id="r${at}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    ),
    'ppt/_rels/presentation.xml.rels': xml(
      `<Relationships>${names.map((name, at) => `<Relationship Id="r${at}" Type="x/slide" Target="${name}"/>`).join('')}</Relationships>`,
    ),
    ...Object.fromEntries(
      slides.map((text, at) => [
        `ppt/${names[at]}`,
        xml(`<p:sld><a:p><a:r><a:t>${text}</a:t></a:r><a:fld><a:t>7</a:t></a:fld></a:p></p:sld>`),
      ]),
    ),
  })
}

/** One sheet: a shared string, a number, and 1 March 2026. */
export function xlsx(sheet: string, text: string): Bytes {
  return zip({
    'xl/workbook.xml': xml(`<workbook><sheets><sheet name="${sheet}" r:id="r1"/></sheets></workbook>`),
    'xl/_rels/workbook.xml.rels': xml(
      '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    ),
    'xl/styles.xml': xml('<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'),
    'xl/sharedStrings.xml': xml(`<sst><si><t>${text}</t></si></sst>`),
    'xl/worksheets/sheet1.xml': xml(
      '<worksheet><sheetData><row><c r="A1" t="s"><v>0</v></c><c r="C1"><v>12.5</v></c><c r="D1" s="1"><v>46082</v></c></row></sheetData></worksheet>',
    ),
  })
}

export function odt(heading: string, text: string): Bytes {
  return zip({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': xml(
      `<office:document-content><office:body><text:h text:outline-level="2">${heading}</text:h><text:p>${text}</text:p></office:body></office:document-content>`,
    ),
  })
}

/** A book whose chapters stand in the spine's order. */
export function epub(chapters: readonly string[]): Bytes {
  return zip({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': xml(
      '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    ),
    'OEBPS/book.opf': xml(
      `<package><manifest>${chapters.map((_, at) => `<item id="c${at}" href="text/c%20${at}.xhtml"/>`).join('')}</manifest>` +
        `<spine>${chapters.map((_, at) => `<itemref idref="c${at}"/>`).join('')}</spine></package>`,
    ),
    ...Object.fromEntries(
      chapters.map((text, at) => [
        `OEBPS/text/c ${at}.xhtml`,
        xml(`<html><head><title>x</title></head><body><p>${text}</p></body></html>`),
      ]),
    ),
  })
}

export const eml = (subject: string, text: string): Bytes =>
  new Uint8Array(
    Buffer.from(
      `From: =?utf-8?q?B=C3=B6b?= <bob@example.com>\r\nTo: eve@example.com\r\nSubject: ${subject}\r\n` +
        `Content-Type: text/html; charset=utf-8\r\n\r\n<p>${text}</p>\r\n`,
    ),
  )
