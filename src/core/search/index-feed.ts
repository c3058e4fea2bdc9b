/**
 * Fills the search index behind the writes: new messages in batches a moment after they are posted, before
 * each search, and at start what a crash left out. Changes and deletions are written with the change itself.
 */
import type { CoreDeps } from '../deps.ts'
import type { Repositories } from '../repositories.ts'
import type { Message, Uuid } from '../types.ts'
import { fold, shortGrams } from './fold.ts'
import type { IndexEntry } from './search-repository.ts'

const delayMs = 250
const batch = 500

export class IndexFeed {
  private readonly deps: CoreDeps
  private scheduled = false
  private running: Promise<void> | null = null
  /** Begins when `running` has ended. */
  private next: Promise<void> | null = null
  /** Nothing was added since the last look. */
  private clean = false

  constructor(deps: CoreDeps) {
    this.deps = deps
  }

  /** A message was posted. */
  added(): void {
    this.clean = false
    if (this.scheduled) return
    this.scheduled = true
    this.deps.clock.after(delayMs, () => {
      this.scheduled = false
      this.flush().catch((error: unknown) => this.deps.log.error('the search index was not fed', { error }))
    })
  }

  /** Resolves when the index holds all that was committed before the call. */
  async flush(): Promise<void> {
    if (!this.running) return this.clean ? undefined : this.run()
    if (this.clean) return this.running
    // The run that goes on may have passed by what was added since. All who wait share the next one: one by one
    // they would wait for each other.
    this.next ??= this.running
      .catch(() => {})
      .then(() => {
        this.next = null
        return this.flush()
      })
    return this.next
  }

  private async run(): Promise<void> {
    this.clean = true
    this.running = this.catchUp().finally(() => {
      this.running = null
    })
    try {
      await this.running
    } catch (error) {
      this.clean = false
      throw error
    }
  }

  private async catchUp(): Promise<void> {
    let from: number | null = null
    do {
      const start: number | null = from
      from = await this.deps.store.tx((repos) => indexNext(repos, start))
    } while (from !== null)
  }
}

/** Indexes a batch; where to go on, null when all is done. */
async function indexNext(repos: Repositories, from: number | null): Promise<number | null> {
  const overlap = await repos.search.lockIndex()
  const marked = await repos.search.indexedSeq()
  const entries = await repos.search.pending(from ?? Math.max(0, marked - overlap), batch)
  const last = entries.at(-1)
  if (!last) return null
  await repos.search.apply(
    entries.map(({ seq, roomId, text }) => indexEntry(seq, roomId, text)),
    Math.max(marked, last.seq),
  )
  return entries.length < batch ? null : last.seq
}

/** What the index keeps of a text; null takes a message out of it. */
export function indexEntry(seq: number, roomId: Uuid, text: string | null): IndexEntry {
  if (text === null) return { seq, roomId, text, grams: [] }
  const folded = fold(text)
  return { seq, roomId, text: folded, grams: shortGrams(folded) }
}

/** In the unit of work that changed a message's text. */
export async function reindex(repos: Repositories, message: Message): Promise<void> {
  await repos.search.apply([indexEntry(message.seq, message.roomId, message.content)], null)
}

/** In the unit of work that deleted them. */
export async function unindex(repos: Repositories, roomId: Uuid, seqs: readonly number[]): Promise<void> {
  await repos.search.apply(
    seqs.map((seq) => indexEntry(seq, roomId, null)),
    null,
  )
}
