// Goal: vectors come from each dialect in the order of the texts; what goes wrong is told without the key.
import { afterAll, expect, test } from 'bun:test'
import type { EmbeddingSource } from '../../core/ports.ts'
import { embed } from './embeddings.ts'

const seen: { path: string; headers: Headers; body: unknown }[] = []
let answer: () => Response = () => new Response()
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const { pathname, search } = new URL(request.url)
    seen.push({ path: pathname + search, headers: request.headers, body: await request.json() })
    return answer()
  },
})
afterAll(() => server.stop(true))

const base = `http://127.0.0.1:${server.port}`
const source = (engine: EmbeddingSource['engine'], more: Partial<EmbeddingSource> = {}): EmbeddingSource => ({
  engine,
  model: 'm',
  baseUrl: `${base}/`,
  apiKey: 'top-secret',
  apiVersion: '2024',
  ...more,
})
const ask = (from: EmbeddingSource, texts = ['a', 'b']) => embed(from, texts, new AbortController().signal)

test('OpenAI, whose list may be in any order', async () => {
  answer = () =>
    Response.json({
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: [1] },
      ],
    })
  expect(await ask(source('openai'))).toEqual([[1], [2]])
  expect(seen.at(-1)).toMatchObject({ path: '/embeddings', body: { model: 'm', input: ['a', 'b'] } })
  expect(seen.at(-1)?.headers.get('authorization')).toBe('Bearer top-secret')
})

test('Ollama', async () => {
  answer = () => Response.json({ embeddings: [[1], [2]] })
  expect(await ask(source('ollama', { apiKey: null }))).toEqual([[1], [2]])
  expect(seen.at(-1)?.path).toBe('/api/embed')
  expect(seen.at(-1)?.headers.has('authorization')).toBe(false)
})

test('Azure', async () => {
  answer = () => Response.json({ data: [{ embedding: [1] }] })
  expect(await ask(source('azure_openai'), ['a'])).toEqual([[1]])
  expect(seen.at(-1)?.path).toBe('/openai/deployments/m/embeddings?api-version=2024')
  expect(seen.at(-1)?.headers.get('api-key')).toBe('top-secret')
})

test.each<[string, () => Response, string]>([
  ['a refusal', () => new Response('bad key top-secret', { status: 401 }), 'unauthorised'],
  ['too few vectors', () => Response.json({ data: [{ embedding: [1] }] }), 'malformed_stream'],
  [
    'vectors of two lengths',
    () => Response.json({ data: [{ embedding: [1] }, { embedding: [1, 2] }] }),
    'malformed_stream',
  ],
  ['no JSON', () => new Response('<html>'), 'malformed_stream'],
  ['a way elsewhere', () => Response.redirect('http://127.0.0.1:1/', 307), 'unreachable'],
])('%s', async (_, reply, kind) => {
  answer = reply
  const failed = await ask(source('openai')).catch((error: unknown) => error)
  expect(failed).toMatchObject({ name: 'UpstreamFailure', kind })
  expect(Bun.inspect(failed)).not.toContain('top-secret')
})
