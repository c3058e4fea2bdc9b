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
