/** The reply of a model: streaming text, tools in use, stop, and what it cost. */
import { useEffect, useState } from 'preact/hooks'
import { compact, money } from '../../lib/time.ts'
import type { AiMeta, Message } from '../../lib/types.ts'
import { stopAi } from '../../actions/messages.ts'
import { streams } from '../../stores/live.ts'
import type { ToolStep } from '../../stores/stream.ts'
import { Icon } from '../icon.tsx'
import { MarkdownView } from '../markdown-view.tsx'
import { Images } from './images.tsx'

export function AiBody({ message }: { message: Message }) {
  const stream = streams.value.get(message.id)?.value
  if (stream) return <Writing text={stream.text} tools={stream.tools} message={message} />
  return <Written message={message} />
}

function Writing({ text, tools, message }: { text: string; tools: ToolStep[]; message: Message }) {
  return (
    <div class="ai-writing" aria-busy="true" data-testid="ai-writing">
      <Steps steps={tools} />
      {text ? <MarkdownView text={text} writing /> : tools.length === 0 ? <Dots /> : null}
      <button type="button" class="stop-button" onClick={() => stopAi(message.room_id, message.id)}>
        <Icon name="stop" size={14} /> Stop
      </button>
    </div>
  )
}

function Written({ message }: { message: Message }) {
  const { ai, content } = message
  const steps: ToolStep[] = (ai?.tools ?? []).map((use) => ({
    tool: use.name,
    state: use.ok ? 'done' : 'failed',
    summary: use.summary ?? argumentLine(use.arguments),
  }))
  const waits = content === '' && (ai === null || ai.finish_reason === null)
  return (
    <>
      <Steps steps={steps} />
      {content ? <MarkdownView text={content} /> : waits ? <Dots /> : null}
      <Images message={message} />
      {ai ? <Footer ai={ai} /> : null}
    </>
  )
}

function argumentLine(args: unknown): string {
  if (!args || typeof args !== 'object') return ''
  const first: unknown = Object.values(args)[0]
  return typeof first === 'string' ? first.slice(0, 120) : ''
}

const toolNames: Record<string, string> = {
  web_search: 'Searched the web',
  read_page: 'Read a page',
  search_room: 'Searched this room',
}
const toolNamesNow: Record<string, string> = {
  web_search: 'Searching the web',
  read_page: 'Reading a page',
  search_room: 'Searching this room',
}

function Steps({ steps }: { steps: ToolStep[] }) {
  if (steps.length === 0) return null
  return (
    <ul class="steps">
      {steps.map((step, index) => (
        <li key={index} class={`step step-${step.state}`}>
          <Icon
            name={step.state === 'failed' ? 'alert' : step.state === 'done' ? 'check' : 'tool'}
            size={15}
          />
          {/* The server says it in a line; a bare name is for tools that said nothing yet. */}
          <span>
            {step.summary || ((step.state === 'running' ? toolNamesNow : toolNames)[step.tool] ?? step.tool)}
          </span>
        </li>
      ))}
    </ul>
  )
}

const endings: Record<string, string> = {
  stopped: 'Stopped',
  interrupted: 'Interrupted: the server was restarted',
  error: 'Failed',
  length: 'Cut off at the length limit',
  content_filter: 'Cut off by the provider’s filter',
}

function Footer({ ai }: { ai: AiMeta }) {
  const ending = ai.finish_reason ? endings[ai.finish_reason] : undefined
  const parts = [ai.model]
  if (ai.usage) parts.push(`${compact(ai.usage.total_tokens)} tokens`)
  if (ai.usage?.cost_usd) parts.push(money(ai.usage.cost_usd))
  if (ai.latency_ms && ai.latency_ms >= 100) parts.push(`${(ai.latency_ms / 1000).toFixed(1)} s`)
  const detail = ai.usage
    ? `${ai.usage.prompt_tokens} tokens read, ${ai.usage.completion_tokens} written`
    : undefined
  return (
    <footer class="ai-footer" title={detail} data-testid="ai-usage">
      {ending ? <span class="ai-ending">{ending}</span> : null}
      {parts.map((part) => (
        <span key={part}>{part}</span>
      ))}
    </footer>
  )
}

const SLOW_MS = 15_000

function Dots() {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <p class="dots" role="status">
      <span aria-hidden="true" />
      <span aria-hidden="true" />
      <span aria-hidden="true" />
      <span class={slow ? '' : 'sr-only'}>{slow ? 'Still thinking' : 'Thinking'}</span>
    </p>
  )
}
