/** The runs of this node: by message, with their rows in the database, and what a crash left behind. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { AppFault } from '../faults.ts'
import type { MessageAi, Uuid } from '../types.ts'
import type { ActiveRun } from './active-run.ts'

export class Runs {
  private readonly active = new Map<Uuid, ActiveRun>()
  private readonly deps: CoreDeps

  constructor(deps: CoreDeps) {
    this.deps = deps
  }

  get(messageId: Uuid): ActiveRun | undefined {
    return this.active.get(messageId)
  }

  inRoom(roomId: Uuid): ActiveRun[] {
    return [...this.active.values()].filter((run) => run.roomId === roomId)
  }

  all(): ActiveRun[] {
    return [...this.active.values()]
  }

  /**
   * Notes that a reply begins, before its message is there: after a crash the row tells which message to
   * end. Called beside the message's own insert, so that the two share a commit.
   */
  async begin(row: { messageId: Uuid; roomId: Uuid; model: string; askedBy: Uuid }): Promise<void> {
    await this.deps.store.tx(({ runs }) =>
      runs.insert({
        ...row,
        provider: '',
        state: 'running',
        errorCode: null,
        partial: '',
        startedAt: this.deps.clock.now(),
        finishedAt: null,
        promptTokens: 0,
        completionTokens: 0,
        costUsd: null,
      }),
    )
  }

  add(run: ActiveRun): void {
    this.active.set(run.messageId, run)
  }

  remove(run: ActiveRun): void {
    this.active.delete(run.messageId)
  }

  /** Never throws: a reply must not fail because its safety copy did. */
  async checkpoint(run: ActiveRun): Promise<void> {
    try {
      await this.deps.store.tx(({ runs }) => runs.checkpoint(run.messageId, run.text))
    } catch (error) {
      this.deps.log.warn('a reply in progress could not be saved', { message: run.messageId, error })
    }
  }

  /** The reply's message holds its end: the row has done its duty. */
  async finish(messageId: Uuid): Promise<void> {
    await this.deps.store.tx(({ runs }) => runs.remove(messageId))
  }

  /** Ends what a crash cut off, with the text that had arrived. Call before new runs begin. */
  async recover(core: Core): Promise<number> {
    const rows = await this.deps.store.read.runs.running()
    for (const row of rows) {
      const ai: MessageAi = {
        model: row.model,
        state: 'interrupted',
        askedBy: row.askedBy,
        usage: null,
        tools: [],
        finishReason: 'interrupted',
        latencyMs: null,
        errorCode: 'interrupted',
      }
      try {
        await core.messages.finishReply(row.messageId, { content: row.partial, ai })
      } catch (error) {
        // Its message was never stored, or is gone: nothing to end.
        if (!(error instanceof AppFault && error.kind === 'not_found')) throw error
      }
      await this.finish(row.messageId)
    }
    return rows.length
  }
}
