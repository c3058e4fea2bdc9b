/**
 * What people type into a search box: words (all must occur, parts of words count), "quoted phrases",
 * -words that must not, and `from:name`, `in:room`, `before:`, `after:`, `on:YYYY-MM-DD` (UTC days).
 */
import type { Millis } from '../types.ts'
import { fold } from './fold.ts'

const maxTerms = 16
const dayMs = 24 * 3_600_000

export interface ParsedQuery {
  /** Folded. */
  terms: string[]
  excluded: string[]
  from: string[]
  in: string[]
  /** Exclusive. */
  before: Millis | null
  /** Inclusive. */
  after: Millis | null
}

const token = /(-?)(?:"([^"]*)"?|(?:(from|in|before|after|on):("[^"]*"?|\S+))|(\S+))/giu

export function parseQuery(q: string): ParsedQuery {
  const parsed: ParsedQuery = { terms: [], excluded: [], from: [], in: [], before: null, after: null }
  for (const [whole, minus, phrase, key, value, word] of q.matchAll(token)) {
    if (key && value) {
      if (!minus && applyFilter(parsed, key.toLowerCase(), value.replaceAll('"', ''))) continue
      addTerm(parsed.terms, whole)
    } else {
      const text = phrase ?? word ?? ''
      // A lone hyphen is text, `-word` is not.
      addTerm(minus && text !== '' ? parsed.excluded : parsed.terms, text === '' ? minus! : text)
    }
  }
  return parsed
}

function addTerm(list: string[], text: string): void {
  const folded = fold(text).replace(/\s+/g, ' ').trim()
  if (folded !== '' && list.length < maxTerms && !list.includes(folded)) list.push(folded)
}

function applyFilter(parsed: ParsedQuery, key: string, value: string): boolean {
  if (value === '') return false
  if (key === 'from') parsed.from.push(value.replace(/^@/, ''))
  else if (key === 'in') parsed.in.push(value.replace(/^[#~]/, ''))
  else return applyDate(parsed, key, value)
  return true
}

function applyDate(parsed: ParsedQuery, key: string, value: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00.000Z`) : Number.NaN
  if (Number.isNaN(day)) return false
  if (key === 'before') parsed.before = day
  // As in Mattermost: after a day means from the next one on.
  else if (key === 'after') parsed.after = day + dayMs
  else {
    parsed.after = day
    parsed.before = day + dayMs
  }
  return true
}
