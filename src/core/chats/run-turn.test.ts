import { expect, test } from 'bun:test'
import { UpstreamFailure, type ChatDelta } from '../ports.ts'
import type { OpenwebuiContext } from './context.ts'
import { OutputBuilder } from './output.ts'
import { runTurn } from './run-turn.ts'

/** Runs a turn over these deltas; `asked` is true as soon as the model was. */
function turn(deltas: () => AsyncGenerator<ChatDelta>) {
  const state = { asked: false, emitted: [] as string[] }
  const gate = Promise.withResolvers<void>()
  const context = {
    now: () => ({ seconds: 1, ms: 1_000, nanos: 1n }),
    deps: {
      clock: { now: () => 0, after: () => () => {} },
      ids: { secret: () => 'abc' },
      log: { error: () => {} },
      models: {
        async *stream() {
          state.asked = true
          yield* deltas()
        },
      },
    },
  } as unknown as OpenwebuiContext
  const over = runTurn(
    context,
    {
      upstreamModel: 'm',
      shownModel: 'm',
      turns: [],
      tools: [],
      temperature: null,
      maxTokens: null,
      extra: {},
      maxRounds: 1,
      asksFirst: false,
      signal: new AbortController().signal,
      begun: gate.promise,
      cite: () => 1,
      emit: (type) => void state.emitted.push(type),
    },
    new OutputBuilder({ seconds: () => 1, hex: () => 'abc' }),
  )
  return { state, over, begin: () => gate.resolve() }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('the model is asked at once, and nothing is told before it may be', async () => {
  const { state, over, begin } = turn(async function* () {
    yield { type: 'text', text: 'Hi' }
    yield { type: 'finish', reason: 'stop' }
  })
  await settled()
  expect(state).toEqual({ asked: true, emitted: [] })
  begin()
  expect(await over).toEqual({ usage: null, error: null, stopped: false, paused: false })
  expect(state.emitted).toEqual(['response:completion', 'response:completion', 'chat:completion'])
})

test('a refusal that comes sooner waits as well', async () => {
  let done = false
  // eslint-disable-next-line require-yield -- it fails before there is anything to yield
  const { over, begin } = turn(async function* () {
    throw new UpstreamFailure('unauthorised', 'No.')
  })
  void over.then(() => (done = true))
  await settled()
  expect(done).toBe(false)
  begin()
  expect(await over).toEqual({ usage: null, error: 'No.', stopped: false, paused: false })
})
