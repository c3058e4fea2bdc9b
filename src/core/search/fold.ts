/** One spelling for text that is searched and text that is sought: lower case, Latin letters without accents. */
export function fold(text: string): string {
  const lower = text.toLowerCase()
  // Most text has nothing to take off.
  // oxlint-disable-next-line no-control-regex -- the range is ASCII
  if (/^[\u0000-\u007f]*$/.test(lower)) return lower
  return lower
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC')
}

/** Runs of letters and digits of the scripts that put no blanks between words. */
const unspaced =
  /[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]&&[\p{L}\p{N}]]+/gv

const shortWord = new RegExp(`^(?:${unspaced.source})$`, 'v')

/** Each character and each pair of neighbours in Chinese, Japanese and Korean text: what short words are found by. */
export function shortGrams(folded: string): string[] {
  const grams = new Set<string>()
  for (const [run] of folded.matchAll(unspaced)) {
    const chars = [...run]
    for (const [at, char] of chars.entries()) {
      grams.add(char)
      const next = chars[at + 1]
      if (next !== undefined) grams.add(char + next)
    }
  }
  return [...grams]
}

/** Whether a (folded) term is one that `shortGrams` holds as it is. */
export function isShortWord(term: string): boolean {
  return [...term].length <= 2 && shortWord.test(term)
}
