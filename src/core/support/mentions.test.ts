import { describe, expect, test } from 'bun:test'
import { findMentions } from './mentions.ts'

const namesIn = (text: string) => findMentions(text).names.map((readings) => readings.at(-1))

describe('findMentions()', () => {
  test.each([
    ['hello @Bob', ['bob']],
    ['@ann, @bob-2 and @ann again', ['ann', 'bob-2']],
    ['ask @张伟 or @anna.b.', ['张伟', 'anna.b']],
    ['(@bob)', ['bob']],
    ['mail a@b.example', []],
    ['https://x.example/@bob', []],
    ['in `@bob` code', []],
    ['```\n@bob\n```', []],
    ['```ts\n@bob\n```\n@ann', ['ann']],
    ['~~~\n@bob', []],
    ['``a ` @bob`` @ann', ['ann']],
    ['@', []],
    ['@@bob', []],
  ])('%j calls %j', (text, names) => {
    expect(namesIn(text)).toEqual(names)
  })

  test('a name may end in what also ends sentences', () => {
    expect(findMentions('hi @bob._').names).toEqual([['bob._', 'bob.', 'bob']])
  })

  test('everyone goes by several names, and not inside code', () => {
    for (const call of ['@all', '@channel!', '@here.', '@Everyone']) expect(findMentions(call).everyone).toBe(true)
    expect(findMentions('`@all` @allan').everyone).toBe(false)
  })

  test('reads what Open WebUI writes', () => {
    const found = findMentions('<@U:7a1c|Bob B> and <@M:openai/gpt-4o|GPT> but `<@U:9|x>`')
    expect(found).toEqual({ names: [], userIds: ['7a1c'], models: ['openai/gpt-4o'], everyone: false })
  })

  test('looks at so many and no more, and in good time', () => {
    const start = performance.now()
    const many = Array.from({ length: 5_000 }, (_, index) => `@user${index}`).join(' ')
    expect(findMentions(many).names).toHaveLength(50)
    findMentions('`'.repeat(20_000) + '@a')
    findMentions('```'.repeat(7_000) + '@a')
    findMentions('@' + '.-'.repeat(10_000))
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})
