// Goal: whatever way a browser cuts the lines it passes on, the deltas are those of the provider, or there is a failure.
import { expect, test } from 'bun:test'
import type { ChatDelta } from '../../core/ports.ts'
import { relayedDialect } from './relayed.ts'

async function deltasOf(...pieces: unknown[]): Promise<ChatDelta[]> {
  const found: ChatDelta[] = []
  const given = (async function* () {
    yield* pieces
  })()
  for await (const delta of relayedDialect.deltas(given)) found.push(delta)
  return found
}

const event = (content: string, finish: string | null = null) =>
  JSON.stringify({ choices: [{ delta: { content }, finish_reason: finish }] })

test('lines, halves of lines and objects are read alike', async () => {
  const line = `data: ${event('a  b')}`
  const text: ChatDelta[] = [
    { type: 'text', text: 'a  b' },
    { type: 'finish', reason: 'stop' },
  ]
  expect(await deltasOf(': ping', 'event: x', line, 'data: [DONE]')).toEqual(text)
  for (let at = 6; at < line.length; at++)
    expect(await deltasOf(line.slice(0, at), line.slice(at), 'data: [DONE]')).toEqual(text)
  expect(await deltasOf(JSON.parse(event('a  b', 'stop')))).toEqual(text)
})

test.each([
  ['an answer without an end', [`data: ${event('a')}`]],
  ['nothing', []],
  ['an error', ['data: {"error":{"message":"No such model"}}']],
  ['no event', ['data: 7']],
  ['half an event', [`data: ${event('a').slice(0, 9)}`]],
])('%s is a failure', async (_what, pieces) => {
  expect(await deltasOf(...pieces).catch(({ name }: Error) => name)).toBe('UpstreamFailure')
})
