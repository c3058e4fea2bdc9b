// The web search of the configuration, or none.
import type { WebSearch } from '../../core/ports.ts'
import { BraveSearch } from './brave.ts'
import type { SearchServiceOptions } from './search-request.ts'
import { TavilySearch } from './tavily.ts'

export type SearchConfig = SearchServiceOptions & { readonly provider: 'tavily' | 'brave' }

export function createWebSearch(config: SearchConfig | null): WebSearch | null {
  if (config === null) return null
  return config.provider === 'tavily' ? new TavilySearch(config) : new BraveSearch(config)
}
