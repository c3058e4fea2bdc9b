/**
 * One AI reply while it is being written: text by offset and the tools in use.
 * Pure; offsets count UTF-16 units, as JavaScript strings do.
 */
import type { ToolState } from '../socket/frames.ts'

export interface ToolStep {
  tool: string
  state: ToolState
  summary: string
}

export interface Stream {
  roomId: string
  messageId: string
  text: string
  tools: ToolStep[]
}

/** A reply of which nothing has arrived. */
export function newStream(roomId: string, messageId: string): Stream {
  return { roomId, messageId, text: '', tools: [] }
}

/**
 * Text after a chunk, or null when chunks are missing before it; the caller
 * then joins the room again, which sends all so far. A chunk that overlaps
 * what is known replaces from its offset on, so a repeat does no harm.
 */
export function applyChunk(text: string, offset: number, chunk: string): string | null {
  if (offset > text.length) return null
  if (offset + chunk.length <= text.length && offset > 0) return text
  return text.slice(0, offset) + chunk
}

/** Tools after an `ai_tool` frame: a start adds a step, an end closes the oldest open one. */
export function applyTool(steps: ToolStep[], tool: string, state: ToolState, summary: string): ToolStep[] {
  const open = steps.findIndex((s) => s.tool === tool && s.state === 'running')
  if (state === 'running' || open < 0) {
    return [...steps, { tool, state, summary }]
  }
  return steps.map((step, index) =>
    index === open ? { tool, state, summary: summary || step.summary } : step,
  )
}
