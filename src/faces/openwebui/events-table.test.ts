import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openwebuiEvents } from './events-table.ts'

// Goal: the table of events says what the socket does, and what shows it.
// Method: each name stands in the file that is said to tell it, and in the test.

const root = join(import.meta.dir, '../../..')
const done = openwebuiEvents.filter(({ state }) => state === 'done')

test.each(done.map(({ from, name, where, test: shown }) => [from, name, where, shown] as const))(
  'from the %s: %s',
  async (_from, name, where = '', shown = '') => {
    const source = await Bun.file(join(root, where)).text()
    const tests = await Bun.file(join(root, shown)).text()
    const [event = '', type] = name.split('/')
    // `encryption:*` and `ydoc:*` are spelt in parts in some places.
    const said = [type ?? event, event.slice(event.lastIndexOf(':') + 1)]
    expect(said.some((word) => source.includes(word))).toBe(true)
    expect(said.some((word) => tests.includes(word))).toBe(true)
  },
)

test('every name stands there once for each side', () => {
  const names = openwebuiEvents.map(({ from, name }) => `${from} ${name}`)
  expect(new Set(names).size).toBe(names.length)
})
