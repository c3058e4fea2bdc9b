// One request to a provider under watch: the caller's stop, the time to the first byte, and the pause between
// pieces. It sees bytes only; their meaning is read elsewhere.
import type { ProviderLimits } from './provider.ts'

/** A request's init as the SDK hands it to `fetch`, with the watch that `fetchOptions` brought along. */
type WatchedInit = RequestInit & { watch?: WatchedRequest }

export class WatchedRequest {
  /** Aborts the request when the caller stops or a limit is passed. */
  readonly signal: AbortSignal
  timedOut = false
  /** The head of an answer has come. */
  answered = false
  private readonly control = new AbortController()
  private timer: NodeJS.Timeout
  private complete = false

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

  /** For one request of an SDK client that was made with `watchedFetch`: a client of its own each would cost more than the request. */
  get options(): { signal: AbortSignal; maxRetries: 0; fetchOptions: object } {
    return { signal: this.signal, maxRetries: 0, fetchOptions: { watch: this } }
  }

  headCame(): void {
    this.answered = true
    clearTimeout(this.timer)
    this.timer = this.arm(this.limits.idleMs)
  }

  pieceCame(): void {
    this.timer.refresh()
  }

  /** The answer was read to its end: there is nothing left to abort. */
  completed(): void {
    this.complete = true
  }

  /** Ends the watch and, when the answer was not read to its end, the request. */
  close(): void {
    clearTimeout(this.timer)
    if (!this.complete) this.control.abort()
  }

  private arm(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timedOut = true
      this.control.abort()
    }, ms)
    timer.unref()
    return timer
  }
}

/** The `fetch` of an SDK client: tells the request's watch when its answer begins. */
export async function watchedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { watch, ...rest } = (init ?? {}) as WatchedInit
  const response = await fetch(input, rest)
  watch?.headCame()
  return response
}
