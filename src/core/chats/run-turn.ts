/**
 * Writes one answer: asks the model, turns its deltas into events and output items, runs the tools it
 * calls, and gives back what is to be stored. Knows nothing of tables; chat-runs.ts owns the run.
 */
import {
  UpstreamFailure,
  type ChatDelta,
  type ChatRequest,
  type ChatTurn,
  type ModelProviders,
} from '../ports.ts'
import type { OpenwebuiContext } from './context.ts'
import { Coalescer } from './coalescer.ts'
import { type OutputBuilder, type OutputEvent } from './output.ts'
import { callTool, type RunTool } from './run-tools.ts'
import type { Source } from '../retrieval/sources.ts'
import type { Json } from './rows.ts'

export interface TurnRequest {
  /** Where it is not this server that asks; absent = the providers. */
  stream?: ModelProviders['stream']
  /** As the providers list it. */
  upstreamModel: string
  /** As the person chose it; named in the chunks. */
  shownModel: string
  turns: ChatTurn[]
  tools: RunTool[]
  temperature: number | null
  maxTokens: number | null
  extra: Json
  maxRounds: number
  /** Calls wait until a person has allowed them: the turn ends before the first. */
  asksFirst: boolean
  /** Of earlier rounds of the same answer. */
  usage?: Json | null
  signal: AbortSignal
  /** Nothing may be emitted before it. The model is asked at once. */
  begun: Promise<void>
  /** Tells of a source that a tool found; the number that it has in citations. */
  cite(source: Source): number
  /** `response:completion` and `chat:completion` data. */
  emit(type: 'response:completion' | 'chat:completion', data: Json): void
}

export interface TurnResult {
  usage: Json | null
  /** A text for people when it went wrong; null = done. */
  error: string | null
  stopped: boolean
  /** Ended before tool calls that a person has to allow. */
  paused: boolean
}

/** Fills `builder` and never throws for what a provider does; its items are the answer so far. */
export async function runTurn(
  context: OpenwebuiContext,
  request: TurnRequest,
  builder: OutputBuilder,
): Promise<TurnResult> {
  const result: TurnResult = { usage: request.usage ?? null, error: null, stopped: false, paused: false }
  const coalescer = new Coalescer(context.deps.clock, (event) => request.emit('response:completion', event))
  const turns = [...request.turns]
  try {
    for (let round = 0; ; round++) {
      const { calls, text } = await runRound(context, request, turns, builder, coalescer, result)
      if (calls.length === 0 || round >= request.maxRounds) break
      if (request.asksFirst) {
        builder.waitForApproval()
        result.paused = true
        break
      }
      turns.push({
        role: 'assistant',
        content: text,
        toolCalls: calls.map((call) => ({ id: call.callId, name: call.name, arguments: call.arguments })),
      })
      for (const call of calls) {
        const answer = await callTool(request.tools, call, request.signal)
        send(coalescer, builder.toolResult(call.callId, answer))
        const content = answer.text + (answer.source ? citingMark(request.cite(answer.source)) : '')
        turns.push({ role: 'tool', callId: call.callId, content })
      }
      builder.nextRound()
    }
    send(coalescer, builder.end('completed'))
  } catch (error) {
    send(coalescer, builder.end('incomplete'))
    if (request.signal.aborted) result.stopped = true
    else {
      result.error = error instanceof UpstreamFailure ? error.message : 'Something went wrong on our side.'
      if (!(error instanceof UpstreamFailure)) context.deps.log.error('a chat answer failed', { error })
    }
  }
  coalescer.flush()
  return result
}

export const citingMark = (id: number): string => `\n\n(This is source ${id}: cite it as [${id}].)`

async function runRound(
  context: OpenwebuiContext,
  request: TurnRequest,
  turns: ChatTurn[],
  builder: OutputBuilder,
  coalescer: Coalescer,
  result: TurnResult,
) {
  const { seconds } = context.now()
  const chunk = {
    id: `chatcmpl-${context.deps.ids.secret(12)}`,
    object: 'chat.completion.chunk',
    created: seconds,
    model: request.shownModel,
  }
  let begun = false
  let finish = 'stop'
  const chat: ChatRequest = {
    model: request.upstreamModel,
    messages: turns,
    ...(request.tools.length > 0 ? { tools: request.tools.map((tool) => tool.spec) } : {}),
    temperature: request.temperature,
    maxTokens: request.maxTokens,
    extra: request.extra,
    signal: request.signal,
  }
  const deltas = request.stream ? request.stream(chat) : context.deps.models.stream(chat)
  const iterator = deltas[Symbol.asyncIterator]()
  try {
    const first = iterator.next()
    // What comes first, be it a failure, waits for what must be told before it.
    await Promise.allSettled([request.begun, first])
    for (let step = await first; !step.done; step = await iterator.next()) {
      const delta = step.value
      if (!begun) {
        begun = true
        request.emit('response:completion', {
          ...chunk,
          choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
        })
      }
      if (delta.type === 'finish') finish = delta.reason
      else if (delta.type === 'usage') result.usage = usageOf(delta, result.usage)
      else send(coalescer, eventsOf(builder, delta))
    }
  } finally {
    await iterator.return?.()
  }
  if (request.signal.aborted) throw new UpstreamFailure('aborted', 'The answer was stopped.')
  coalescer.flush()
  request.emit('chat:completion', { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: finish }] })
  const { events, calls } = builder.endCalls()
  send(coalescer, events)
  return { calls, text: builder.roundText }
}

function eventsOf(
  builder: OutputBuilder,
  delta: Extract<ChatDelta, { type: 'text' | 'reasoning' | 'tool_call_delta' }>,
): OutputEvent[] {
  if (delta.type === 'text') return builder.text(delta.text)
  if (delta.type === 'reasoning') return builder.reasoning(delta.text)
  return builder.toolCall(delta.index, delta)
}

function send(coalescer: Coalescer, events: readonly OutputEvent[]): void {
  for (const event of events) coalescer.add(event)
}

/** Sums over rounds. */
function usageOf(delta: Extract<ChatDelta, { type: 'usage' }>, before: Json | null): Json {
  const sum = (key: string, value: number): number => Number(before?.[key] ?? 0) + value
  const prompt = sum('prompt_tokens', delta.promptTokens)
  const completion = sum('completion_tokens', delta.completionTokens)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: sum('total_tokens', delta.totalTokens),
    input_tokens: prompt,
    output_tokens: completion,
    ...(delta.costUsd === null ? {} : { cost: sum('cost', delta.costUsd) }),
  }
}
