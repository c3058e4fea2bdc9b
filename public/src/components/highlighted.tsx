/** Text with the searched words marked. Marks that the server puts in are read as such, never as HTML. */

const MARKS = /<\/?(?:mark|b|em)>/gi

/** Cuts a text at each place that matches one of the words; odd pieces are matches. */
export function cutAtWords(text: string, query: string): string[] {
  const words = query
    .split(/\s+/)
    .filter((word) => word.length > 1 && !/^(from|in|before|after):/i.test(word))
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  if (words.length === 0) return [text]
  return text.split(new RegExp(`(${words.join('|')})`, 'gi'))
}

export function Highlighted({ text, query }: { text: string; query: string }) {
  const pieces = cutAtWords(text.replace(MARKS, ''), query)
  return <>{pieces.map((piece, index) => (index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece))}</>
}
