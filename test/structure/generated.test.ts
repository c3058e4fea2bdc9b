// What is generated and checked in is what would be generated now.
import { expect, test } from 'bun:test'
import { stale } from '../../scripts/generate.ts'

test('generated files are up to date (bun run generate)', async () => {
  expect(await stale()).toEqual([])
})
