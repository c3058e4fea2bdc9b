import { expect, test } from 'bun:test'
import { Glob } from 'bun'
import { join } from 'node:path'
import { mattermostEvents } from './events-table.ts'

// Goal: the table of events says what the socket really sends.
// Method: the names that stand in socket/ and in what modules send, against the table, both ways.

const known = new Set(mattermostEvents.map((event) => event.name))
const done = mattermostEvents.filter((event) => event.state === 'done').map((event) => event.name)

async function sources(): Promise<string> {
  const files = [...new Glob('{socket,modules}/*.ts').scanSync(import.meta.dir)].filter(
    (path) => !path.includes('.test.'),
  )
  const texts = await Promise.all(files.map((path) => Bun.file(join(import.meta.dir, path)).text()))
  return texts.join('\n')
}

test('each event that is called done is made somewhere', async () => {
  const text = await sources()
  expect(done.filter((name) => !text.includes(`'${name}'`))).toEqual([])
})

test('no frame is made that the table does not know', async () => {
  const text = await sources()
  const made = [...text.matchAll(/(?:frameOf|eventFrame)\(\s*'([a-z_]+)'/g)].map((match) => match[1]!)
  expect(made.length).toBeGreaterThan(20)
  expect(made.filter((name) => !known.has(name))).toEqual([])
})

test('every name stands there once', () => {
  expect(known.size).toBe(mattermostEvents.length)
})
