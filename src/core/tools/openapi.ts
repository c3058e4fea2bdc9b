/**
 * Reads an OpenAPI document as a list of operations that a model can call. Pure; calling them is
 * call-operation.ts. Documents come from other servers: nothing in them is trusted to have a shape or an end.
 */
import { isJson, jsonOf, listOf, textOf } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'

export type OperationMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Operation {
  /** Its `operationId` in the letters that providers allow in names of tools. */
  name: string
  description: string
  /** JSON Schema of the arguments, references resolved. */
  parameters: Json
  method: OperationMethod
  /** With `{name}` where a path parameter goes. */
  path: string
  params: OperationParam[]
  body: OperationBody | null
}

export interface OperationParam {
  name: string
  place: 'path' | 'query'
  required: boolean
}

export interface OperationBody {
  /** Properties of an object; empty = whatever is no parameter. */
  properties: readonly string[]
  /** The whole body is this one argument: it is no object. */
  whole: string | null
}

/** More tools than this no provider takes. */
export const OPERATIONS_MAX = 128
/** Of what a server says of its tools as a whole. */
export const GUIDE_MAX_CHARS = 8_000
const DESCRIPTION_MAX_CHARS = 4_000
/** Nodes of one resolved schema: references that name each other many times grow without end. */
const SCHEMA_MAX_NODES = 2_000

const METHODS: Readonly<Record<string, OperationMethod>> = {
  get: 'GET',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
}

/** Operations without an id are left out, as are those that want a body which is no JSON. */
export function operationsOf(document: Json): Operation[] {
  const found: Operation[] = []
  for (const [path, item] of Object.entries(jsonOf(document['paths']))) {
    for (const [name, operation] of Object.entries(jsonOf(item))) {
      const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
      if (!method || !isJson(operation) || !path.startsWith('/')) continue
      const read = operationOf(document, { path, method }, jsonOf(item), operation)
      if (read) found.push(read)
      if (found.length >= OPERATIONS_MAX) return found
    }
  }
  return found
}

function operationOf(
  document: Json,
  route: { path: string; method: OperationMethod },
  item: Json,
  operation: Json,
): Operation | null {
  const id = textOf(operation['operationId'])
  const body = bodyOf(document, operation)
  if (id === null || body === 'unknown') return null
  const properties: Json = {}
  const required = new Set<string>()
  const params: OperationParam[] = []
  for (const param of paramsOf(document, item, operation)) {
    properties[param.name] = param.schema
    if (param.required) required.add(param.name)
    params.push({ name: param.name, place: param.place, required: param.required })
  }
  if (body) {
    Object.assign(properties, body.schemas)
    for (const name of body.required) required.add(name)
  }
  return {
    ...route,
    name: toolName(id),
    description: (textOf(operation['description']) ?? textOf(operation['summary']) ?? id).slice(
      0,
      DESCRIPTION_MAX_CHARS,
    ),
    parameters: { type: 'object', properties, required: [...required] },
    params,
    body: body && { properties: body.whole ? [] : Object.keys(body.schemas), whole: body.whole },
  }
}

/** Letters, digits, `_` and `-`, at most 64: what all providers take. */
export function toolName(text: string): string {
  return text.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64)
}

interface ParamSchema extends OperationParam {
  schema: Json
}

/** Of the path item and, instead of equal ones, of the operation. Headers and cookies are not a model's to choose. */
function paramsOf(document: Json, item: Json, operation: Json): ParamSchema[] {
  const byName = new Map<string, ParamSchema>()
  for (const given of [...listOf(item['parameters']), ...listOf(operation['parameters'])]) {
    const param = resolved(given, document)
    const [name, place] = [textOf(param['name']), param['in']]
    if (name === null || (place !== 'path' && place !== 'query')) continue
    const schema = resolved(param['schema'], document)
    const description = textOf(schema['description']) ?? textOf(param['description'])
    byName.set(`${place} ${name}`, {
      name,
      place,
      required: place === 'path' || param['required'] === true,
      schema: {
        ...schema,
        ...(schema['type'] || schema['anyOf'] || schema['oneOf'] || schema['allOf']
          ? {}
          : { type: 'string' }),
        ...(description ? { description } : {}),
      },
    })
  }
  return [...byName.values()]
}

interface BodySchema {
  schemas: Json
  required: string[]
  whole: string | null
}

function bodyOf(document: Json, operation: Json): BodySchema | null | 'unknown' {
  if (!isJson(operation['requestBody'])) return null
  const request = resolved(operation['requestBody'], document)
  const content = jsonOf(request['content'])
  const media = Object.keys(content).find((type) => /^application\/(.+\+)?json\b/i.test(type))
  if (media === undefined) return request['required'] === true ? 'unknown' : null
  const schema = resolved(jsonOf(content[media])['schema'], document)
  const properties = jsonOf(schema['properties'])
  if (Object.keys(properties).length > 0) {
    const required = listOf(schema['required']).filter((name) => typeof name === 'string')
    return { schemas: properties, required, whole: null }
  }
  return { schemas: { body: schema }, required: request['required'] === true ? ['body'] : [], whole: 'body' }
}

/** The schema without references; a circle ends in an object about which nothing is said. */
export function resolved(schema: unknown, document: Json): Json {
  let left = SCHEMA_MAX_NODES
  const walk = (node: unknown, seen: readonly string[]): unknown => {
    if (--left < 0) return {}
    if (Array.isArray(node)) return node.map((inner) => walk(inner, seen))
    if (!isJson(node)) return node
    const reference = node['$ref']
    if (typeof reference === 'string') {
      return seen.includes(reference)
        ? { type: 'object' }
        : walk(pointed(document, reference), [...seen, reference])
    }
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, walk(inner, seen)]))
  }
  return jsonOf(walk(schema, []))
}

/** `#/components/schemas/Thing`; only into the document itself. */
function pointed(document: Json, reference: string): unknown {
  if (!reference.startsWith('#/')) return {}
  let node: unknown = document
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    node = isJson(node) && Object.hasOwn(node, key) ? node[key] : undefined
  }
  return node ?? {}
}
