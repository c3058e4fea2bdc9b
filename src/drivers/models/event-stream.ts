// A provider's server-sent events as the texts they carry. The SDK's own reader costs several times what
// the rest of a token does; what the events mean is deltas.ts.
import { createParser } from 'eventsource-parser'
import type { WatchedRequest } from './watched-fetch.ts'

/** Of one event, in characters: a picture in an answer is some megabytes. */
const EVENT_MAX_CHARS = 32 * 1024 * 1024

export class EventStream {
  /** The last event was `[DONE]`. */
  sawDone = false
  private ready: string[] = []
  private tooLong = false
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>
  private readonly watch: WatchedRequest
  private readonly decoder = new TextDecoder()
  private readonly parser = createParser({
    maxBufferSize: EVENT_MAX_CHARS,
    onEvent: ({ data }) => this.take(data),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') this.tooLong = true
    },
  })

  constructor(body: ReadableStream<Uint8Array>, watch: WatchedRequest) {
    this.reader = body.getReader()
    this.watch = watch
  }

  /** What the next piece of the answer completes, which may be nothing; null = the end. */
  async next(): Promise<string[] | null> {
    const { value, done } = await this.reader.read()
    if (done) {
      this.watch.completed()
      return null
    }
    this.watch.pieceCame()
    this.parser.feed(this.decoder.decode(value, { stream: true }))
    if (this.tooLong) throw new SyntaxError('An event is longer than any answer.')
    const ready = this.ready
    this.ready = []
    return ready
  }

  private take(data: string): void {
    this.sawDone = data === '[DONE]'
    if (!this.sawDone && data !== '') this.ready.push(data)
  }
}
