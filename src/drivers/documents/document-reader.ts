// Runs document.worker.ts: started when first needed, one document at a time, ended when a document takes too long or
// too much memory (the only ways to stop a parser that a hostile file keeps busy) and after a while without work.
import { workerUrl } from '../../assets.ts'
import type { Chunk, ChunkRules } from '../../core/retrieval/chunk-parts.ts'
import type { DocumentPart, DocumentReader, DocumentSource } from '../../core/ports.ts'
import type { DocumentAnswer, DocumentJob } from './document.worker.ts'
import { DocumentUnreadable } from './unreadable.ts'

export interface DocumentReaderOptions {
  /** Longest time for one document. */
  timeoutMs?: number
  /** By how much the process may grow over one document. */
  memoryBytes?: number
  /** The thread ends after this time without work. */
  idleMs?: number
  /** Documents that may wait; more are refused. */
  waitingMax?: number
}

const MEMORY_LOOK_MS = 100

export class WorkerDocumentReader implements DocumentReader {
  private worker: Worker | null = null
  private idle: NodeJS.Timeout | null = null
  private giveUp: ((message: string) => void) | null = null
  private waiting = 0
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: DocumentReaderOptions = {}) {}

  /** Whether a thread is running now. */
  get active(): boolean {
    return this.worker !== null
  }

  /** Throws DocumentUnreadable, whose message is fit for people. */
  async read(source: DocumentSource): Promise<DocumentPart[]> {
    const answer = await this.queue({ kind: 'read', source })
    return 'parts' in answer ? answer.parts : []
  }

  async chunk(parts: readonly DocumentPart[], rules: ChunkRules): Promise<Chunk[]> {
    const answer = await this.queue({ kind: 'chunk', parts, rules })
    return 'chunks' in answer ? answer.chunks : []
  }

  /** Ends the thread; what it was reading is given up. */
  close(): void {
    this.giveUp?.('Reading was stopped.')
    if (this.idle) clearTimeout(this.idle)
    this.worker?.terminate()
    this.worker = null
  }

  private async queue(job: DocumentJob): Promise<DocumentAnswer> {
    if (this.waiting >= (this.options.waitingMax ?? 1_000))
      throw new DocumentUnreadable('Too many documents are being read. Try again later.')
    this.waiting++
    const turn = this.last.then(() => this.run(job))
    this.last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      this.waiting--
    }
  }

  private async run(job: DocumentJob): Promise<DocumentAnswer> {
    if (this.idle) clearTimeout(this.idle)
    const answer = await this.ask(job).catch((error: unknown) => {
      this.close()
      throw error
    })
    this.idle = setTimeout(() => this.close(), this.options.idleMs ?? 30_000)
    this.idle.unref()
    if ('failure' in answer) throw new DocumentUnreadable(answer.failure ?? 'The document is damaged.')
    return answer
  }

  private ask(job: DocumentJob): Promise<DocumentAnswer> {
    this.worker ??= new Worker(workerUrl('drivers/documents/document.worker.ts'), { smol: true, ref: false })
    const worker = this.worker
    const memoryMax = process.memoryUsage.rss() + (this.options.memoryBytes ?? 700_000_000)
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        clearTimeout(timer)
        clearInterval(look)
        worker.onmessage = worker.onerror = this.giveUp = null
        settle()
      }
      const fail = (message: string, cause?: unknown) =>
        done(() => reject(new DocumentUnreadable(message, { cause })))
      this.giveUp = fail
      const timer = setTimeout(
        () => fail('The document takes too long to read.'),
        this.options.timeoutMs ?? 60_000,
      )
      const look = setInterval(() => {
        if (process.memoryUsage.rss() > memoryMax) fail('The document takes too much memory to read.')
      }, MEMORY_LOOK_MS)
      timer.unref()
      look.unref()
      worker.onmessage = (event: MessageEvent<DocumentAnswer>) => done(() => resolve(event.data))
      worker.onerror = (event) => {
        event.preventDefault()
        fail('The document could not be read.', new Error(event.message))
      }
      worker.postMessage(job)
    })
  }
}
