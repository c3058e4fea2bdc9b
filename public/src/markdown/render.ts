/**
 * Text to safe HTML blocks, with a cache: the same blocks come again at each
 * chunk of a stream and each time a room is opened.
 */
import { parseBlocks } from './parse.ts'
import { sanitise } from './sanitise.ts'

const CACHE_LIMIT = 1_500
const cache = new Map<string, string>()

function clean(html: string): string {
  const known = cache.get(html)
  if (known !== undefined) return known
  const safe = sanitise(html)
  const oldest = cache.keys().next()
  if (cache.size >= CACHE_LIMIT && !oldest.done) cache.delete(oldest.value)
  cache.set(html, safe)
  return safe
}

/** Safe HTML of each top-level block of a message. */
export function renderBlocks(text: string): string[] {
  return parseBlocks(text).map(clean)
}
