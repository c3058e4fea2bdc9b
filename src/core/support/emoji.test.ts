import { describe, expect, test } from 'bun:test'
import { emojiNameOf, emojiOf } from './emoji.ts'

describe('emojiNameOf()', () => {
  test.each([
    ['👍', '+1'],
    [':tada:', 'tada'],
    ['tada', 'tada'],
    ['❤', 'heart'],
    ['❤️', 'heart'],
    ['👍🏽', '+1_medium_skin_tone'],
    ['👩🏿‍💻', 'woman_technologist_dark_skin_tone'],
    [':Party_Parrot:', 'party_parrot'],
  ])('%s is %s', (input, name) => {
    expect(emojiNameOf(input)).toBe(name)
  })

  test.each([[''], ['  '], ['<b>'], ['a b'], ['../x'], ['x'.repeat(65)], ['\u0000']])('%j is none', (input) => {
    expect(emojiNameOf(input)).toBeNull()
  })
})

describe('emojiOf()', () => {
  test.each([
    ['+1', '👍'],
    ['thumbsup', '👍'],
    ['+1_medium_skin_tone', '👍🏽'],
    ['woman_technologist_dark_skin_tone', '👩🏿‍💻'],
    ['party_parrot', ':party_parrot:'],
  ])('%s is %s', (name, emoji) => {
    expect(emojiOf(name)).toBe(emoji)
  })
})
