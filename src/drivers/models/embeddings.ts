// Vectors of texts, from whatever speaks OpenAI's, Azure's or Ollama's dialect. The address is an administrator's choice.
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { EmbeddingSource } from '../../core/ports.ts'
import { readLimited } from '../net/response-body.ts'
import { failure, kindOfStatus, retryAfter } from './failures.ts'

const TIMEOUT_MS = 120_000
/** A thousand vectors of 4,096 numbers as JSON text are some 90 MB. */
const ANSWER_MAX_BYTES = 100_000_000

const Vector = Type.Array(Type.Number(), { minItems: 1, maxItems: 16_384 })
const OpenAiAnswer = Type.Object({
  data: Type.Array(Type.Object({ embedding: Vector, index: Type.Optional(Type.Integer()) })),
})
const OllamaAnswer = Type.Object({ embeddings: Type.Array(Vector) })

export async function embed(
  source: EmbeddingSource,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<number[][]> {
  const answer = await ask(source, texts, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]))
  const vectors = vectorsOf(source, answer)
  if (vectors.length !== texts.length || vectors.some(({ length }) => length !== vectors[0]?.length))
    throw failure('malformed_stream')
  return vectors
}

async function ask(source: EmbeddingSource, texts: readonly string[], signal: AbortSignal): Promise<unknown> {
  const { url, headers } = target(source)
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: source.model, input: texts }),
      // A redirect could carry the key elsewhere.
      redirect: 'error',
      signal,
    })
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    throw failure(signal.aborted && !timedOut ? 'aborted' : timedOut ? 'timeout' : 'unreachable')
  }
  const text = await readText(response)
  if (!response.ok) {
    const kind = kindOfStatus(response.status, null)
    const retryAfterS = retryAfter(response.headers, Date.now())
    throw failure(kind, { status: response.status, retryAfterS, text, secret: source.apiKey })
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw failure('malformed_stream')
  }
}

async function readText(response: Response): Promise<string> {
  try {
    return new TextDecoder().decode(await readLimited(response, ANSWER_MAX_BYTES))
  } catch (error) {
    throw failure('cut_stream', { text: error instanceof Error ? error.message : '' })
  }
}

function target({ engine, baseUrl, apiKey, model, apiVersion }: EmbeddingSource) {
  const base = baseUrl.replace(/\/+$/, '')
  const headers: Record<string, string> = {}
  if (apiKey !== null)
    headers[engine === 'azure_openai' ? 'api-key' : 'authorization'] =
      engine === 'azure_openai' ? apiKey : `Bearer ${apiKey}`
  if (engine === 'ollama') return { url: `${base}/api/embed`, headers }
  if (engine === 'openai') return { url: `${base}/embeddings`, headers }
  const path = `openai/deployments/${encodeURIComponent(model)}/embeddings`
  return { url: `${base}/${path}?api-version=${encodeURIComponent(apiVersion ?? '')}`, headers }
}

function vectorsOf({ engine }: EmbeddingSource, answer: unknown): number[][] {
  if (engine === 'ollama') {
    if (!Value.Check(OllamaAnswer, answer)) throw failure('malformed_stream')
    return answer.embeddings
  }
  if (!Value.Check(OpenAiAnswer, answer)) throw failure('malformed_stream')
  return inOrder(answer).map(({ embedding }) => embedding)
}

/** Each says which text it is of; the order of the list is promised by nobody. */
function inOrder({ data }: Static<typeof OpenAiAnswer>) {
  return data.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
}
