/** Words that a text is found by: folded, and pairs of characters where a script puts no blanks between words. */
import { fold } from '../search/fold.ts'

const word = /[\p{L}\p{M}\p{N}]+/gu
const unspaced = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}]+/gu
const WORD_MAX_CHARS = 40

/** In the order of the text, repeated as often as they stand there. */
export function searchWords(text: string): string[] {
  const words: string[] = []
  for (const [found] of fold(text.normalize('NFKC')).matchAll(word)) {
    const spaced = found.replace(unspaced, ' ').split(' ')
    for (const part of spaced) if (part !== '') words.push(part.slice(0, WORD_MAX_CHARS))
    for (const [run] of found.matchAll(unspaced)) words.push(...pairs([...run]))
  }
  return words
}

function pairs(chars: readonly string[]): string[] {
  if (chars.length === 1) return [...chars]
  return chars.slice(1).map((char, at) => chars[at] + char)
}
