// Goal: one catalogue of many providers that is always quick, whoever fails. Method: providers made of closures,
// a clock that only the test moves.
import { beforeEach, describe, expect, test } from 'bun:test'
import { UpstreamFailure, type ChatRequest, type ModelInfo } from '../../core/ports.ts'
import { nameProviders } from './index.ts'
import type { ModelProvider, ProviderConfig } from './provider.ts'
import { ModelRegistry } from './registry.ts'

interface Fake {
  ids: string[]
  /** Set to make listing fail. */
  down: boolean
  /** Set to hold listings until it is resolved. */
  gate: Promise<void> | null
  listings: number
  asked: string[]
}

let now: number
let fakes: Map<string, Fake>
let warnings: Record<string, unknown>[]

beforeEach(() => {
  now = 0
  fakes = new Map()
  warnings = []
})

function fake(id: string, ids: string[]): ProviderConfig {
  fakes.set(id, { ids, down: false, gate: null, listings: 0, asked: [] })
  return { id, kind: 'openai', name: id, baseUrl: 'http://unused.example/v1', apiKey: 'sk-secret' }
}

function create(config: ProviderConfig): ModelProvider {
  const state = fakes.get(config.id)!
  return {
    id: config.id,
    prefix: config.prefix,
    async listModels() {
      state.listings++
      await state.gate
      if (state.down) throw new UpstreamFailure('unreachable', 'gone')
      return state.ids.map((id): ModelInfo => {
        const rest = { contextTokens: null, vision: null, createdS: 0, raw: {} }
        return { id, name: id, ownedBy: 'x', providerId: config.id, ...rest }
      })
    },
    async *stream(request: ChatRequest) {
      state.asked.push(request.model)
      yield { type: 'text', text: `${config.id} says ` }
      yield { type: 'text', text: 'hi' }
      yield { type: 'tool_call_delta', index: 0, id: 'c', name: 'f', arguments: '{' }
      yield { type: 'tool_call_delta', index: 0, arguments: '}' }
      yield { type: 'finish', reason: 'tool_calls' }
      yield { type: 'usage', promptTokens: 1, completionTokens: 2, totalTokens: 3, costUsd: null }
    },
    proxy: async (path) => new Response(`${config.id}${path}`),
  }
}

function registry(...configs: ProviderConfig[]): ModelRegistry {
  const quiet = () => {}
  const log = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (_: string, fields = {}) => void warnings.push(fields),
  }
  return new ModelRegistry(configs, { clock: { now: () => now }, log, create, ttlMs: 1_000, retryMs: 100 })
}

