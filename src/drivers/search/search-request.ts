// One request to a search service: time limit, size limit, and failures in the words of UpstreamFailure.
// What is asked and how the answer looks belongs to tavily.ts and brave.ts.
import { UpstreamFailure, type SearchHit, type UpstreamFailureKind } from '../../core/ports.ts'

export interface SearchServiceOptions {
  apiKey: string
  /** Without a slash at its end. */
  baseUrl: string
  timeoutMs?: number
}

const ANSWER_BYTES_MAX = 2_000_000
const SNIPPET_MAX = 500

const MESSAGES: Partial<Record<UpstreamFailureKind, string>> = {
  unauthorised: 'The web search did not accept our key. An administrator has to check it.',
  payment_required: 'The account at the web search has no credit left.',
  rate_limited: 'The web search is limiting our requests.',
  timeout: 'The web search took too long to answer.',
  unreachable: 'The web search could not be reached.',
  malformed_stream: 'The web search sent an answer that could not be read.',
  bad_request: 'The web search rejected the request.',
  aborted: 'The search was stopped.',
}

/** The parsed JSON of a good answer. The key is in a header and in no message. */
export async function askSearch(
  url: string,
  init: RequestInit,
  timeoutMs: number,
  caller: AbortSignal,
): Promise<unknown> {
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.any([caller, limit]),
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw refusal(response)
    }
    if (Number(response.headers.get('content-length') ?? 0) > ANSWER_BYTES_MAX)
      throw failure('malformed_stream')
    return await response.json()
  } catch (error) {
    if (caller.aborted) throw failure('aborted')
    if (limit.aborted) throw failure('timeout')
    if (error instanceof UpstreamFailure) throw error
    throw failure(error instanceof SyntaxError ? 'malformed_stream' : 'unreachable')
  }
}

/** Reads what is usable of a list of hits; `snippet` is the name of its text field. Markup of highlights is removed. */
export function readHits(list: unknown, snippet: string, limit: number): SearchHit[] {
  if (!Array.isArray(list)) throw failure('malformed_stream')
  const hits = list.flatMap((entry: Record<string, unknown> | null) => {
    const url = entry?.['url']
    if (typeof url !== 'string' || !/^https?:\/\//i.test(url)) return []
    return [{ title: plain(entry?.['title']), url, snippet: plain(entry?.[snippet]) }]
  })
  return hits.slice(0, limit)
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value.replace(/<\/?(?:strong|b|em|mark)>/gi, '') : ''
  return text.replace(/\s+/g, ' ').trim().slice(0, SNIPPET_MAX)
}

function refusal(response: Response): UpstreamFailure {
  const { status } = response
  // 432 and 433 are Tavily's: the plan's limit and the pay-as-you-go limit are used up.
  if (status === 402 || status === 432 || status === 433) return failure('payment_required', { status })
  if (status === 401 || status === 403) return failure('unauthorised', { status })
  if (status === 429) return failure('rate_limited', { status, retryAfterS: retryAfter(response) })
  return failure(status >= 500 ? 'upstream_error' : 'bad_request', { status })
}

function retryAfter(response: Response): number | null {
  const value = response.headers.get('retry-after') ?? ''
  return /^\d{1,9}$/.test(value) ? Number(value) : null
}

function failure(
  kind: UpstreamFailureKind,
  details: { status?: number; retryAfterS?: number | null } = {},
): UpstreamFailure {
  return new UpstreamFailure(kind, MESSAGES[kind] ?? 'The web search had an error.', details)
}
