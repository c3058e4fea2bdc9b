import { expect, test } from 'bun:test'
import { basePathOf, belowBase } from './base-path.ts'

test('the path of the public address, without a slash at its end', () => {
  expect(basePathOf(undefined)).toBe('')
  expect(basePathOf('https://example.com')).toBe('')
  expect(basePathOf('https://example.com/a/b/')).toBe('/a/b')
})

test.each([
  ['http://h/chat', 'http://h/'],
  ['http://h/chat/', 'http://h/'],
  ['http://h/chat/api/v4/users?page=1', 'http://h/api/v4/users?page=1'],
  ['http://h/chatter', 'http://h/chatter'],
  ['http://h/', 'http://h/'],
])('%s is answered as %s', (asked, answered) => {
  expect(belowBase(new Request(asked), '/chat').url).toBe(answered)
})

test('method, headers and body go along', async () => {
  const sent = new Request('http://h/chat/x', { method: 'POST', headers: { a: 'b' }, body: 'text' })
  const asked = belowBase(sent, '/chat')
  expect([asked.method, asked.headers.get('a'), await asked.text()]).toEqual(['POST', 'b', 'text'])
})
