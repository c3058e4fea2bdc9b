/**
 * Reads Mattermost's search language: from: in: before: after: on: ext: "phrases" -not #tags and
 * wild*cards. Only takes apart; what the parts mean is for modules/search.ts.
 */

export interface SearchTerms {
  words: string[]
  phrases: string[]
  tags: string[]
  notWords: string[]
  notPhrases: string[]
  from: string[]
  notFrom: string[]
  in: string[]
  notIn: string[]
  extensions: string[]
  /** Epoch milliseconds; the end is not included. */
  startAt: number | null
  endAt: number | null
}

const DAY_MS = 86_400_000
const TOKEN = /(-?)(?:(from|in|channel|before|after|on|ext):\s*)?(?:"([^"]*)"|(\S+))/gi

/** `offsetS`: how far the searcher's clock is ahead of UTC, in seconds. */
export function parseTerms(text: string, offsetS = 0): SearchTerms {
  const out: SearchTerms = {
    words: [],
    phrases: [],
    tags: [],
    notWords: [],
    notPhrases: [],
    from: [],
    notFrom: [],
    in: [],
    notIn: [],
    extensions: [],
    startAt: null,
    endAt: null,
  }
  for (const [, minus, flag, quoted, bare] of text.matchAll(TOKEN)) {
    const value = (quoted ?? bare ?? '').trim()
    const not = minus === '-'
    if (flag) modifier(out, flag.toLowerCase(), value, not, offsetS)
    else if (quoted !== undefined) add(not ? out.notPhrases : out.phrases, value)
    else word(out, value, not)
  }
  return out
}

function modifier(out: SearchTerms, flag: string, value: string, not: boolean, offsetS: number): void {
  const name = value.replace(/^[@~]/, '').toLowerCase()
  if (flag === 'from') add(not ? out.notFrom : out.from, name)
  else if (flag === 'in' || flag === 'channel') add(not ? out.notIn : out.in, name)
  else if (flag === 'ext') add(out.extensions, name.replace(/^\./, ''))
  else if (!not) period(out, flag, value, offsetS)
}

/** Days as the searcher counts them. */
function period(out: SearchTerms, flag: string, value: string, offsetS: number): void {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value) ?? []
  if (!year || !month || !day) return
  const start = Date.UTC(Number(year), Number(month) - 1, Number(day)) - offsetS * 1000
  if (flag === 'on' || flag === 'after') {
    const from = flag === 'on' ? start : start + DAY_MS
    out.startAt = Math.max(out.startAt ?? from, from)
  }
  if (flag === 'on' || flag === 'before') {
    const end = flag === 'on' ? start + DAY_MS : start
    out.endAt = Math.min(out.endAt ?? end, end)
  }
}

function word(out: SearchTerms, value: string, not: boolean): void {
  const plain = value.replace(/^[^\p{L}\p{N}#@_]+|[^\p{L}\p{N}*_]+$/gu, '')
  if (plain.startsWith('#') && !not) add(out.tags, plain)
  else add(not ? out.notWords : out.words, plain.replace(/^#/, ''))
}

function add(list: string[], value: string): void {
  if (value !== '' && value !== '*' && !list.includes(value)) list.push(value)
}

/** True when nothing says what to look for. */
export function isEmpty(terms: SearchTerms): boolean {
  const { startAt, endAt, ...lists } = terms
  return startAt === null && endAt === null && Object.values(lists).every((list) => list.length === 0)
}

/** What must stand in a message's text, all of it (or any of it, when `any`). */
export function textFits(text: string, terms: SearchTerms, any: boolean): boolean {
  const lower = text.toLowerCase()
  const has = (part: string) => containsWord(lower, part.toLowerCase())
  if (terms.notWords.some(has)) return false
  if (terms.notPhrases.some((phrase) => lower.includes(phrase.toLowerCase()))) return false
  const wanted = [...terms.words, ...terms.tags]
  const phrases = terms.phrases.map((phrase) => lower.includes(phrase.toLowerCase()))
  const found = [...wanted.map(has), ...phrases]
  if (found.length === 0) return true
  return any ? found.includes(true) : !found.includes(false)
}

/** `foo*` matches the beginning of a word; without spaces between words (Chinese), any place will do. */
function containsWord(lower: string, part: string): boolean {
  const stem = part.replace(/\*+$/, '')
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(stem))
    return lower.includes(stem)
  for (let at = lower.indexOf(stem); at >= 0; at = lower.indexOf(stem, at + 1)) {
    const before = at === 0 || !/[\p{L}\p{N}_]/u.test(lower[at - 1]!)
    const end = at + stem.length
    const after = part.endsWith('*') || end >= lower.length || !/[\p{L}\p{N}_]/u.test(lower[end]!)
    if (before && after) return true
  }
  return false
}
