/** Storage ports of core/ai: what src/db must offer. Absent rows are `null`, never an exception. */
import type { Millis, RunState, Usage, Uuid } from '../types.ts'

/** One reply of a model. The text itself is the message's; `partial` is what had arrived when last saved. */
export interface RunRow {
  messageId: Uuid
  roomId: Uuid
  model: string
  provider: string
  askedBy: Uuid
  state: RunState
  errorCode: string | null
  partial: string
  startedAt: Millis
  finishedAt: Millis | null
  promptTokens: number
  completionTokens: number
  costUsd: number | null
}

export interface RunRepository {
  insert(run: RunRow): Promise<void>
  /** Keeps the text so far, for a crash; called about once a second, never per token. */
  checkpoint(messageId: Uuid, partial: string): Promise<void>
  /** The reply is over: its message holds its end. */
  remove(messageId: Uuid): Promise<void>
  /** Runs that no process ended: at start these were cut by a crash. */
  running(): Promise<RunRow[]>
}

export interface UsageRow extends Usage {
  /** UTC, `YYYY-MM-DD`. */
  day: string
  roomId: Uuid
  userId: Uuid
  model: string
  requests: number
}

export interface UsageRepository {
  /** Adds to the row of this day, room, person and model. */
  add(row: UsageRow): Promise<void>
  /** Total tokens of a day for a room, or for a person across rooms, or for all. */
  total(day: string, scope: { roomId?: Uuid; userId?: Uuid }): Promise<number>
  /** Newest day first, at most `limit` rows. */
  list(query: {
    fromDay?: string
    toDay?: string
    roomId?: Uuid
    userId?: Uuid
    limit: number
  }): Promise<UsageRow[]>
}

export interface AiRepositories {
  runs: RunRepository
  usage: UsageRepository
}
