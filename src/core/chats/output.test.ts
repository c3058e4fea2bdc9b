// Goal: deltas become the items and events of the streaming contract (openwebui-realtime.md, 4.3).
import { describe, expect, test } from 'bun:test'
import { itemsOf, OutputBuilder, outputText } from './output.ts'

function builder(): OutputBuilder {
  let n = 0
  return new OutputBuilder({ seconds: () => 10 + n, hex: () => String(++n).padStart(24, '0') })
}

describe('OutputBuilder', () => {
  test('text is one item, named by each of its deltas', () => {
    const output = builder()
    const events = [...output.text('Hel'), ...output.text('lo'), ...output.end('completed')]
    expect(events).toEqual(
      ['Hel', 'lo'].map((delta) => ({
        type: 'response.output_text.delta',
        item_id: 'msg_000000000000000000000001',
        output_index: 0,
        content_index: 0,
        delta,
      })),
    )
    expect(output.items).toEqual([
      {
        type: 'message',
        id: 'msg_000000000000000000000001',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello' }],
      },
    ])
  })

  test('reasoning opens an item, and ends when text begins', () => {
    const output = builder()
    const types = [...output.reasoning('hm'), ...output.text('so')].map(({ type }) => type)
    expect(types).toEqual([
      'response.output_item.added',
      'response.reasoning_text.delta',
      'response.output_item.done',
      'response.output_text.delta',
    ])
    expect(output.items[0]).toMatchObject({
      type: 'reasoning',
      status: 'completed',
      duration: expect.any(Number),
    })
  })

  test('a round of tools, and text with the next index', () => {
    const output = builder()
    output.toolCall(0, { id: 'c1', name: 'clock' })
    output.toolCall(0, { arguments: '{"a"' })
    output.toolCall(0, { arguments: ':1}' })
    const { calls, events } = output.endCalls()
    expect(calls).toEqual([{ callId: 'c1', name: 'clock', arguments: '{"a":1}' }])
    expect(events.map(({ type }) => type)).toEqual([
      'response.function_call_arguments.done',
      'response.output_item.done',
    ])
    expect(output.toolResult('c1', { text: 'noon', failed: false })[0]).toMatchObject({
      type: 'response.output_item.done',
      output_index: 1,
    })
    output.nextRound()
    expect(output.text('It is noon.')[0]).toMatchObject({ output_index: 2 })
    expect(outputText(output.items)).toBe('It is noon.')
  })

  test('events carry copies: what comes later does not change them', () => {
    const output = builder()
    const [added] = output.reasoning('a')
    output.reasoning('b')
    expect(JSON.stringify(added)).not.toContain('ab')
  })

  test('what is cut off is marked incomplete', () => {
    const output = builder()
    output.text('half')
    output.end('incomplete')
    expect(output.items[0]).toMatchObject({ status: 'incomplete' })
  })
})

describe('an answer that is gone on with', () => {
  const source = { seconds: () => 1, hex: () => 'ab' }

  test('keeps what it had, and takes more as a part of its last item', () => {
    const prior = itemsOf({ content: 'So far' }, source.hex)
    const builder = new OutputBuilder(source, prior)
    expect(builder.text(' and on')[0]).toMatchObject({ item_id: 'msg_ab', output_index: 0, content_index: 1 })
    builder.end('completed')
    expect(outputText(builder.items)).toBe('So far and on')
    expect(builder.roundText).toBe(' and on')
  })

  test('after a tool begins a new item', () => {
    const call = { type: 'function_call_output', id: 'fco', call_id: 'c', output: [] }
    const builder = new OutputBuilder(source, itemsOf({ content: 'x', output: [call] }, source.hex))
    expect(builder.text('on')[0]).toMatchObject({ output_index: 1, content_index: 0 })
  })

  test('of nothing is nothing', () => expect(itemsOf({ content: '' }, source.hex)).toEqual([]))
})
