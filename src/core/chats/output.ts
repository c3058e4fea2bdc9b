/**
 * Builds the `output[]` of an assistant turn from a model's deltas: the items (message, reasoning, tool
 * calls and their results) that Open WebUI stores and its front end renders, and the stream events that
 * carry each change. Pure: time and ids are given in.
 */
import { isJson, listOf } from './context.ts'
import type { Json } from './rows.ts'

export type OutputEvent = Json & { type: string }

export interface OutputSource {
  /** Seconds with fractions. */
  seconds(): number
  /** 24 hex characters. */
  hex(): string
}

interface ToolCallState {
  item: Json
  index: number
}

/** One assistant turn, over all its tool rounds. Each method returns the events to send, in order. */
export class OutputBuilder {
  readonly items: Json[]
  readonly #source: OutputSource
  #text: { item: Json; part: Json; index: number; partIndex: number } | null = null
  /** An answer that is gone on with: its last item takes the new text as a part of its own. */
  #resumed: boolean
  #roundText = ''
  #reasoning: { item: Json; part: Json; index: number } | null = null
  #calls = new Map<number, ToolCallState>()

  constructor(source: OutputSource, items: Json[] = []) {
    this.#source = source
    this.items = items
    this.#resumed = items.at(-1)?.['type'] === 'message'
  }

  /** What the model has said since its last tools. */
  get roundText(): string {
    return this.#roundText
  }

  text(delta: string): OutputEvent[] {
    const events = this.#endReasoning()
    this.#text ??= this.#openText()
    this.#resumed = false
    this.#text.part['text'] = String(this.#text.part['text']) + delta
    this.#roundText += delta
    events.push({
      type: 'response.output_text.delta',
      item_id: this.#text.item['id'],
      output_index: this.#text.index,
      content_index: this.#text.partIndex,
      delta,
    })
    return events
  }

