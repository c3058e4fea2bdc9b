import { describe, expect, test } from 'bun:test'
import { checkEmail, checkProfileImageUrl, checkUsername, usernameFrom } from './rules.ts'

describe('usernames', () => {
  test.each([
    ['native', 'Bob.B-1_x', 'bob.b-1_x'],
    ['native', '  bob  ', 'bob'],
    ['mattermost', 'b', 'b'],
    ['mattermost', 'a'.repeat(64), 'a'.repeat(64)],
    ['bot', 'ai', 'ai'],
  ] as const)('%s takes %p', (kind, given, name) => {
    expect(checkUsername(given, kind)).toBe(name)
  })

  test.each([
    ['native', 'b'],
    ['native', 'a'.repeat(33)],
    ['mattermost', 'a'.repeat(65)],
    ['native', 'bob smith'],
    ['native', 'bob@x'],
    ['native', 'bøb'],
    ['native', 'bob\n'.concat('x')],
    ['native', 'All'],
    ['mattermost', 'channel'],
    ['openwebui', 'here'],
    ['native', 'system'],
    ['mattermost', 'deleted-70ea46d3-4381-4233-a6bf-e390c8b21f8e'],
  ] as const)('%s refuses %p', (kind, given) => {
    expect(() => checkUsername(given, kind)).toThrow()
  })

  test.each([
    ['jane.doe', 'jane.doe'],
    ['Zoë Ünal', 'zoe.unal'],
    ['日本', 'user'],
    ['all', 'user-all'],
    ['..x..', 'user-x'],
    ['', 'user'],
  ])('are made of %p', (text, name) => {
    expect(usernameFrom(text)).toBe(name)
    expect(() => checkUsername(usernameFrom(text), 'native')).not.toThrow()
  })
})

describe('e-mail addresses', () => {
  test.each(['a@b', 'Bob+tag@Example.com', "o'hara@mail.example.co"])('take %p', (address) => {
    expect(checkEmail(address)).toBe(address.toLowerCase())
  })

  test.each([
    '',
    'a',
    '@b',
    'a@',
    'a@b@c',
    'a b@c',
    'a@b..c',
    'a@-b',
    'x@users.hubbub.invalid',
    `${'a'.repeat(300)}@b`,
  ])('refuse %p', (address) => {
    expect(() => checkEmail(address)).toThrow()
  })
})

describe('pictures by address', () => {
  test.each([
    '',
    '/user.png',
    '/api/v1/users/1/profile/image',
    'https://a.example/b.png',
    'data:image/png;base64,AAAA',
  ])('take %p', (url) => {
    expect(checkProfileImageUrl(url)).toBe(url)
  })

  test.each([
    'javascript:alert(1)',
    'data:text/html;base64,AAAA',
    'data:image/svg+xml;base64,AAAA',
    '//evil.example/x.png',
    'https://a.example/"onerror=',
    'x',
  ])('refuse %p', (url) => {
    expect(() => checkProfileImageUrl(url)).toThrow()
  })
})
