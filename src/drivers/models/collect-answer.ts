// A stream of deltas gathered into one answer, for callers that have no use for the pieces.
import type { ChatAnswer, ChatDelta, ChatToolCall } from '../../core/ports.ts'

export async function collectAnswer(deltas: AsyncIterable<ChatDelta>): Promise<ChatAnswer> {
  const answer: ChatAnswer = { text: '', reasoning: '', toolCalls: [], finishReason: 'stop', usage: null }
  const calls = new Map<number, ChatToolCall>()
  for await (const delta of deltas) {
    if (delta.type === 'text') answer.text += delta.text
    else if (delta.type === 'reasoning') answer.reasoning += delta.text
    else if (delta.type === 'finish') answer.finishReason = delta.reason
    else if (delta.type === 'tool_call_delta') addToCall(calls, delta)
    else {
      const { type: _, ...usage } = delta
      answer.usage = usage
    }
  }
  answer.toolCalls = [...calls.values()]
  return answer
}

function addToCall(
  calls: Map<number, ChatToolCall>,
  delta: Extract<ChatDelta, { type: 'tool_call_delta' }>,
): void {
  const call = calls.get(delta.index) ?? { id: '', name: '', arguments: '' }
  calls.set(delta.index, call)
  if (delta.id) call.id = delta.id
  if (delta.name) call.name = delta.name
  call.arguments += delta.arguments ?? ''
}
