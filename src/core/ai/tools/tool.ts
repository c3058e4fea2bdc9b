/** What a model may do during a run. A tool acts with the rights of the person who asked. */
import type { ChatTool } from '../../ports.ts'
import type { Actor, Room } from '../../types.ts'

export interface ToolContext {
  /** The person who asked. */
  actor: Actor
  room: Room
  signal: AbortSignal
}

export interface ToolResult {
  /** For the model. */
  text: string
  /** One line for people. */
  summary: string
}

export interface Tool {
  definition: ChatTool
  /** One line for people, while it runs. */
  announce(input: Record<string, unknown>): string
  /** Throws with a message that the model may read. */
  run(input: Record<string, unknown>, context: ToolContext): Promise<ToolResult>
}

/** A required text argument, trimmed and bounded. */
export function textArgument(input: Record<string, unknown>, name: string, maxChars: number): string {
  const value = input[name]
  if (typeof value !== 'string' || value.trim() === '') throw new Error(`The argument "${name}" is missing.`)
  return value.trim().slice(0, maxChars)
}
