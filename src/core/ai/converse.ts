/** One reply's talk with the model: stream, run the tools it calls, stream on, within limits. */
import type { CoreDeps } from '../deps.ts'
import { type ChatToolCall, type ChatTurn, UpstreamFailure } from '../ports.ts'
import type { ActiveRun } from './active-run.ts'
import { runTool } from './tools/run-tool.ts'
import type { Tool, ToolContext } from './tools/tool.ts'

/** Tool calls of one round that are run; a model that asks for more is told so. */
const maxCallsPerRound = 8

export interface Conversation {
  run: ActiveRun
  turns: ChatTurn[]
  tools: ReadonlyMap<string, Tool>
  context: ToolContext
  temperature: number | null
}

/** The provider's finish reason. Throws UpstreamFailure, and whatever a stop leads to. */
export async function converse(deps: CoreDeps, conversation: Conversation): Promise<string> {
  const { tools, turns, run } = conversation
  const maxRounds = tools.size === 0 ? 0 : deps.settings.aiMaxToolRounds
  for (let round = 0; ; round += 1) {
    // In the last round no tools are offered, so that an answer must come.
    const offered = round < maxRounds ? tools : new Map<string, Tool>()
    const { text, calls, finishReason } = await streamRound(deps, conversation, offered)
    if (calls.length === 0 || offered.size === 0) return finishReason
    turns.push({ role: 'assistant', content: text, toolCalls: calls })
    for (const [index, call] of calls.entries()) {
      const answer =
        index < maxCallsPerRound
          ? await runTool(call, tools, run, conversation.context, deps.clock)
          : 'Not run: too many tool calls at once.'
      turns.push({ role: 'tool', callId: call.id, content: answer })
    }
  }
}

interface Round {
  text: string
  calls: ChatToolCall[]
  finishReason: string
}

async function streamRound(
  deps: CoreDeps,
  { run, turns, temperature }: Conversation,
  offered: ReadonlyMap<string, Tool>,
): Promise<Round> {
  const calls: ChatToolCall[] = []
  let text = ''
  let finishReason = 'stop'
  const definitions = [...offered.values()].map((tool) => tool.definition)
  const stream = deps.models.stream({
    model: run.model,
    messages: turns,
    temperature,
    signal: run.abort.signal,
    ...(definitions.length > 0 ? { tools: definitions } : {}),
  })
  for await (const delta of stream) {
    if (run.abort.signal.aborted) throw new UpstreamFailure('aborted', 'stopped')
    switch (delta.type) {
      case 'text':
        // Text of a later round starts on a line of its own.
        if (text === '' && run.text !== '') run.append('\n\n')
        text += delta.text
        run.append(delta.text)
        break
      case 'tool_call_delta':
        addCallDelta(calls, delta)
        break
      case 'finish':
        finishReason = delta.reason
        break
      case 'usage':
        run.usage.promptTokens += delta.promptTokens
        run.usage.completionTokens += delta.completionTokens
        run.usage.totalTokens += delta.totalTokens
        if (delta.costUsd !== null) run.usage.costUsd = (run.usage.costUsd ?? 0) + delta.costUsd
        break
      case 'reasoning':
        break
    }
  }
  if (run.abort.signal.aborted) throw new UpstreamFailure('aborted', 'stopped')
  return { text, calls: calls.filter((call) => call.name !== ''), finishReason }
}

function addCallDelta(
  calls: ChatToolCall[],
  delta: { index: number; id?: string; name?: string; arguments?: string },
): void {
  if (delta.index < 0 || delta.index > 64) return
  while (calls.length <= delta.index) calls.push({ id: `call_${calls.length}`, name: '', arguments: '' })
  const call = calls[delta.index]
  if (!call) return
  if (delta.id) call.id = delta.id
  if (delta.name) call.name += delta.name
  if (delta.arguments && call.arguments.length < 100_000) call.arguments += delta.arguments
}
