/** The doctor's calls to model providers and the search service: each is really asked, and the time it took told. */
import type { Config } from '../../config/index.ts'
import { nameProviders } from '../../drivers/models/index.ts'
import { createOpenAiProvider } from '../../drivers/models/openai-provider.ts'
import type { ProviderConfig } from '../../drivers/models/provider.ts'
import { createWebSearch } from '../../drivers/search/index.ts'
import { type Finding, finding } from './index.ts'

const PATIENCE_MS = 10_000

export async function providers({ ai }: Config): Promise<Finding[]> {
  if (ai.providers.length === 0) return []
  return Promise.all(nameProviders(ai.providers).map(provider))
}

async function provider(config: ProviderConfig): Promise<Finding> {
  const { host } = new URL(config.baseUrl)
  const asked = createOpenAiProvider(config, { app: { name: 'Hubbub', url: 'https://hubbub.invalid' } })
  return timed(`${config.name}`, async () => {
    const models = await asked.listModels(AbortSignal.timeout(PATIENCE_MS))
    return `${host} lists ${models.length} models`
  })
}

export async function webSearch({ web }: Config): Promise<Finding[]> {
  const search = createWebSearch(web.search)
  if (search === null || web.search === null) return []
  return [
    await timed(`search`, async () => {
      const hits = await search.search('weather', 1, AbortSignal.timeout(PATIENCE_MS))
      return `${web.search?.provider} answers (${hits.length} of 1 result)`
    }),
  ]
}

async function timed(part: string, call: () => Promise<string>): Promise<Finding> {
  const startedAt = performance.now()
  try {
    const text = await call()
    return finding(part, 'ok', `${text} in ${Math.round(performance.now() - startedAt)} ms`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return finding(part, 'WRONG', `${reason} (after ${Math.round(performance.now() - startedAt)} ms)`)
  }
}
