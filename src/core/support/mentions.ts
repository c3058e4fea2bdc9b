/**
 * Who a text calls: `@name`, `@all`, and Open WebUI's `<@U:id|label>` and `<@M:model|label>`.
 * Only finds candidates; whether such a person exists, and is in the room, is for the caller.
 */

/** More than this in one message is noise or an attack; the rest is not looked up. */
const maxMentions = 50

export interface Mentions {
  /**
   * Each mention with its possible readings, longest first: in `@bob.` the name may be `bob.` or `bob`.
   * Lower case.
   */
  names: string[][]
  /** From `<@U:…>`. */
  userIds: string[]
  /** Model ids from `<@M:…>`. */
  models: string[]
  /** `@all`, `@channel`, `@here` or `@everyone`. */
  everyone: boolean
}

const everyoneNames = new Set(['all', 'channel', 'here', 'everyone'])

// A name may not follow a letter, so that a@b.example is an address and no call.
const name = /(?<![\p{L}\p{N}_@/.])@([\p{L}\p{N}][\p{L}\p{N}._-]{0,127})/gu
const tagged = /<@([UM]):([^|>\s]{1,200})(?:\|[^>\n]{0,200})?>/g

/** Text without code blocks and inline code: what is quoted there calls nobody. Linear in its length. */
export function withoutCode(text: string): string {
  return text.includes('`') || text.includes('~~~') ? withoutSpans(withoutFences(text)) : text
}

function withoutFences(text: string): string {
  const kept: string[] = []
  let fence: string | null = null
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null) {
      if (mark && !line.slice(line.indexOf(mark) + mark.length).includes('`')) fence = mark
      else kept.push(line)
    } else if (mark?.startsWith(fence) && line.trim() === mark) fence = null
  }
  return kept.join('\n')
}

/** A span ends at the next run of exactly as many backticks; a run without a partner is text. */
function withoutSpans(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map((match) => ({ start: match.index, size: match[0].length }))
  const ends = new Map<number, number[]>()
  for (const { start, size } of runs.toReversed()) {
    const list = ends.get(size)
    if (list) list.push(start)
    else ends.set(size, [start])
  }
  let kept = ''
  let from = 0
  for (const { start, size } of runs) {
    const list = ends.get(size)!
    while (list.length > 0 && list.at(-1)! <= start) list.pop()
    const end = list.at(-1)
    if (start < from || end === undefined) continue
    kept += `${text.slice(from, start)} `
    from = end + size
  }
  return kept + text.slice(from)
}

export function findMentions(text: string): Mentions {
  const found: Mentions = { names: [], userIds: [], models: [], everyone: false }
  if (!text.includes('@')) return found
  const prose = withoutCode(text)
  for (const [, kind, id] of prose.matchAll(tagged)) {
    const list = kind === 'U' ? found.userIds : found.models
    if (id && !list.includes(id) && list.length < maxMentions) list.push(id)
  }
  const seen = new Set<string>()
  for (const [, written] of prose.replace(tagged, ' ').matchAll(name)) {
    const readings = readingsOf(written!.toLowerCase())
    if (everyoneNames.has(readings.at(-1)!)) found.everyone = true
    else if (seen.size < maxMentions && !seen.has(readings[0]!)) {
      seen.add(readings[0]!)
      found.names.push(readings)
    }
  }
  return found
}

/** `bob.` → [`bob.`, `bob`]: names may end in punctuation, sentences too. */
function readingsOf(written: string): string[] {
  const readings = [written]
  let rest = written
  while (/[._-]$/.test(rest)) {
    rest = rest.slice(0, -1)
    readings.push(rest)
  }
  return readings
}
