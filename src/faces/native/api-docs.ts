/**
 * The OpenAPI document of the native face, made from its routes. Each route says what it takes and what it answers when
 * all goes well; what any route may answer besides (no token, limits, an outage) is added here once.
 */
import { registerSchemaPath } from '@elysiajs/swagger/utils'
import type { TSchema } from 'elysia'
import { InviteReply, MemberReply, MessageReply, RoomReply } from './wire-rooms.ts'
import { ErrorReply, UserReply } from './wire-users.ts'

/** What Elysia tells of a route. */
export interface DocumentedRoute {
  readonly method: string
  readonly path: string
  readonly hooks: {
    readonly detail?: { summary?: string; security?: unknown[]; hide?: boolean; responses?: Responses }
    readonly body?: TSchema
    readonly params?: TSchema
    readonly query?: TSchema
    readonly response?: Record<string, TSchema>
  }
}

type Responses = Record<string, object>

interface Operation {
  responses?: Responses
  requestBody?: { required: boolean; content: Record<string, unknown> }
  parameters?: { in: string; name: string; schema: object; required: boolean }[]
}

type Paths = Record<string, Record<string, Operation>>

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** For a person at /docs: where to begin. */
const ABOUT = `Team chat in which AI is a member of the room.

Sign in by **POST /api/auth/login** (or sign up by **POST /api/auth/register**): try it here, and this page sends the
token of the answer from then on. Elsewhere it goes as \`Authorization: Bearer <token>\`, as do API keys (\`hb_…\`).
What happens in rooms comes over the websocket \`/ws\`. Every answer carries \`X-Request-Id\`, by which the server's log
knows it.`

export function apiDocument(routes: readonly DocumentedRoute[], version: string): object {
  const paths: Paths = {}
  for (const route of routes) {
    if (!METHODS.includes(route.method) || route.hooks.detail?.hide) continue
    registerSchemaPath({
      schema: paths as Parameters<typeof registerSchemaPath>[0]['schema'],
      path: documentedPath(route.path),
      method: route.method as Parameters<typeof registerSchemaPath>[0]['method'],
      hook: route.hooks as Parameters<typeof registerSchemaPath>[0]['hook'],
      models: {},
    })
    const operation =
      paths[documentedPath(route.path).replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()]
    if (operation) complete(operation, route)
  }
  const schemas = plain(RECORDS) as Record<string, unknown>
  return {
    openapi: '3.1.0',
    info: { title: 'Hubbub', version, description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths: withReferences(plain(paths), schemas),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of a log-in, or an API key (hb_…)',
        },
      },
      schemas,
    },
  }
}

/** A wildcard has a name in OpenAPI. */
function documentedPath(path: string): string {
  return path.replace('*', ':path')
}

function complete(operation: Operation, route: DocumentedRoute): void {
  const { body, params, query, response, detail } = route.hooks
  const open = detail?.security !== undefined && detail.security.length === 0
  const statuses = new Set<string>(Object.keys(response ?? {}).filter((status) => Number(status) >= 400))
  const always = [
    ...(open ? [] : [401, 403]),
    ...(params || route.path.includes('*') ? [404] : []),
    ...(body ? [400, 413, 422] : query ? [422] : []),
    429,
    503,
  ]
  for (const status of always) statuses.add(String(status))
  const fine = Object.entries({ ...responsesOf(response), ...detail?.responses })
    .filter(([status]) => Number(status) < 400)
    .map(([status, answer]) => [status, jsonOnly(answer)] as const)
  operation.responses = Object.fromEntries([
    ...(fine.length > 0 ? fine : [['200', { description: 'Done' }] as const]),
    ...[...statuses].toSorted().map((status) => [status, errorAnswer(status)] as const),
  ])
  for (const [, name = ''] of documentedPath(route.path).matchAll(/:(\w+)/g)) {
    operation.parameters ??= []
    if (operation.parameters.some((one) => one.in === 'path' && one.name === name)) continue
    operation.parameters.push({ in: 'path', name, required: true, schema: { type: 'string' } })
  }
  if (operation.requestBody && body) operation.requestBody = bodyOf(body)
}

function responsesOf(response: Record<string, TSchema> = {}): Responses {
  return Object.fromEntries(
    Object.entries(response)
      .filter(([status]) => Number(status) < 400)
      .map(([status, schema]) => [
        status,
        { description: schema.description ?? 'Done', content: { 'application/json': { schema } } },
      ]),
  )
}

function jsonOnly(answer: object): object {
  return { description: 'Done', ...answer }
}

const MEANINGS: Readonly<Record<string, string>> = {
  400: 'A rule is broken; `fields` says where',
  401: 'No, bad or expired token',
  403: 'Not allowed',
  404: 'Not there, or not for you to see',
  409: 'Taken, or changed meanwhile',
  410: 'Used up, expired or revoked',
  413: 'Too large',
  415: 'Not a type that is taken here',
  422: 'Not the right shape; `fields` says where',
  429: 'Too much in a short time; `Retry-After` says when to come back',
  503: 'Something that is needed does not work just now; try again',
}

function errorAnswer(status: string): object {
  const retry = {
    headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } },
  }
  return {
    description: MEANINGS[status] ?? 'It failed',
    ...(status === '429' ? retry : {}),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
}

/** Files travel as multipart, everything else as JSON. */
function bodyOf(schema: TSchema): NonNullable<Operation['requestBody']> {
  const properties = Object.values((schema['properties'] ?? {}) as Record<string, { format?: string }>)
  const type = properties.some(({ format }) => format === 'binary')
    ? 'multipart/form-data'
    : 'application/json'
  return { required: !optional(schema), content: { [type]: { schema } } }
}

function optional(schema: TSchema): boolean {
  return Object.getOwnPropertySymbols(schema).some((symbol) => symbol.description === 'TypeBox.Optional')
}

/** JSON without TypeBox's own marks; of "a number, or text that is one" only the number is told. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) => {
    const union = item as { anyOf?: { type?: string; format?: string }[] } | null
    if (typeof union !== 'object' || !Array.isArray(union?.anyOf)) return item
    const [text, number] = union.anyOf
    const { anyOf: _, ...rest } = union
    return number && NUMBER_TEXTS.includes(text?.format ?? '') ? { ...rest, ...number } : item
  })
}

const NUMBER_TEXTS = ['numeric', 'integer']

/** Records that occur in many places, told once. */
const RECORDS: Readonly<Record<string, TSchema>> = {
  Error: ErrorReply,
  User: UserReply,
  Message: MessageReply,
  Room: RoomReply,
  Member: MemberReply,
  Invite: InviteReply,
}

/** Puts a reference wherever one of the records stands, by comparing their text. */
function withReferences(paths: unknown, schemas: Record<string, unknown>): unknown {
  const byText = new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), name]))
  const walk = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) return node
    if (Array.isArray(node)) return node.map(walk)
    const name = byText.get(JSON.stringify(node))
    if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item)]))
  }
  return walk(paths)
}
