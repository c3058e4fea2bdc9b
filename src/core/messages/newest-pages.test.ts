import { expect, test } from 'bun:test'
import type { Repositories } from '../repositories.ts'
import type { Message } from '../types.ts'
import { NewestPages } from './newest-pages.ts'

/** A room of numbered messages that counts how often it is read. */
function room() {
  const state = { mark: { updatedAt: 1, seq: 1 }, items: [{ id: 'a' }] as Message[], reads: 0 }
  const messages = {
    newestChange: async () => state.mark,
    page: async () => {
      state.reads += 1
      return state.items.slice()
    },
  }
  return { state, repos: { messages } as unknown as Repositories }
}

const clock = { now: () => 1_000_000, after: () => () => {} }
const query = { roomId: 'r', limit: 60 }

test('an unchanged room is read once, a changed one again', async () => {
  const { state, repos } = room()
  const pages = new NewestPages(clock)
  await pages.read(repos, query)
  expect(await pages.read(repos, query)).toEqual(state.items)
  expect(state.reads).toBe(1)
  state.items = [{ id: 'a' }, { id: 'b' }] as Message[]
  state.mark = { updatedAt: 2, seq: 2 }
  expect(await pages.read(repos, query)).toHaveLength(2)
})

test('what a caller does to a page stays with the caller', async () => {
  const { repos } = room()
  const pages = new NewestPages(clock)
  ;(await pages.read(repos, query)).pop()
  ;(await pages.read(repos, query)).pop()
  expect(await pages.read(repos, query)).toHaveLength(1)
})

test('a room that changes just now is not kept, nor are threads', async () => {
  const { state, repos } = room()
  const pages = new NewestPages(clock)
  state.mark = { updatedAt: 999_999, seq: 1 }
  await pages.read(repos, query)
  await pages.read(repos, query)
  await pages.read(repos, { ...query, threadId: 't' })
  expect(state.reads).toBe(3)
})
