/**
 * OpenAPI documents of tool servers, fetched when they are first needed and kept for a while. A server that does not
 * answer is left alone for a moment, so that no list and no chat waits for it each time.
 */
import { isJson, type OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import type { ServerClient } from '../ports.ts'
import { documentUrl, type ToolConnection } from './connections.ts'
import { operationsOf, type Operation } from './openapi.ts'

const DOCUMENT_MAX_BYTES = 5_000_000
const DOCUMENT_TIMEOUT_MS = 10_000
const FRESH_MS = 10 * 60_000
const FAILED_MS = 30_000

export interface ToolDocument {
  title: string | null
  description: string | null
  operations: Operation[]
}

interface Kept {
  /** Null = it did not answer well. */
  document: Promise<ToolDocument | null>
  until: number
}

export type ToolDocuments = ReturnType<typeof createToolDocuments>

export function createToolDocuments({ deps }: OpenwebuiContext) {
  const kept = new Map<string, Kept>()

  async function load(connection: ToolConnection): Promise<ToolDocument | null> {
    try {
      // Asked for all alike: what belongs to one person is not sent along.
      const headers: Record<string, string> =
        connection.auth === 'bearer' && connection.key ? { authorization: `Bearer ${connection.key}` } : {}
      return read(
        connection.document === null
          ? await fetchDocument(deps.servers, documentUrl(connection), headers)
          : parsed(connection.document),
      )
    } catch (error) {
      deps.log.warn('a tool server did not describe itself', { server: connection.id, error })
      return null
    }
  }

  return {
    /** Null when the server cannot be had. `all` are the connections there are: others are forgotten. */
    async of(connection: ToolConnection, all: readonly ToolConnection[]): Promise<ToolDocument | null> {
      const key = keyOf(connection)
      const known = kept.get(key)
      if (known && known.until > deps.clock.now()) return known.document
      const entry: Kept = { document: load(connection), until: deps.clock.now() + FRESH_MS }
      kept.set(key, entry)
      const current = new Set(all.map(keyOf))
      for (const old of kept.keys()) if (!current.has(old)) kept.delete(old)
      const document = await entry.document
      if (document === null) entry.until = deps.clock.now() + FAILED_MS
      return document
    },
  }
}

const keyOf = ({ url, path, auth, key, document }: ToolConnection): string =>
  JSON.stringify([url, path, auth, key, document])

/** The document as the server gave it. Throws when there is none. */
export async function fetchDocument(
  servers: ServerClient,
  url: string,
  headers: Record<string, string>,
): Promise<Json> {
  const answer = await servers.send({
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...headers },
    maxBytes: DOCUMENT_MAX_BYTES,
    timeoutMs: DOCUMENT_TIMEOUT_MS,
  })
  if (answer.status !== 200) throw new Error(`The tool server answered ${answer.status}.`)
  return parsed(new TextDecoder().decode(answer.bytes))
}

function parsed(text: string): Json {
  const document = jsonOrYaml(text)
  if (!isJson(document)) throw new Error('The tool server described itself in no way that can be read.')
  return document
}

function jsonOrYaml(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return Bun.YAML.parse(text)
  }
}

function read(document: Json): ToolDocument {
  if (!isJson(document['paths'])) throw new Error('The document of the tool server names no paths.')
  const info = isJson(document['info']) ? document['info'] : {}
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 1_000) : null)
  return {
    title: text(info['title']),
    description: text(info['description']),
    operations: operationsOf(document),
  }
}
