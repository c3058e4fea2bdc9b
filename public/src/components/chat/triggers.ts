/** Finds what is being completed at the caret. Pure. */

export interface Trigger {
  kind: 'person' | 'emoji'
  /** Where the trigger character stands. */
  start: number
  query: string
}

/** `@na` or `:smi` right before the caret, at the start of a word; else null. */
export function findTrigger(text: string, caret: number): Trigger | null {
  const before = text.slice(0, caret)
  const person = /(?:^|[\s(])@([\p{L}\p{N}_./:-]{0,40})$/u.exec(before)
  if (person) {
    const query = person[1] ?? ''
    return { kind: 'person', start: caret - query.length - 1, query }
  }
  const emoji = /(?:^|\s):([a-z0-9_+-]{2,24})$/.exec(before)
  if (emoji) {
    const query = emoji[1] ?? ''
    return { kind: 'emoji', start: caret - query.length - 1, query }
  }
  return null
}