  #openText() {
    const part: Json = { type: 'output_text', text: '' }
    const last = this.items.at(-1)
    if (this.#resumed && last?.['type'] === 'message') {
      const parts = [...listOf(last['content']), part]
      last['content'] = parts
      last['status'] = 'in_progress'
      return { item: last, part, index: this.items.length - 1, partIndex: parts.length - 1 }
    }
    const item: Json = {
      type: 'message',
      id: `msg_${this.#source.hex()}`,
      status: 'in_progress',
      role: 'assistant',
      content: [part],
    }
    return { item, part, index: this.items.push(item) - 1, partIndex: 0 }
  }

  reasoning(delta: string): OutputEvent[] {
    const events: OutputEvent[] = []
    this.#resumed = false
    if (!this.#reasoning) {
      const part: Json = { type: 'output_text', text: '' }
      const item: Json = {
        type: 'reasoning',
        id: `r_${this.#source.hex()}`,
        status: 'in_progress',
        start_tag: '<think>',
        end_tag: '</think>',
        attributes: { type: 'reasoning_content' },
        content: [part],
        summary: null,
        started_at: this.#source.seconds(),
      }
      this.#reasoning = { item, part, index: this.items.push(item) - 1 }
      events.push(this.#added(item, this.#reasoning.index))
    }
    this.#reasoning.part['text'] = String(this.#reasoning.part['text']) + delta
    events.push({
      type: 'response.reasoning_text.delta',
      item_id: this.#reasoning.item['id'],
      output_index: this.#reasoning.index,
      content_index: 0,
      delta,
    })
    return events
  }

  /** A piece of a tool call; `slot` is the provider's own index of it. */
  toolCall(slot: number, piece: { id?: string; name?: string; arguments?: string }): OutputEvent[] {
    const events = this.#endReasoning()
    let call = this.#calls.get(slot)
    if (!call) {
      // Some providers count their calls anew in each round.
      const taken = this.items.some((item) => item['call_id'] === piece.id)
      const callId = piece.id && !taken ? piece.id : `call_${this.#source.hex()}`
      const item: Json = {
        type: 'function_call',
        id: callId,
        call_id: callId,
        name: piece.name ?? '',
        arguments: '',
        status: 'in_progress',
      }
      call = { item, index: this.items.push(item) - 1 }
      this.#calls.set(slot, call)
      events.push(this.#added(item, call.index))
    } else if (piece.name && call.item['name'] === '') call.item['name'] = piece.name
    if (piece.arguments) {
      call.item['arguments'] = String(call.item['arguments']) + piece.arguments
      events.push({
        type: 'response.function_call_arguments.delta',
        item_id: call.item['id'],
        output_index: call.index,
        delta: piece.arguments,
      })
    }
    return events
  }

  /** The round's calls are complete; they can now be run. */
  endCalls(): { events: OutputEvent[]; calls: { callId: string; name: string; arguments: string }[] } {
    const events: OutputEvent[] = []
    const calls = [...this.#calls.values()]
    for (const { item, index } of calls) {
      item['status'] = 'completed'
      events.push({
        type: 'response.function_call_arguments.done',
        item_id: item['id'],
        output_index: index,
        arguments: item['arguments'],
      })
      events.push(this.#done(item, index))
    }
    this.#calls.clear()
    return {
      events,
      calls: calls.map(({ item }) => ({
        callId: String(item['call_id']),
        name: String(item['name']),
        arguments: String(item['arguments']),
      })),
    }
  }

  /** Calls that have no result wait for a person, one after the other. */
  waitForApproval(): void {
    const [first, ...others] = openCalls(this.items)
    if (first) first['status'] = 'pending'
    for (const item of others) item['status'] = 'queued'
  }

  toolResult(callId: string, { text, failed }: { text: string; failed: boolean }): OutputEvent[] {
    const status = failed ? 'failed' : 'completed'
    const events: OutputEvent[] = []
    const at = this.items.findLastIndex((one) => one['type'] === 'function_call' && one['call_id'] === callId)
    const call = this.items[at]
    if (call && call['status'] !== status) {
      call['status'] = status
      events.push(this.#done(call, at))
    }
    const item: Json = {
      type: 'function_call_output',
      id: `fco_${this.#source.hex()}`,
      call_id: callId,
      output: [{ type: 'input_text', text }],
      status,
    }
    events.push(this.#done(item, this.items.push(item) - 1))
    return events
  }

  /** Closes what is open; `status` is `completed`, or `incomplete` for a turn that was cut off. */
  end(status: 'completed' | 'incomplete'): OutputEvent[] {
    const events = this.#endReasoning(status)
    if (this.#text) this.#text.item['status'] = status
    for (const { item } of this.#calls.values()) item['status'] = status
    this.#text = null
    this.#calls.clear()
    return events
  }

  /** A new round begins after tool results: text goes into a new item. */
  nextRound(): void {
    this.end('completed')
    this.#roundText = ''
  }

  #endReasoning(status: 'completed' | 'incomplete' = 'completed'): OutputEvent[] {
    if (!this.#reasoning) return []
    const { item, index } = this.#reasoning
    this.#reasoning = null
    const endedAt = this.#source.seconds()
    item['status'] = status
    item['ended_at'] = endedAt
    item['duration'] = Math.trunc(endedAt - Number(item['started_at']))
    return [this.#done(item, index)]
  }

  /** Events carry copies: the items go on changing. */
  #added(item: Json, index: number): OutputEvent {
    return { type: 'response.output_item.added', output_index: index, item: structuredClone(item) }
  }

  #done(item: Json, index: number): OutputEvent {
    return { type: 'response.output_item.done', output_index: index, item: structuredClone(item) }
  }
}

/** Tool calls without a result, in their order. */
export function openCalls(items: readonly Json[]): Json[] {
  const done = new Set(
    items.filter(({ type }) => type === 'function_call_output').map((item) => item['call_id']),
  )
  return items.filter(({ type, call_id: id }) => type === 'function_call' && !done.has(id))
}

/** What an answer consists of so far, to go on with it; one without items is one message. */
export function itemsOf(message: Json, hex: () => string): Json[] {
  const items = structuredClone(listOf(message['output']).filter(isJson))
  const text = typeof message['content'] === 'string' ? message['content'] : ''
  if (items.length > 0 || text === '') return items
  const content = [{ type: 'output_text', text }]
  return [{ type: 'message', id: `msg_${hex()}`, status: 'completed', role: 'assistant', content }]
}

/** The plain text of an output: what `content` of a stored turn says. */
export function outputText(output: unknown): string {
  return listOf(output)
    .filter((item) => isJson(item) && item['type'] === 'message')
    .flatMap((item) => listOf((item as Json)['content']))
    .map((part) => (isJson(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('')
}