const ids = async (models: ModelRegistry) => (await models.list()).map((model) => model.id)
/** Lets finished promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('the list', () => {
  test('is asked for once by many at once, and kept for its time', async () => {
    const models = registry(fake('a', ['m1', 'm2']))
    await Promise.all(Array.from({ length: 20 }, () => models.list()))
    now = 999
    expect(await ids(models)).toEqual(['m1', 'm2'])
    expect(fakes.get('a')?.listings).toBe(1)
  })

  test('when old is served at once and refreshed behind', async () => {
    const models = registry(fake('a', ['old']))
    await models.list()
    now = 1_000
    const gate = Promise.withResolvers<void>()
    Object.assign(fakes.get('a')!, { ids: ['new'], gate: gate.promise })
    expect(await ids(models)).toEqual(['old'])
    gate.resolve()
    await settle()
    expect(await ids(models)).toEqual(['new'])
    expect(fakes.get('a')?.listings).toBe(2)
  })

  test('lacks only the provider that fails, which is left alone for a while and warned about once', async () => {
    const models = registry(fake('a', ['m1']), fake('b', ['m2']))
    fakes.get('b')!.down = true
    expect(await ids(models)).toEqual(['m1'])
    expect(await ids(models)).toEqual(['m1'])
    expect(fakes.get('b')?.listings).toBe(1)
    now = 100
    await models.list()
    await settle()
    expect(fakes.get('b')?.listings).toBe(2)
    expect(warnings).toEqual([{ provider: 'b', kind: 'unreachable', reason: 'gone' }])
    fakes.get('b')!.down = false
    now = 200
    await models.list()
    await settle()
    expect(await ids(models)).toEqual(['m1', 'm2'])
  })

  test('keeps the last good list of a provider that fails later', async () => {
    const models = registry(fake('a', ['m1']))
    await models.list()
    fakes.get('a')!.down = true
    await models.list({ refresh: true })
    expect(await ids(models)).toEqual(['m1'])
  })

  test('a provider that hangs on a refresh holds nobody up', async () => {
    const models = registry(fake('a', ['m1']))
    await models.list()
    now = 5_000
    fakes.get('a')!.gate = new Promise(() => {})
    expect(await ids(models)).toEqual(['m1'])
  })

  test('is empty without providers', async () => {
    const models = registry()
    expect(models.enabled).toBe(false)
    expect(await models.list()).toEqual([])
  })
})

describe('who answers', () => {
  test('the first configured keeps an id that two have', async () => {
    const models = registry(fake('a', ['same', 'm1']), fake('b', ['same', 'm2']))
    expect(await ids(models)).toEqual(['same', 'm1', 'b/same', 'm2'])
    expect(await models.find('same')).toEqual({ providerId: 'a', modelId: 'same' })
    expect(await models.find('b/same')).toEqual({ providerId: 'b', modelId: 'same' })
    expect(await models.find('a/m1')).toEqual({ providerId: 'a', modelId: 'm1' })
    expect(await models.find('a/nothing')).toBeNull()
    expect(await models.find('nothing')).toBeNull()
  })

  test('a prefix is listed before the id and not sent', async () => {
    const models = registry({ ...fake('a', ['m1']), prefix: 'work' }, fake('b', ['m1']))
    expect(await ids(models)).toEqual(['work.m1', 'm1'])
    expect(await models.find('work.m1')).toEqual({ providerId: 'a', modelId: 'm1' })
    await models.complete({ model: 'work.m1', messages: [], signal: new AbortController().signal })
    expect(fakes.get('a')?.asked).toEqual(['m1'])
  })

  test('an unknown id goes to a provider whose list could not be read', async () => {
    const models = registry(fake('a', ['m1']), fake('b', []))
    fakes.get('b')!.down = true
    expect(await models.find('m2')).toEqual({ providerId: 'b', modelId: 'm2' })
    expect(await models.find('b/m2')).toEqual({ providerId: 'b', modelId: 'm2' })
  })

  test('nobody is a failure of its own kind', async () => {
    const models = registry(fake('a', ['m1']))
    const request = { model: 'other', messages: [], signal: new AbortController().signal }
    await expect(models.complete(request)).rejects.toMatchObject({ kind: 'model_not_found' })
    await expect(models.proxy('nobody', '/x', { method: 'GET' })).rejects.toMatchObject({
      kind: 'model_not_found',
    })
  })

  test('complete gathers the stream', async () => {
    const models = registry(fake('a', ['m1']))
    expect(
      await models.complete({ model: 'm1', messages: [], signal: new AbortController().signal }),
    ).toEqual({
      text: 'a says hi',
      reasoning: '',
      toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }],
      finishReason: 'tool_calls',
      usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3, costUsd: null },
    })
  })

  test('proxy goes to the named provider', async () => {
    const models = registry(fake('a', []), fake('b', []))
    expect(await (await models.proxy('b', '/x', { method: 'GET' })).text()).toBe('b/x')
  })
})

describe('configuration', () => {
  test('a change keeps the lists of providers that stay', async () => {
    const a = fake('a', ['m1'])
    const models = registry(a)
    await models.list()
    models.configure([{ ...a }, fake('b', ['m2'])])
    expect(await ids(models)).toEqual(['m1', 'm2'])
    expect(fakes.get('a')?.listings).toBe(1)
    models.configure([])
    expect(await ids(models)).toEqual([])
  })

  test('providers are described without their keys', () => {
    const models = registry(fake('a', []))
    expect(models.providers()).toEqual([
      { id: 'a', kind: 'openai', name: 'a', baseUrl: 'http://unused.example/v1', hasKey: true },
    ])
  })

  test('ids come from kind and place', () => {
    const entry = (kind: 'openai' | 'ollama') => ({ kind, baseUrl: 'http://x.example', apiKey: undefined })
    const named = nameProviders([entry('openai'), entry('ollama'), entry('openai')])
    expect(named.map(({ id }) => id)).toEqual(['openai', 'ollama', 'openai-2'])
  })
})
