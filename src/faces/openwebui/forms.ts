/** Bodies of this face: Open WebUI's forms take more keys than they name, and keep them where they store JSON. */
import { t, type TSchema } from 'elysia'
import { Detail } from './errors.ts'
import type { Arrangement } from '../../core/support/arranged.ts'

/** An object with these keys, and any others. */
export const form = <Fields extends Record<string, TSchema>>(fields: Fields) =>
  t.Object(fields, { additionalProperties: t.Unknown() })

/** Any JSON object. */
export const dict = t.Unsafe<Record<string, unknown>>(t.Object({}, { additionalProperties: t.Unknown() }))
export const maybe = <Schema extends TSchema>(schema: Schema) => t.Optional(t.Union([schema, t.Null()]))
export const maybeText = maybe(t.String())
export const texts = t.Array(t.String())

/** `?page=2`, 1 when absent; what is no number is refused as FastAPI refuses it. */
export function pageOf(query: Record<string, string | undefined>): number {
  const said = query['page']
  if (said !== undefined && !/^\s*[+-]?\d{1,9}\s*$/.test(said)) {
    const msg = 'Input should be a valid integer, unable to parse string as an integer'
    throw new Detail(422, [{ type: 'int_parsing', loc: ['query', 'page'], msg, input: said.slice(0, 100) }])
  }
  return Math.max(1, Number(said ?? 1))
}

/** Order and choice of a workspace list; what it does not know is as if it were not asked. */
export function arrangementOf(query: Record<string, string | undefined>): Arrangement {
  const view = VIEWS.find((name) => name === query['view_option'])
  const orderBy = ORDERS.find((name) => name === query['order_by'])
  return { view, orderBy, ascending: query['direction'] === 'asc' }
}

const VIEWS = ['created', 'shared'] as const
const ORDERS = ['name', 'created_at', 'updated_at'] as const

/** Python's reading of a boolean in a query. */
export function flagOf(value: string | undefined, fallback = false): boolean {
  return value === undefined ? fallback : /^(1|true|yes|on)$/i.test(value)
}
