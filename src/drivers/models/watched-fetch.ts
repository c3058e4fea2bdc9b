// One request to a provider under watch: the caller's stop, the time to the first byte, the pause between
// pieces, and whether the stream said `[DONE]`. It sees bytes only; their meaning is read elsewhere.
import type { ProviderLimits } from './provider.ts'

export class WatchedRequest {
  /** Aborts the request when the caller stops or a limit is passed. */
  readonly signal: AbortSignal
  timedOut = false
  /** The head of an answer has come. */
  answered = false
  private readonly control = new AbortController()
  private timer: NodeJS.Timeout
  /** The last two pieces: `[DONE]` may be cut in half. */
  private tail: [Uint8Array, Uint8Array] = [new Uint8Array(), new Uint8Array()]

  constructor(
    private readonly caller: AbortSignal,
    private readonly limits: ProviderLimits,
  ) {
    this.signal = AbortSignal.any([caller, this.control.signal])
    this.timer = this.arm(limits.firstByteMs)
  }

  get stopped(): boolean {
    return this.caller.aborted
  }

  /** The stream's last event was `[DONE]`, which the SDK swallows. */
  get sawDone(): boolean {
    return Buffer.concat(this.tail).toString('latin1').trimEnd().endsWith('[DONE]')
  }

  /** To hand to the SDK in place of fetch. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const response = await fetch(input, init)
    this.answered = true
    clearTimeout(this.timer)
    this.timer = this.arm(this.limits.idleMs)
    if (response.body === null) return response
    return new Response(this.watch(response.body), response)
  }

  /** Ends the watch and, when the answer was not read to its end, the request. */
  close(): void {
    clearTimeout(this.timer)
    this.control.abort()
  }

  private arm(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timedOut = true
      this.control.abort()
    }, ms)
    timer.unref()
    return timer
  }

  private watch(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader()
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { value, done } = await reader.read()
          if (done) return controller.close()
          this.timer.refresh()
          this.tail = [this.tail[1], value]
          controller.enqueue(value)
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
  }
}
