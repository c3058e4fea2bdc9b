// Web search by Brave (https://api-dashboard.search.brave.com, GET /res/v1/web/search).
import type { SearchHit, WebSearch } from '../../core/ports.ts'
import { askSearch, readHits, type SearchServiceOptions } from './search-request.ts'

const RESULTS_MAX = 20

export class BraveSearch implements WebSearch {
  constructor(private readonly options: SearchServiceOptions) {}

  async search(query: string, limit: number, signal: AbortSignal): Promise<SearchHit[]> {
    const { apiKey, baseUrl, timeoutMs = 10_000 } = this.options
    const asked = new URLSearchParams({ q: query, count: String(Math.min(limit, RESULTS_MAX)) })
    const path = baseUrl.endsWith('/res/v1') ? '/web/search' : '/res/v1/web/search'
    const init = { headers: { 'x-subscription-token': apiKey, accept: 'application/json' } }
    const body = (await askSearch(
      `${baseUrl}${path}?${asked}`,
      init,
      timeoutMs,
      signal,
    )) as BraveAnswer | null
    if (body !== null && body.web === undefined) return [] // nothing found
    return readHits(body?.web?.results, 'description', limit)
  }
}

interface BraveAnswer {
  web?: { results?: unknown }
}
