// Collects a document's text: runs into lines, lines into paragraphs, cells into rows. Stops at the longest text kept.

/** UTF-16 units of one document that are kept; ten times the Bible's length would be 40 million. */
export const TEXT_MAX = 10_000_000

export class Lines {
  private readonly done: string[] = []
  private line = ''
  private length = 0

  /** Nothing more is taken. */
  get full(): boolean {
    return this.length >= TEXT_MAX
  }

  add(text: string): void {
    if (!this.full) this.line += text
  }

  /** Ends the line; an empty one leaves nothing behind. `prefix` goes before what is in it. */
  end(prefix = ''): void {
    const line = this.line.replace(/[ \t\f\v\u00a0]+/g, ' ').trim()
    this.line = ''
    if (line !== '') this.push(prefix + line)
  }

  /** A line as it is, blanks and all. */
  push(line: string): void {
    this.done.push(line)
    this.length += line.length + 1
  }

  toString(separator = '\n'): string {
    this.end()
    return this.done.join(separator)
  }
}

/** `| a | b |` without the outer bars. */
export const rowOf = (cells: readonly string[]): string =>
  cells.map((cell) => cell.replace(/\s+/g, ' ').trim()).join(' | ')
