/** `before` and `after` of a search: times, or (for `before`) where the last page ended. */
import { fault } from '../../../../core/faults.ts'

interface Given {
  before?: string
  after?: string
  cursor?: string
}

export function placesOf({ before, after, cursor }: Given): {
  before?: number
  after?: number
  cursor?: string
} {
  const isCursor = before !== undefined && /^\d{1,16}$/.test(before)
  return {
    ...(before !== undefined && !isCursor ? { before: timeOf('before', before) } : {}),
    ...(after === undefined ? {} : { after: timeOf('after', after) }),
    ...(isCursor ? { cursor: before } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

function timeOf(field: string, text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at))
    throw fault.invalid('search.time', 'Not a time.', { [field]: 'Give an RFC 3339 time.' })
  return at
}
