import { expect, test } from 'bun:test'
import { clientIpRule } from './client-ip.ts'

const request = (forwardedFor?: string) =>
  new Request('http://localhost/', forwardedFor ? { headers: { 'x-forwarded-for': forwardedFor } } : {})

test.each([
  [{ hops: 0 }, '1.2.3.4', '9.9.9.9', '9.9.9.9'],
  [{ hops: 1 }, '6.6.6.6, 1.2.3.4', '10.0.0.1', '1.2.3.4'],
  [{ hops: 2 }, '6.6.6.6, 1.2.3.4, 10.0.0.2', '10.0.0.1', '1.2.3.4'],
  [{ hops: 1 }, undefined, '::ffff:10.0.0.1', '10.0.0.1'],
  [{ networks: ['10.0.0.0/8'] }, '6.6.6.6, 1.2.3.4, 10.0.0.2', '10.0.0.1', '1.2.3.4'],
  [{ networks: ['10.0.0.0/8'] }, '1.2.3.4', '9.9.9.9', '9.9.9.9'],
  [{ networks: ['10.0.0.0/8'] }, 'not an address', '10.0.0.1', '10.0.0.1'],
  [{ hops: 0 }, '1.2.3.4', '127.0.0.1', null],
  [{ hops: 1 }, '1.2.3.4', '127.0.0.1', '1.2.3.4'],
  [{ hops: 0 }, undefined, '::1', null],
  [{ hops: 0 }, undefined, '::ffff:127.0.0.1', null],
])('%p with X-Forwarded-For %p from %p is %p', (trust, header, socketIp, expected) => {
  expect(clientIpRule(trust, false)(request(header), socketIp)).toBe(expected)
})

test('this machine counts when it is asked for', () => {
  expect(clientIpRule({ hops: 0 }, true)(request(), '::ffff:127.0.0.1')).toBe('127.0.0.1')
})
