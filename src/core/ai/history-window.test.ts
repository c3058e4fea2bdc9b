import { expect, test } from 'bun:test'
import type { FileStore, TokenCounter } from '../ports.ts'
import type { Message, MessageFile, Room, User } from '../types.ts'
import { buildTurns, countTurn, type WindowInput } from './history-window.ts'

const tokens: TokenCounter = { count: (text) => text.length }
const noFiles = { get: async () => null } as unknown as FileStore
const bot = { id: 'bot', displayName: 'Llama' } as User
const ann = { id: 'ann', displayName: 'Ann' } as User
const room = {
  name: 'Lab',
  description: 'Testing',
  ai: { systemPrompt: 'Be brief.' },
} as Room
const say = (senderId: string, content: string, files: MessageFile[] = []) =>
  ({ senderId, content, files }) as unknown as Message
const input = (messages: Message[], change: Partial<WindowInput> = {}): WindowInput => ({
  room,
  bot,
  messages,
  people: new Map([[ann.id, ann]]),
  contextTokens: 100_000,
  vision: null,
  today: '2026-11-21',
  ...change,
})

test('people are named, the own words are the assistant’s, the room’s prompt is in', async () => {
  const [system, ...turns] = await buildTurns(
    input([say('ann', 'hi'), say('bot', 'hello'), say('x', 'who?')]),
    tokens,
    noFiles,
  )
  expect(system?.content).toContain('Be brief.')
  expect(system?.content).toContain('"Lab"')
  expect(turns).toEqual([
    { role: 'user', content: 'Ann: hi' },
    { role: 'assistant', content: 'hello' },
    { role: 'user', content: 'Somebody: who?' },
  ])
})

test('the newest messages that fit are kept, the question always', async () => {
  const messages = [say('ann', 'a'.repeat(900)), say('ann', 'b'.repeat(300)), say('ann', 'c'.repeat(300))]
  const turns = await buildTurns(input(messages, { contextTokens: 2_000 }), tokens, noFiles)
  expect(turns.slice(1).map((turn) => String(turn.content)[5])).toEqual(['b', 'c'])
  const tight = await buildTurns(input(messages, { contextTokens: 10 }), tokens, noFiles)
  expect(tight.slice(1).map((turn) => String(turn.content)[5])).toEqual(['c'])
})

test('pictures are shown to models that see, and only named to none', async () => {
  const picture = { key: 'k', contentType: 'image/png', sizeBytes: 3, name: 'p.png' } as MessageFile
  const files = { get: async () => ({ body: new Blob([new Uint8Array([1, 2, 3])]) }) } as unknown as FileStore
  const seen = await buildTurns(input([say('ann', 'look', [picture])]), tokens, files)
  expect(seen[1]?.content).toEqual([
    { type: 'text', text: 'Ann: look' },
    { type: 'image', mimeType: 'image/png', base64: 'AQID' },
  ])
  const blind = await buildTurns(input([say('ann', 'look', [picture])], { vision: false }), tokens, files)
  expect(blind[1]?.content).toBe('Ann: look')
})

test('a picture costs a fixed price, not the length of its bytes', () => {
  const text = { type: 'text', text: 'look' } as const
  const picture = { type: 'image', mimeType: 'image/png', base64: 'A'.repeat(1_000_000) } as const
  const without = countTurn({ role: 'user', content: [text] }, tokens)
  const withIt = countTurn({ role: 'user', content: [text, picture] }, tokens)
  expect(withIt - without).toBe(1_100)
})
