/**
 * The little of the Model Context Protocol (streamable HTTP, revision 2025-06-18) that calling tools needs: initialize,
 * tools/list, tools/call. One session is one chat's turn; nothing is pushed to us. Larger parts (sampling, elicitation,
 * resources) are not offered to the server.
 */
import { isJson, jsonOf, listOf, textOf } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { cut } from './call-operation.ts'
import type { ServerAnswer, ServerClient } from '../ports.ts'

export interface McpTool {
  name: string
  description: string
  parameters: Json
}

export interface McpOptions {
  url: string
  headers: Readonly<Record<string, string>>
}

/** The server does not know the session any more. */
export class McpForgotten extends Error {
  override readonly name = 'McpForgotten'
}

const PROTOCOL = '2025-06-18'
const LIST_TIMEOUT_MS = 10_000
const CALL_TIMEOUT_MS = 120_000
const ANSWER_MAX_BYTES = 2_000_000
const PAGES_MAX = 20
const TOOLS_MAX = 128

export type McpSession = Awaited<ReturnType<typeof openMcp>>

/** Throws an Error with a text for people when the server does not answer as one. */
export async function openMcp(servers: ServerClient, { url, headers }: McpOptions) {
  let lastId = 0
  let sessionId: string | null = null
  let protocol = PROTOCOL

  async function post(message: Json, timeoutMs: number, signal?: AbortSignal): Promise<ServerAnswer> {
    const answer = await servers.send({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': protocol,
        ...headers,
        ...(sessionId === null ? {} : { 'mcp-session-id': sessionId }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      maxBytes: ANSWER_MAX_BYTES,
      timeoutMs,
      ...(signal ? { signal } : {}),
    })
    if (answer.status === 404 && sessionId !== null)
      throw new McpForgotten('The MCP server forgot the session.')
    if (answer.status >= 400) throw new Error(`The MCP server answered ${answer.status}.`)
    sessionId ??= answer.header('mcp-session-id')
    return answer
  }

  async function ask(method: string, params: Json, timeoutMs: number, signal?: AbortSignal): Promise<Json> {
    const id = ++lastId
    const answer = await post({ id, method, params }, timeoutMs, signal)
    const reply = messagesIn(answer).find((message) => message['id'] === id)
    if (!reply) throw new Error('The MCP server did not answer.')
    const error = jsonOf(reply['error'])
    if (reply['error']) throw new Error(textOf(error['message']) ?? 'The MCP server had an error.')
    return jsonOf(reply['result'])
  }

  const hello = await ask(
    'initialize',
    { protocolVersion: PROTOCOL, capabilities: {}, clientInfo: { name: 'hubbub', version: '1' } },
    LIST_TIMEOUT_MS,
  )
  protocol = textOf(hello['protocolVersion']) ?? PROTOCOL
  await post({ method: 'notifications/initialized' }, LIST_TIMEOUT_MS)

  return {
    /** As a server wants its tools to be used; null = it says nothing. */
    instructions: textOf(hello['instructions']),

    async tools(): Promise<McpTool[]> {
      const found: McpTool[] = []
      let cursor: string | null = null
      for (let page = 0; page < PAGES_MAX; page++) {
        const result: Json = await ask('tools/list', cursor === null ? {} : { cursor }, LIST_TIMEOUT_MS)
        for (const tool of listOf(result['tools']).filter(isJson)) {
          const name = textOf(tool['name'])
          if (name === null) continue
          found.push({
            name,
            description: textOf(tool['description']) ?? '',
            parameters: jsonOf(tool['inputSchema']),
          })
        }
        cursor = textOf(result['nextCursor'])
        if (cursor === null || found.length >= TOOLS_MAX) break
      }
      return found.slice(0, TOOLS_MAX)
    },

    /** The text of what it said. Throws with it when the tool failed. */
    async call(name: string, input: Json, signal: AbortSignal): Promise<string> {
      const result = await ask('tools/call', { name, arguments: input }, CALL_TIMEOUT_MS, signal)
      const text = cut(contentText(result))
      if (result['isError'] === true) throw new Error(text || 'The tool failed.')
      return text
    },

    /** Servers that keep sessions may forget this one. */
    async close(): Promise<void> {
      if (sessionId === null) return
      await servers.send({
        method: 'DELETE',
        url,
        headers: { ...headers, 'mcp-session-id': sessionId, 'mcp-protocol-version': protocol },
        maxBytes: 10_000,
        timeoutMs: 5_000,
      })
    },
  }
}

/** One JSON message, a list of them, or a stream of events each of which holds one. */
function messagesIn({ contentType, bytes }: ServerAnswer): Json[] {
  const text = new TextDecoder().decode(bytes)
  const parts = contentType.toLowerCase().startsWith('text/event-stream') ? eventsIn(text) : [text]
  return parts
    .filter((part) => part.trim() !== '')
    .flatMap((part) => {
      try {
        const value = JSON.parse(part) as unknown
        return Array.isArray(value) ? value : [value]
      } catch {
        throw new Error('The MCP server sent what cannot be read.')
      }
    })
    .filter(isJson)
}

/** The data of server-sent events. */
function eventsIn(text: string): string[] {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n\n')
    .map((event) =>
      event
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
        .join('\n'),
    )
}

/** Texts, and of anything else what it is. */
function contentText(result: Json): string {
  const parts = listOf(result['content']).filter(isJson)
  if (parts.length === 0 && result['structuredContent'] !== undefined)
    return JSON.stringify(result['structuredContent'])
  return parts
    .map((part) => {
      const resource = jsonOf(part['resource'])
      const text = part['type'] === 'text' ? part['text'] : resource['text']
      if (typeof text === 'string') return text
      const what = textOf(part['mimeType']) ?? textOf(resource['mimeType']) ?? textOf(part['type']) ?? 'data'
      return `(${what}; it is not shown)`
    })
    .join('\n')
}
