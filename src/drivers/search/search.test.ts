// Goal: both services are asked in their own words and fail in ours. Method: a server that speaks like both.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { startSearchUpstream, type SearchUpstream } from '../../../test/support/search-upstream.ts'
import type { WebSearch } from '../../core/ports.ts'
import { createWebSearch } from './index.ts'

const KEY = 'tvly-secret-key'
const never = new AbortController().signal
const hits = Array.from({ length: 8 }, (_, n) => {
  return {
    title: `Title <strong>${n}</strong>`,
    url: `https://site.example/${n}`,
    snippet: `Some  <b>words</b> ${n}`,
  }
})

let upstream: SearchUpstream
beforeEach(() => {
  upstream = startSearchUpstream(hits)
})
afterEach(() => upstream.close())

describe.each(['tavily', 'brave'] as const)('%s', (provider) => {
  const make = (more: { baseUrl?: string; timeoutMs?: number } = {}): WebSearch =>
    createWebSearch({ provider, apiKey: KEY, baseUrl: upstream.url, ...more })!

  test('asks with its key and reads the hits', async () => {
    const found = await make().search('tides & moons?', 3, never)
    expect(found).toHaveLength(3)
    expect(found[0]).toEqual({ title: 'Title 0', url: 'https://site.example/0', snippet: 'Some words 0' })
    const key = provider === 'tavily' ? `Bearer ${KEY}` : KEY
    expect(upstream.requests).toEqual([{ path: expect.any(String), query: 'tides & moons?', key }])
  })

  test('leaves out hits without a web address', async () => {
    upstream.hits = [{ title: 'x', url: 'javascript:alert(1)', snippet: '' }, hits[1]!]
    expect((await make().search('x', 5, never)).map((hit) => hit.url)).toEqual(['https://site.example/1'])
  })

  const refusals: [number, string][] = [
    [400, 'bad_request'],
    [401, 'unauthorised'],
    [402, 'payment_required'],
    [403, 'unauthorised'],
    [429, 'rate_limited'],
    [432, 'payment_required'],
    [500, 'upstream_error'],
  ]
  test.each(refusals)('status %i is %s', async (status, kind) => {
    upstream.failure = { status, headers: { 'retry-after': '9' } }
    const error = await make()
      .search('x', 1, never)
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      name: 'UpstreamFailure',
      kind,
      status,
      retryAfterS: status === 429 ? 9 : null,
    })
    expect(Bun.inspect(error)).not.toContain(KEY)
  })

  test('answers that cannot be read', async () => {
    for (const body of ['not json', '{"results": 5, "web": {"results": 5}}', 'null']) {
      upstream.failure = { status: 200, body }
      await expect(make().search('x', 1, never)).rejects.toMatchObject({ kind: 'malformed_stream' })
    }
  })

  test('silence, a closed port and a stop', async () => {
    upstream.failure = 'hang'
    await expect(make({ timeoutMs: 20 }).search('x', 1, never)).rejects.toMatchObject({ kind: 'timeout' })
    const stop = new AbortController()
    const work = make().search('x', 1, stop.signal)
    stop.abort()
    await expect(work).rejects.toMatchObject({ kind: 'aborted' })
    const gone = make({ baseUrl: 'http://127.0.0.1:1' })
    await expect(gone.search('x', 1, never)).rejects.toMatchObject({ kind: 'unreachable' })
  })
})

test('no configuration, no search', () => expect(createWebSearch(null)).toBeNull())

test('Brave says nothing of the web when nothing was found', async () => {
  upstream.failure = { status: 200, body: '{"type":"search"}' }
  const brave = createWebSearch({ provider: 'brave', apiKey: KEY, baseUrl: `${upstream.url}/res/v1` })
  expect(await brave!.search('x', 1, never)).toEqual([])
})
