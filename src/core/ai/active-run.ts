/**
 * A reply while it is being written: its text, what of it was told, and how to stop it. Owned by the
 * server, not by a socket; tokens become at most one event each 40 ms.
 */
import type { EventSink } from '../ports.ts'
import type { Clock } from '../ports.ts'
import type { Message, RunState, ToolUse, Usage, Uuid } from '../types.ts'

/** Tokens that come within this time go out as one event (DESIGN, cost model). */
export const flushMs = 40

export type StopReason = Extract<RunState, 'stopped' | 'interrupted'>

export class ActiveRun {
  readonly startedAt: number
  readonly abort = new AbortController()
  readonly tools: ToolUse[] = []
  usage: Usage = { promptTokens: 0, completionTokens: 0, totalTokens: 0, costUsd: null }
  text = ''
  /** Tokens of the prompt by our own count, for providers that report none. */
  promptEstimate = 0
  /** Set when someone ended it; else the run ends by itself. */
  stopReason: StopReason | null = null
  /** UTF-16 units of `text` that were told. */
  private told = 0
  private cancelFlush: (() => void) | null = null
  readonly message: Message
  readonly model: string
  private readonly clock: Clock
  private readonly events: EventSink

  constructor(message: Message, model: string, clock: Clock, events: EventSink) {
    this.message = message
    this.model = model
    this.clock = clock
    this.events = events
    this.startedAt = clock.now()
  }

  get messageId(): Uuid {
    return this.message.id
  }

  get roomId(): Uuid {
    return this.message.roomId
  }

  /** What everyone who listens has: the next delta goes on from its end. */
  get toldText(): string {
    return this.text.slice(0, this.told)
  }

  append(text: string): void {
    if (text === '') return
    const first = this.text === ''
    this.text += text
    if (first) this.flush()
    else this.cancelFlush ??= this.clock.after(flushMs, () => this.flush())
  }

  flush(): void {
    this.cancelFlush?.()
    this.cancelFlush = null
    if (this.told === this.text.length) return
    const offset = this.told
    this.told = this.text.length
    this.events.emit({
      type: 'run.delta',
      roomId: this.roomId,
      messageId: this.messageId,
      offset,
      chunk: this.text.slice(offset),
    })
  }

  stop(reason: StopReason): void {
    if (this.stopReason !== null) return
    this.stopReason = reason
    this.abort.abort()
  }

  tool(tool: string, state: 'running' | 'done' | 'failed', summary: string, use: ToolUse | null): void {
    this.flush()
    this.events.emit({
      type: 'run.tool',
      roomId: this.roomId,
      messageId: this.messageId,
      tool,
      state,
      summary,
      use,
    })
  }
}
