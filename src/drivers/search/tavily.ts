// Web search by Tavily (https://docs.tavily.com, POST /search).
import type { SearchHit, WebSearch } from '../../core/ports.ts'
import { askSearch, readHits, type SearchServiceOptions } from './search-request.ts'

const RESULTS_MAX = 20

export class TavilySearch implements WebSearch {
  constructor(private readonly options: SearchServiceOptions) {}

  async search(query: string, limit: number, signal: AbortSignal): Promise<SearchHit[]> {
    const { apiKey, baseUrl, timeoutMs = 10_000 } = this.options
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, max_results: Math.min(limit, RESULTS_MAX), search_depth: 'basic' }),
    }
    const body = (await askSearch(`${baseUrl}/search`, init, timeoutMs, signal)) as {
      results?: unknown
    } | null
    return readHits(body?.results, 'content', limit)
  }
}
