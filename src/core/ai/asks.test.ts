import { expect, test } from 'bun:test'
import type { ModelInfo } from '../ports.ts'
import type { RoomAi } from '../types.ts'
import { botUsername, mentionedNames, modelsAsked } from './asks.ts'

const model = (id: string): ModelInfo => ({
  id,
  name: id,
  ownedBy: 'test',
  providerId: 'test',
  contextTokens: null,
  vision: null,
  createdS: 0,
  raw: {},
})
const ai: RoomAi = {
  model: null,
  respond: 'mention',
  systemPrompt: '',
  temperature: null,
  historyLimit: 20,
  tools: [],
  budget: { tokensPerDay: null, per: 'room' },
}
const models = [model('openai/gpt-4o'), model('llama3.2:3b'), model('a/same'), model('b/same')]
const ask = (content: string, change: Partial<RoomAi> = {}, fromBot = false) =>
  modelsAsked({
    message: { content, mentions: [] },
    ai: { ...ai, ...change },
    models,
    defaultModel: 'llama3.2:3b',
    fromBot,
  })

test.each([
  ['hello @ai, and @Bob!', ['ai', 'bob']],
  ['mail me at ann@ai.example', []],
  ['`@ai` and\n```\n@ai\n```', []],
  ['<@M:openai/gpt-4o|GPT> hi', ['openai/gpt-4o']],
  ['@openai/gpt-4o. now', ['openai/gpt-4o']],
  ['no names', []],
])('%p mentions %p', (content, names) => {
  expect(mentionedNames(content)).toEqual(names)
})

test('a model is named by its id, its bot name, or the last part of either when that is one', () => {
  expect(ask('@openai/gpt-4o')).toEqual(['openai/gpt-4o'])
  expect(ask('@openai-gpt-4o')).toEqual(['openai/gpt-4o'])
  expect(ask('@gpt-4o')).toEqual(['openai/gpt-4o'])
  expect(ask('@llama3.2-3b')).toEqual(['llama3.2:3b'])
  expect(ask('@same')).toEqual([])
})

test("@ai is the room's model, else the server's", () => {
  expect(ask('@ai hi')).toEqual(['llama3.2:3b'])
  expect(ask('@ai hi', { model: 'a/same' })).toEqual(['a/same'])
})

test('a room that answers always answers what is said to nobody else', () => {
  expect(ask('hi', { respond: 'always' })).toEqual(['llama3.2:3b'])
  expect(ask('@bob hi', { respond: 'always' })).toEqual([])
  expect(ask('hi', { respond: 'mention' })).toEqual([])
  expect(ask('@ai hi', { respond: 'never' })).toEqual([])
})

test('bots are heard only when they name a model, and @ai is no name among them', () => {
  expect(ask('hi', { respond: 'always' }, true)).toEqual([])
  expect(ask('@ai hi', {}, true)).toEqual([])
  expect(ask('@gpt-4o hi', {}, true)).toEqual(['openai/gpt-4o'])
})

test('at most three models answer one message, each once', () => {
  const many = [1, 2, 3, 4, 5].map((n) => model(`m${n}`))
  const asked = modelsAsked({
    message: { content: '@m1 @m2 @m1 @m3 @m4', mentions: [] },
    ai,
    models: many,
    defaultModel: null,
    fromBot: false,
  })
  expect(asked).toEqual(['m1', 'm2', 'm3'])
})

test.each([
  ['meta-llama/Llama-3.1 (free)', 'meta-llama-llama-3.1-free'],
  ['模型', 'model'],
  ['x'.repeat(90), 'x'.repeat(60)],
])('the bot of %p is @%s', (id, name) => {
  expect(botUsername(id)).toBe(name)
})
