/** Tool servers as an administrator wrote them into `tool_server.connections`, read with care: the form keeps any JSON. */
import { isJson, jsonOf, listOf, textOf } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { readGrants, type GrantInput } from '../grants/grants.ts'
import type { User } from '../types.ts'

export interface ToolConnection {
  kind: 'openapi' | 'mcp'
  /** As `server:<id>` or `server:mcp:<id>` names it; its place in the list when it has none. */
  id: string
  name: string | null
  description: string | null
  url: string
  /** Where the OpenAPI document lies, below `url` or anywhere. */
  path: string
  /** The document itself, when it was pasted into the form. */
  document: string | null
  auth: string
  key: string | null
  headers: Record<string, string>
  enabled: boolean
  /** Nobody named = administrators only. */
  grants: GrantInput[]
  /** Names (or their ends) that are offered, `!` before those that are not; empty = all. */
  filter: string[]
}

export function connectionsOf(value: unknown): ToolConnection[] {
  return listOf(value).filter(isJson).map(connectionOf)
}

export function connectionOf(given: Json, at = 0): ToolConnection {
  const [info, config] = [jsonOf(given['info']), jsonOf(given['config'])]
  const filter = config['function_name_filter_list']
  const names = typeof filter === 'string' ? filter.split(',') : listOf(filter).map(String)
  return {
    kind: given['type'] === 'mcp' ? 'mcp' : 'openapi',
    id: textOf(info['id']) ?? String(at),
    name: textOf(info['name']),
    description: textOf(info['description']),
    url: (textOf(given['url']) ?? '').replace(/\/+$/, ''),
    path: textOf(given['path']) ?? 'openapi.json',
    document: given['spec_type'] === 'json' ? textOf(given['spec']) : null,
    auth: textOf(given['auth_type']) ?? 'bearer',
    key: textOf(given['key']),
    headers: Object.fromEntries(
      Object.entries(jsonOf(given['headers'])).flatMap(([name, text]) =>
        typeof text === 'string' ? [[name, text]] : [],
      ),
    ),
    enabled: Boolean(config['enable']),
    grants: readGrants(config['access_grants']),
    filter: names.map((name) => name.trim()).filter((name) => name !== ''),
  }
}

export const toolIdOf = ({ kind, id }: ToolConnection): string =>
  kind === 'mcp' ? `server:mcp:${id}` : `server:${id}`

/** Where the document is to be had. */
export function documentUrl({ url, path }: ToolConnection): string {
  if (path.includes('://')) return path
  return `${url}${path.startsWith('/') ? '' : '/'}${path}`
}

export function isOffered({ filter }: ToolConnection, name: string): boolean {
  const [blocked, allowed] = [
    filter.filter((one) => one.startsWith('!')),
    filter.filter((one) => !one.startsWith('!')),
  ]
  if (allowed.length > 0 && !allowed.some((end) => name.endsWith(end))) return false
  return !blocked.some((end) => name.endsWith(end.slice(1)))
}

/** Who asks, in which chat: what a server is told when its headers name it. */
export interface Asker {
  user: User
  /** The token of the person's own session, for servers that are to know them by it. */
  credential: string | null
  chatId: string | null
  messageId: string | null
}

/** Throws an Error with a text for people when the connection wants what this server does not have. */
export function headersOf(connection: ToolConnection, asker: Asker): Record<string, string> {
  const headers = authorisation(connection, asker)
  for (const [name, text] of Object.entries(connection.headers)) {
    headers[name.toLowerCase()] = filledIn(text, asker)
  }
  return headers
}

function authorisation({ auth, key }: ToolConnection, asker: Asker): Record<string, string> {
  switch (auth) {
    case 'none':
      return {}
    case 'bearer':
      return key === null ? {} : { authorization: `Bearer ${key}` }
    case 'session':
      if (asker.credential === null) throw new Error('This tool server needs a session, and there is none.')
      return { authorization: `Bearer ${asker.credential}` }
    default:
      throw new Error(`This tool server asks for a sign-in (${auth}) that this server does not offer.`)
  }
}

function filledIn(text: string, { user, chatId, messageId }: Asker): string {
  const values: Record<string, string> = {
    '{{USER_ID}}': user.id,
    '{{USER_NAME}}': user.displayName,
    '{{USER_EMAIL}}': user.email ?? '',
    '{{USER_ROLE}}': user.role,
    '{{CHAT_ID}}': chatId ?? '',
    '{{MESSAGE_ID}}': messageId ?? '',
  }
  return text.replaceAll(/\{\{[A-Z_]+\}\}/g, (name) => encoded(values[name] ?? ''))
}

/** A header holds no letters beyond ASCII and no line ends. */
const encoded = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text))
