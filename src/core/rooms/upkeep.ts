/** What rooms need done at start and stop; no face asks for it. */
import type { RoomsContext } from './context.ts'
import { markReconciled, type Reconciled, reconcileRooms } from './reconcile.ts'

export interface RoomsUpkeep {
  /** Begins, in the background, to take over what Open WebUI's server changed and to catch up with the search index. */
  start(): void
  /** Ends that, and writes what waits. */
  stop(): Promise<void>
  /** What `start` begins; resolves when it is done. */
  reconcile(): Promise<Reconciled>
}

export function createUpkeep(ctx: RoomsContext): RoomsUpkeep {
  let running: Promise<unknown> = Promise.resolve()
  let complete = false

  async function reconcile(): Promise<Reconciled> {
    const changed = await reconcileRooms(ctx)
    await ctx.index.flush()
    if (!ctx.stopping) {
      await markReconciled(ctx)
      complete = true
    }
    return changed
  }

  return {
    reconcile,
    start() {
      running = reconcile().catch((error: unknown) => {
        ctx.deps.log.error('what Open WebUI changed could not be taken over', { error })
      })
    },
    async stop() {
      ctx.stopping = true
      await running
      await ctx.index.flush()
      // Only what was compared to its end may be left out the next time.
      if (complete) await markReconciled(ctx)
    },
  }
}
