import { expect, test } from 'bun:test'
import { EventStream } from './event-stream.ts'
import { DEFAULT_LIMITS } from './provider.ts'
import { WatchedRequest } from './watched-fetch.ts'

const encoder = new TextEncoder()

/** What is read of an answer that comes in these pieces. */
async function read(pieces: Uint8Array[]): Promise<{ data: string[]; done: boolean }> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
  const watch = new WatchedRequest(new AbortController().signal, DEFAULT_LIMITS)
  const events = new EventStream(body, watch)
  const data: string[] = []
  for (let batch = await events.next(); batch !== null; batch = await events.next()) data.push(...batch)
  watch.close()
  expect(watch.signal.aborted).toBe(false)
  return { data, done: events.sawDone }
}

const text = ': hello\r\n\r\ndata: {"a":"ü"}\n\nevent: x\ndata: {"b":\ndata: 2}\n\ndata:\n\ndata: [DONE]\n\n'

test('events are read whatever the pieces they come in', async () => {
  const bytes = encoder.encode(text)
  const expected = { data: ['{"a":"ü"}', '{"b":\n2}'], done: true }
  expect(await read([bytes])).toEqual(expected)
  expect(await read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected)
})

test('an answer without an end is seen as one', async () => {
  expect(await read([encoder.encode('data: 1\n\ndata: 2')])).toEqual({ data: ['1'], done: false })
  expect(await read([])).toEqual({ data: [], done: false })
})
