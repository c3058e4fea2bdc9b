/** The part of a message around the first thing that was found. Plain text; whoever shows it escapes it. */
import { fold } from './fold.ts'

const around = 80

export function snippetOf(content: string, terms: readonly string[]): string {
  const text = content.replace(/\s+/g, ' ').trim()
  if (text.length <= around * 2) return text
  const folded = fold(text)
  // Folding keeps the length but for rare letters, and then the window is a little off.
  const places = terms.map((term) => folded.indexOf(term)).filter((place) => place >= 0)
  const middle = places.length > 0 ? Math.min(...places) : 0
  const start = wordStart(text, Math.max(0, middle - around / 2))
  const end = Math.min(text.length, start + around * 2)
  const cut = text.slice(start, end).toWellFormed().replaceAll('\ufffd', '')
  return `${start > 0 ? '…' : ''}${cut.trim()}${end < text.length ? '…' : ''}`
}

function wordStart(text: string, from: number): number {
  if (from === 0) return 0
  const space = text.indexOf(' ', from)
  return space >= 0 && space - from < 20 ? space + 1 : from
}
