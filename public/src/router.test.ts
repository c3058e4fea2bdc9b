import { expect, test } from 'bun:test'
import { parseRoute, roomPath } from './router.ts'

test.each([
  ['/', { name: 'home' }],
  ['/login', { name: 'login' }],
  ['/rooms/abc', { name: 'room', id: 'abc', thread: null, message: null }],
  ['/rooms/abc?thread=t&message=m', { name: 'room', id: 'abc', thread: 't', message: 'm' }],
  ['/invite/x%2Fy', { name: 'invite', token: 'x/y' }],
  ['/invite/%E0%A4%A', { name: 'invite', token: '%E0%A4%A' }],
  ['/search?q=a%20b', { name: 'search', query: 'a b', room: null }],
  ['/settings', { name: 'settings', page: 'profile' }],
  ['/admin/usage', { name: 'admin', page: 'usage' }],
  ['/docs', { name: 'unknown' }],
  ['/rooms', { name: 'unknown' }],
])('%s', (path, route) => {
  expect(parseRoute(path)).toEqual(route as ReturnType<typeof parseRoute>)
})

test('a room path reads back as what it was made of', () => {
  const path = roomPath('a/b', { thread: 't&x', message: null })
  expect(parseRoute(path)).toEqual({ name: 'room', id: 'a/b', thread: 't&x', message: null })
})
