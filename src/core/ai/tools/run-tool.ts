/** Runs one tool call of a model, within a time limit, and tells the room. */
import type { ChatToolCall, Clock } from '../../ports.ts'
import type { ActiveRun } from '../active-run.ts'
import { describeFailure } from '../failure-text.ts'
import { UpstreamFailure } from '../../ports.ts'
import { AppFault } from '../../faults.ts'
import type { Tool, ToolContext } from './tool.ts'

const toolTimeoutMs = 25_000

/** The text for the model; a failed call is told to it as text too. Rethrows only when the run itself was stopped. */
export async function runTool(
  call: ChatToolCall,
  tools: ReadonlyMap<string, Tool>,
  run: ActiveRun,
  context: ToolContext,
  clock: Clock,
): Promise<string> {
  const tool = tools.get(call.name)
  const input = parseArguments(call.arguments)
  const startedAt = clock.now()
  const label = tool && input ? tool.announce(input) : `Calling ${call.name.slice(0, 60)}`
  run.tool(call.name, 'running', label, null)
  const timeout = new AbortController()
  const cancel = clock.after(toolTimeoutMs, () => timeout.abort(new Error('The tool took too long.')))
  let ok = false
  let text: string
  let summary: string
  try {
    if (!tool) throw new Error(`There is no tool "${call.name.slice(0, 60)}".`)
    if (!input) throw new Error('The arguments are not a JSON object.')
    const signal = AbortSignal.any([context.signal, timeout.signal])
    const result = await tool.run(input, { ...context, signal })
    ok = true
    text = result.text
    summary = result.summary
  } catch (error) {
    if (context.signal.aborted) throw error
    text = `The tool failed: ${toolErrorText(error)}`
    summary = `${label}: ${toolErrorText(error)}`
  } finally {
    cancel()
  }
  const use = { name: call.name, arguments: input ?? {}, ok, ms: clock.now() - startedAt, summary }
  run.tools.push(use)
  run.tool(call.name, ok ? 'done' : 'failed', summary, use)
  return text
}

function parseArguments(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text || '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function toolErrorText(error: unknown): string {
  if (error instanceof UpstreamFailure) return error.message // of a search service, not of the model provider
  if (error instanceof AppFault) return describeFailure(error).text
  return error instanceof Error ? error.message.slice(0, 300) : 'unknown error'
}
