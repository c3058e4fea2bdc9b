/**
 * Cuts a document into the pieces that are searched: at headings first where that is wanted, then at the largest
 * break (paragraph, line, word) that keeps a piece short enough, each repeating the end of the one before.
 */
import type { DocumentPart } from '../ports.ts'
import { searchWords } from './search-words.ts'

/** In UTF-16 units. */
export interface ChunkRules {
  size: number
  overlap: number
  /** Sections shorter than this are joined with their neighbours; 0 = never. */
  minSize: number
  atHeadings: boolean
}

export interface Chunk {
  text: string
  /** From 0; null where the document has no pages. */
  page: number | null
  /** Which part it is of. */
  part: number
  /** Where it begins in its part. */
  start: number
  /** What it is found by, separated by blanks. */
  words: string
}

/** More is not kept of one document: a whole library goes into several files. */
export const CHUNKS_MAX = 20_000

const BREAKS = ['\n\n', '\n', ' ']

export function chunkParts(parts: readonly DocumentPart[], rules: ChunkRules): Chunk[] {
  const chunks: Chunk[] = []
  for (const [part, { text, page }] of parts.entries()) {
    for (const [from, to] of sectionsOf(text, rules)) {
      for (const [start, end] of piecesOf(text, from, to, rules)) {
        if (chunks.length >= CHUNKS_MAX) return chunks
        const piece = text.slice(start, end).trim()
        if (piece !== '')
          chunks.push({ text: piece.toWellFormed(), page, part, start, words: searchWords(piece).join(' ') })
      }
    }
  }
  return chunks
}

type Range = readonly [from: number, to: number]

function sectionsOf(text: string, rules: ChunkRules): Range[] {
  if (!rules.atHeadings) return [[0, text.length]]
  const starts = headingsOf(text)
  const sections = [0, ...starts].map((from, at): Range => [from, starts[at] ?? text.length])
  return joined(sections, rules)
}

/** Offsets of Markdown headings, those in fenced code left out. */
function headingsOf(text: string): number[] {
  const found: number[] = []
  let fence: string | null = null
  for (const match of text.matchAll(/^(?:(```|~~~)|#{1,6} )/gm)) {
    const mark = match[1]
    if (mark !== undefined) fence = fence === null ? mark : fence === mark ? null : fence
    else if (fence === null && match.index > 0) found.push(match.index)
  }
  return found
}

function joined(sections: readonly Range[], { minSize, size }: ChunkRules): Range[] {
  const kept: Range[] = []
  for (const [from, to] of sections) {
    const before = kept.at(-1)
    const short = before && (before[1] - before[0] < minSize || to - from < minSize)
    if (before && short && to - before[0] <= size) kept[kept.length - 1] = [before[0], to]
    else kept.push([from, to])
  }
  return kept
}

function* piecesOf(text: string, from: number, to: number, { size, overlap }: ChunkRules): Generator<Range> {
  let window: Range[] = []
  const lengthOf = (end: number): number => end - (window[0]?.[0] ?? end)
  for (const atom of atomsOf(text, from, to, size, 0)) {
    if (window.length > 0 && lengthOf(atom[1]) > size) {
      yield spanOf(window)
      // What is repeated may not push the next piece over its size.
      while (window.length > 0 && (lengthOf(spanOf(window)[1]) > overlap || lengthOf(atom[1]) > size))
        window = window.slice(1)
    }
    window.push(atom)
  }
  if (window.length > 0) yield spanOf(window)
}

function spanOf(window: readonly Range[]): Range {
  return [window[0]?.[0] ?? 0, window.at(-1)?.[1] ?? 0]
}

/** Stretches of at most `size`, cut at the largest break that is small enough; a break goes with what follows it. */
function* atomsOf(text: string, from: number, to: number, size: number, level: number): Generator<Range> {
  const breaks = BREAKS[level]
  if (breaks === undefined) {
    for (let at = from; at < to; at += size) yield [at, Math.min(to, at + size)]
    return
  }
  for (let at = from; at < to;) {
    const found = text.indexOf(breaks, at + 1)
    const end = found === -1 || found >= to ? to : found
    if (end - at <= size) yield [at, end]
    else yield* atomsOf(text, at, end, size, level + 1)
    at = end
  }
}
