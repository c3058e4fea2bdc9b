/**
 * What a model's answer looks like as a post: a stop button while it runs, and a line on tools and
 * tokens when it has ended. Stored nowhere; made from the message's AI side each time.
 */
import type { Message, MessageAi } from '../../../core/types.ts'

export const STOP_ACTION = 'stopanswer'

/** The attachments of an answer; none for a plain finished one without usage. */
export function aiAttachments(message: Message): Record<string, unknown>[] {
  const { ai } = message
  if (!ai) return []
  if (ai.state === 'running') return [stopButton(ai.model)]
  const footer = summaryOf(ai)
  return footer ? [{ id: 0, fallback: footer, footer, color: colourOf(ai) }] : []
}

/** Text to show while nothing has come yet: an empty post would look deleted. */
export function aiContent(message: Message, soFar: string | null): string {
  const text = soFar ?? message.content
  if (text !== '') return text
  return message.ai?.state === 'running' ? '…' : text
}

function stopButton(model: string): Record<string, unknown> {
  return {
    id: 0,
    fallback: `${model} is answering`,
    text: '',
    footer: model,
    actions: [{ id: STOP_ACTION, type: 'button', name: 'Stop', style: 'danger' }],
  }
}

function summaryOf(ai: MessageAi): string {
  const parts = [ai.model, ...ai.tools.map((tool) => tool.summary)]
  if (ai.usage) parts.push(`${ai.usage.totalTokens.toLocaleString('en')} tokens`)
  if (ai.usage?.costUsd) parts.push(`$${ai.usage.costUsd.toFixed(4)}`)
  if (ai.latencyMs) parts.push(`${(ai.latencyMs / 1000).toFixed(1)} s`)
  if (ai.state !== 'done') parts.push(ai.state)
  return parts.join(' · ')
}

function colourOf(ai: MessageAi): string {
  return ai.state === 'failed' || ai.state === 'interrupted' ? '#d24b4e' : '#8f959e'
}
