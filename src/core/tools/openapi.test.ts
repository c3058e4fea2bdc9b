// Goal: whatever an OpenAPI document says, what comes out is a bounded list of tools that providers take.
import { expect, test } from 'bun:test'
import { requestOf } from './call-operation.ts'
import { OPERATIONS_MAX, operationsOf, resolved, toolName } from './openapi.ts'

const document = (paths: object, more: object = {}) => ({ paths, ...more })

test('references are resolved, and circles end', () => {
  const components = {
    schemas: {
      A: { properties: { b: { $ref: '#/components/schemas/B' } } },
      B: { items: { $ref: '#/components/schemas/A' } },
    },
  }
  expect(resolved({ $ref: '#/components/schemas/A' }, { components })).toEqual({
    properties: { b: { items: { type: 'object' } } },
  })
  expect(resolved({ $ref: '#/__proto__/constructor' }, { components })).toEqual({})
  expect(resolved({ $ref: 'https://elsewhere/x' }, {})).toEqual({})
})

test('a schema that doubles with each reference stays bounded', () => {
  const schemas = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => {
      const next = { $ref: `#/components/schemas/S${n + 1}` }
      return [`S${n}`, { properties: { a: next, b: next } }]
    }),
  )
  const text = JSON.stringify(resolved({ $ref: '#/components/schemas/S0' }, { components: { schemas } }))
  expect(text.length).toBeLessThan(200_000)
})

test('operations are bounded in number, names fit providers', () => {
  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, n) => [`/p${n}`, { get: { operationId: `op ${n}` } }]),
  )
  expect(operationsOf(document(many))).toHaveLength(OPERATIONS_MAX)
  expect(operationsOf(document(many))[0]!.name).toBe('op_0')
  expect(toolName('ä'.repeat(100))).toBe('_'.repeat(64))
})

test.each([
  [null],
  [[]],
  [{ '/x': null }],
  [{ '/x': { get: 1, parameters: 3 } }],
  [{ x: { get: { operationId: 'a' } } }],
  [{ '/x': { get: { operationId: 'a', parameters: 'no' } } }],
])('odd paths %p do no harm', (paths) => expect(() => operationsOf({ paths })).not.toThrow())

test('a body that is no JSON is not offered; one that is no object is one argument', () => {
  const post = (content: object) => ({ post: { operationId: 'p', requestBody: { required: true, content } } })
  expect(operationsOf(document({ '/x': post({ 'multipart/form-data': {} }) }))).toEqual([])
  const [listed] = operationsOf(
    document({ '/x': post({ 'application/json': { schema: { type: 'array' } } }) }),
  )
  expect(listed!.parameters).toEqual({
    type: 'object',
    properties: { body: { type: 'array' } },
    required: ['body'],
  })
  expect(requestOf('http://h/base/', listed!, { body: [1] })).toEqual({
    method: 'POST',
    url: 'http://h/base/x',
    body: '[1]',
  })
})
