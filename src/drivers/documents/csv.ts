// CSV and TSV: each row as `column: value` lines, so that a row says what it is wherever the text is cut.

const DELIMITERS = [',', ';', '\t', '|'] as const

export function csvText(text: string, name: string): string {
  const rows = rowsOf(text, name.toLowerCase().endsWith('.tsv') ? '\t' : delimiterOf(text))
  const [head, ...records] = rows
  if (!head || records.length === 0) return text
  return records
    .map((record) =>
      record
        .map((value, at) => `${head[at]?.trim() ?? `Column ${at + 1}`}: ${value.trim()}`.trim())
        .join('\n'),
    )
    .join('\n\n')
}

/** The one that the first line has most of. */
function delimiterOf(text: string): string {
  const line = text.slice(0, text.indexOf('\n') + 1 || 10_000)
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** RFC 4180: quoted fields may hold delimiters, line ends, and quotes written twice. */
function rowsOf(text: string, delimiter: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const stop = delimiter === '|' ? '\\|' : delimiter
  const field = new RegExp(
    `(?:"([^"]*(?:""[^"]*)*)"|([^${stop}\\r\\n"]*))([^${stop}\\r\\n]*)(${stop}|\\r?\\n|\\r|$)`,
    'gy',
  )
  while (field.lastIndex < text.length) {
    const found = field.exec(text)
    if (!found) break
    const [, quoted, plain = '', rest = '', end] = found
    row.push((quoted === undefined ? plain : quoted.replaceAll('""', '"')) + rest)
    if (end === delimiter && field.lastIndex < text.length) continue
    if (row.some((value) => value !== '')) rows.push(row)
    row = []
  }
  return rows
}
