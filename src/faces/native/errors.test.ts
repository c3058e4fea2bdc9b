import { TypeCompiler } from '@sinclair/typebox/compiler'
import { expect, test } from 'bun:test'
import { t } from 'elysia'
import { toResponse } from './errors.ts'

const schema = t.Object({ name: t.String(), more: t.Optional(t.Object({ age: t.Number() })) })

/** As Elysia hands it out; its constructor cannot be called here, since it fails on some of these values. */
const failureFor = (value: unknown) => ({
  type: 'body',
  value,
  validator: TypeCompiler.Compile(schema),
  get all(): never {
    throw new TypeError('No default value')
  },
})

test.each([
  ['a secret in the wrong place', { name: ['hunter2'] }, ['name']],
  ['an object that cannot be text', { name: { toString: 1 } }, ['name']],
  ['a nested field', { name: 'x', more: { age: 'hunter2' } }, ['more.age']],
  ['no object', 'hunter2', ['body']],
])('a body that does not fit names the place and not the value: %s', async (_what, value, fields) => {
  const response = toResponse(failureFor(value), 'VALIDATION', () => {
    throw new Error('reported as if it were our fault')
  })
  expect(response.status).toBe(422)
  const body = await response.text()
  expect(Object.keys(JSON.parse(body).error.fields)).toEqual(fields)
  expect(body).not.toContain('hunter2')
})
