// Runs extract.worker.ts: started when first needed, one page at a time, ended when a page takes too long (the only
// way to stop a parser that a hostile page keeps busy) and when nothing was asked for a while (it holds 20 MB and more).
import { workerUrl } from '../../assets.ts'
import type { ExtractAnswer } from './extract.worker.ts'
import type { ExtractedText } from './extract-text.ts'

export interface TextExtractorOptions {
  /** Longest time for one page. */
  timeoutMs?: number
  /** The thread ends after this time without work. */
  idleMs?: number
  /** Pages that may wait; more are refused. */
  waitingMax?: number
}

export class ExtractionFailed extends Error {
  override readonly name = 'ExtractionFailed'
}

export class TextExtractor {
  private worker: Worker | null = null
  private idle: NodeJS.Timeout | null = null
  private waiting = 0
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: TextExtractorOptions = {}) {}

  /** Whether a thread is running now. */
  get active(): boolean {
    return this.worker !== null
  }

  async extract(html: string, signal: AbortSignal): Promise<ExtractedText> {
    if (this.waiting >= (this.options.waitingMax ?? 16))
      throw new ExtractionFailed('Too many pages are being read.')
    this.waiting++
    const turn = this.last.then(() => this.run(html, signal))
    this.last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      this.waiting--
    }
  }

  close(): void {
    if (this.idle) clearTimeout(this.idle)
    this.worker?.terminate()
    this.worker = null
  }

  private async run(html: string, signal: AbortSignal): Promise<ExtractedText> {
    signal.throwIfAborted()
    if (this.idle) clearTimeout(this.idle)
    const answer = await this.ask(html, signal).catch((error: unknown) => {
      this.close()
      throw error
    })
    this.idle = setTimeout(() => this.close(), this.options.idleMs ?? 30_000)
    this.idle.unref()
    if (answer.result === null) throw new ExtractionFailed('The page could not be read.')
    return answer.result
  }

  private ask(html: string, signal: AbortSignal): Promise<ExtractAnswer> {
    this.worker ??= startWorker()
    const worker = this.worker
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        worker.onmessage = worker.onerror = null
        settle()
      }
      const fail = (error: unknown) => done(() => reject(error))
      const onAbort = () => fail(signal.reason)
      const timer = setTimeout(
        () => fail(new ExtractionFailed('The page takes too long to read.')),
        this.options.timeoutMs ?? 5_000,
      )
      timer.unref()
      signal.addEventListener('abort', onAbort, { once: true })
      worker.onmessage = (event: MessageEvent<ExtractAnswer>) => done(() => resolve(event.data))
      worker.onerror = (event) => {
        event.preventDefault()
        fail(new ExtractionFailed('The page could not be read.', { cause: new Error(event.message) }))
      }
      worker.postMessage(html)
    })
  }
}

function startWorker(): Worker {
  return new Worker(workerUrl('drivers/web/extract.worker.ts'), { smol: true, ref: false })
}
