// The dialect of a model that a browser asks for us: our request as an OpenAI body, and the lines it passes on as deltas.
import type { ModelDialect } from '../../core/ports.ts'
import { DeltaReader, type Chunk } from './deltas.ts'
import { failure } from './failures.ts'
import { chatBody } from './messages.ts'
import type { ProviderConfig } from './provider.ts'

/** Nothing is known of the server that the browser talks to. */
const UNKNOWN: ProviderConfig = { id: 'browser', kind: 'openai', name: 'Browser', baseUrl: '', apiKey: null }
/** An event that was cut into pieces is put together again, up to this. */
const EVENT_MAX_CHARS = 1_000_000

export const relayedDialect: ModelDialect = {
  body: (request) => ({ ...chatBody(UNKNOWN, request) }),

  async *deltas(pieces) {
    const reader = new DeltaReader()
    const lines = new Lines()
    for await (const piece of pieces) {
      for (const event of typeof piece === 'string' ? lines.read(piece) : [piece]) {
        for (const delta of reader.read(chunkOf(event))) yield delta
      }
    }
    if (!reader.finished && !lines.sawDone) throw failure('cut_stream')
    if (!reader.finished) yield { type: 'finish', reason: 'stop' }
    if (reader.usage) yield reader.usage
  },
}

/** The front end sends a line at a time, but a line may have come to it in two parts. */
class Lines {
  sawDone = false
  #rest = ''

  read(piece: string): unknown[] {
    return piece.split('\n').flatMap((line) => {
      if (line.trim() === '' || (this.#rest === '' && /^(:|event:|id:|retry:)/.test(line))) return []
      const text = line.startsWith('data:') ? line.slice('data:'.length) : this.#rest + line
      this.#rest = ''
      if (text.trim() === '[DONE]') {
        this.sawDone = true
        return []
      }
      try {
        return [JSON.parse(text) as unknown]
      } catch {
        if (text.length > EVENT_MAX_CHARS) throw failure('malformed_stream')
        this.#rest = text
        return []
      }
    })
  }
}

function chunkOf(event: unknown): Chunk {
  if (typeof event !== 'object' || event === null) throw failure('malformed_stream')
  const { error } = event as { error?: unknown }
  if (!error) return event
  const message = typeof error === 'object' && 'message' in error ? error.message : error
  throw failure('bad_request', { text: typeof message === 'string' ? message : '' })
}
