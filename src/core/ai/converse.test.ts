import { expect, test } from 'bun:test'
import type { CoreDeps } from '../deps.ts'
import { type ChatDelta, type ChatRequest, UpstreamFailure } from '../ports.ts'
import type { Actor, Message, Room } from '../types.ts'
import { ActiveRun } from './active-run.ts'
import { converse } from './converse.ts'
import type { Tool } from './tools/tool.ts'

/** A model that answers each round with the next script. */
function setUp(rounds: ChatDelta[][], maxToolRounds = 3) {
  const requests: ChatRequest[] = []
  const deps = {
    clock: { now: () => 0, after: () => () => {} },
    settings: { aiMaxToolRounds: maxToolRounds },
    models: {
      stream: async function* (request: ChatRequest) {
        requests.push({ ...request, messages: [...request.messages] })
        yield* rounds[requests.length - 1] ?? []
      },
    },
  } as unknown as CoreDeps
  const run = new ActiveRun({ id: 'm', roomId: 'r' } as Message, 'model', deps.clock, { emit: () => {} })
  const talk = (tools: Tool[]) =>
    converse(deps, {
      run,
      turns: [{ role: 'user', content: 'q' }],
      tools: new Map(tools.map((tool) => [tool.definition.name, tool])),
      context: { actor: {} as Actor, room: {} as Room, signal: run.abort.signal },
      temperature: null,
    })
  return { run, requests, talk }
}

const call = (name: string, input: string): ChatDelta[] => [
  { type: 'tool_call_delta', index: 0, id: 'c1', name },
  { type: 'tool_call_delta', index: 0, arguments: input },
  { type: 'finish', reason: 'tool_calls' },
]
const say = (text: string): ChatDelta[] => [
  { type: 'text', text },
  { type: 'finish', reason: 'stop' },
]
const tool = (name: string, run: Tool['run']): Tool => ({
  definition: { name, description: '', parameters: {} },
  announce: () => `calling ${name}`,
  run,
})

test('a tool is run with what the model gave, and its answer goes back', async () => {
  const { run, requests, talk } = setUp([call('add', '{"a":1}'), say('two')])
  const reason = await talk([
    tool('add', async (input) => ({ text: `got ${String(input['a'])}`, summary: 'added' })),
  ])
  expect(reason).toBe('stop')
  expect(run.text).toBe('two')
  expect(requests[1]?.messages.slice(1)).toEqual([
    { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'add', arguments: '{"a":1}' }] },
    { role: 'tool', callId: 'c1', content: 'got 1' },
  ])
  expect(run.tools).toEqual([{ name: 'add', arguments: { a: 1 }, ok: true, ms: 0, summary: 'added' }])
})

test('a failing tool, unknown tools and bad arguments are told to the model, not thrown', async () => {
  const { run, requests, talk } = setUp([
    call('bad', '{}'),
    call('none', '{}'),
    call('bad', 'not json'),
    say('ok'),
  ])
  await talk([tool('bad', () => Promise.reject(new Error('broken')))])
  const answers = requests
    .at(-1)
    ?.messages.filter((turn) => turn.role === 'tool')
    .map((turn) => turn.content)
  expect(answers?.[0]).toContain('broken')
  expect(answers?.[1]).toContain('no tool')
  expect(answers?.[2]).toContain('JSON object')
  expect(run.tools.map((use) => use.ok)).toEqual([false, false, false])
})

test('after the last round no tools are offered, so that it ends', async () => {
  const { requests, talk } = setUp([call('t', '{}'), call('t', '{}'), say('end')], 2)
  await talk([tool('t', async () => ({ text: '', summary: '' }))])
  expect(requests.map((request) => request.tools?.length ?? 0)).toEqual([1, 1, 0])
})

test('usage of all rounds adds up', async () => {
  const usage: ChatDelta = {
    type: 'usage',
    promptTokens: 10,
    completionTokens: 1,
    totalTokens: 11,
    costUsd: 0.5,
  }
  const { run, talk } = setUp([
    [...call('t', '{}'), usage],
    [...say('x'), usage],
  ])
  await talk([tool('t', async () => ({ text: '', summary: '' }))])
  expect(run.usage).toEqual({ promptTokens: 20, completionTokens: 2, totalTokens: 22, costUsd: 1 })
})

test('a stop in the middle ends it as aborted', async () => {
  const { run, talk } = setUp([say('x')])
  run.stop('stopped')
  expect(talk([])).rejects.toBeInstanceOf(UpstreamFailure)
})
