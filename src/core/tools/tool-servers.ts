/**
 * Servers of tools that an administrator named: who sees which, and what of them a model may call for a person. The
 * rights are the person's: a server whose grants do not reach them is as if it were not there.
 */
import type { OpenwebuiContext } from '../chats/context.ts'
import type { RunTool } from '../chats/run-tools.ts'
import type { Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor } from '../types.ts'
import { answerText, knownArguments, requestOf } from './call-operation.ts'
import {
  connectionOf,
  connectionsOf,
  documentUrl,
  headersOf,
  isOffered,
  toolIdOf,
  type Asker,
  type ToolConnection,
} from './connections.ts'
import { createToolDocuments, fetchDocument } from './documents.ts'
import { openMcp } from './mcp-client.ts'
import { createMcpSessions } from './mcp-sessions.ts'
import { GUIDE_MAX_CHARS, OPERATIONS_MAX, toolName, type Operation } from './openapi.ts'

const CALL_TIMEOUT_MS = 120_000
const ANSWER_MAX_BYTES = 2_000_000

const NOTHING = { title: null, description: null }

/** As a list of tools shows it. */
export interface ListedServer {
  id: string
  name: string
  description: string
}

export type ToolServers = ReturnType<typeof createToolServers>

export function createToolServers(context: OpenwebuiContext) {
  const { deps } = context
  const documents = createToolDocuments(context)
  const sessions = createMcpSessions(context)

  const all = (): ToolConnection[] =>
    connectionsOf(context.setting<unknown>('tool_server.connections', [])).filter(({ enabled }) => enabled)

  async function open(actor: Actor): Promise<ToolConnection[]> {
    const connections = all()
    if (actor.user.role === 'admin') return connections
    return context.own.grants.reaching(actor.user.id, connections, ({ grants }) => grants)
  }

  /** Named after their server, as two of them often share names. */
  async function mcpTools(connection: ToolConnection, asker: Asker): Promise<RunTool[]> {
    const { tools, instructions } = await sessions.tools(connection, asker)
    const said = instructions?.slice(0, GUIDE_MAX_CHARS)
    const guide = said && `Instructions of the MCP server ${JSON.stringify(connection.id)}:\n${said}`
    return tools
      .filter(({ name }) => isOffered(connection, name))
      .map(({ name, description, parameters }) => ({
        spec: { name: toolName(`${connection.id}_${name}`), description, parameters },
        ...(guide ? { guide } : {}),
        run: (input, signal) => sessions.call(connection, asker, { name, input, signal }),
      }))
  }

  async function operationTools(connection: ToolConnection, asker: Asker): Promise<RunTool[]> {
    const document = await documents.of(connection, all())
    if (!document) throw new Error('It does not describe itself.')
    return document.operations
      .filter(({ name }) => isOffered(connection, name))
      .map((operation) => operationTool(connection, operation, asker))
  }

  function operationTool(connection: ToolConnection, operation: Operation, asker: Asker): RunTool {
    const { name, description, parameters } = operation
    return {
      spec: { name, description, parameters },
      async run(input, signal) {
        const answer = await deps.servers.send({
          ...requestOf(connection.url, operation, knownArguments(operation, input)),
          headers: { 'content-type': 'application/json', ...headersOf(connection, asker) },
          maxBytes: ANSWER_MAX_BYTES,
          timeoutMs: CALL_TIMEOUT_MS,
          signal,
        })
        return answerText(answer)
      },
    }
  }

  async function toolsOf(
    connection: ToolConnection,
    asker: Asker,
    failed: (name: string) => void,
  ): Promise<RunTool[]> {
    try {
      return await (connection.kind === 'mcp' ? mcpTools : operationTools)(connection, asker)
    } catch (error) {
      deps.log.warn('a tool server could not be used', { server: connection.id, error })
      failed(connection.name ?? connection.id)
      return []
    }
  }

  /** Not kept: it is only looked at. */
  async function describedMcp(connection: ToolConnection, asker: Asker): Promise<Json> {
    const session = await openMcp(deps.servers, {
      url: connection.url,
      headers: headersOf(connection, asker),
    })
    const specs = await session.tools()
    await session.close()
    return { status: true, specs }
  }

  return {
    /** What an MCP server offers a person; null = there is none of this id. Throws when it cannot be had. */
    async specs(
      actor: Actor,
      id: string,
      asker: Asker,
    ): Promise<{ name: string; description: string }[] | null> {
      const connection = (await open(actor)).find((one) => one.kind === 'mcp' && toolIdOf(one) === id)
      if (!connection) return null
      const { tools } = await sessions.tools(connection, asker)
      return tools.map(({ name, description }) => ({ name, description }))
    },

    /** Those that answer, of those that the person may use. */
    async list(actor: Actor): Promise<ListedServer[]> {
      const mine = await open(actor)
      const ordered = [
        ...mine.filter(({ kind }) => kind === 'openapi'),
        ...mine.filter(({ kind }) => kind === 'mcp'),
      ]
      const listed = ordered.map(async (connection) => {
        // Each person signs in to an MCP server for themselves: none is asked for a list.
        const document = connection.kind === 'openapi' ? await documents.of(connection, all()) : NOTHING
        if (!document) return null
        return {
          id: toolIdOf(connection),
          name:
            connection.name ??
            document.title ??
            (connection.kind === 'mcp' ? 'MCP Tool Server' : 'Tool Server'),
          description: connection.description ?? document.description ?? '',
        }
      })
      return (await Promise.all(listed)).filter((server) => server !== null)
    },

    /** The tools of these servers (`server:<id>`); ids that the person may not use give none. A server that cannot be had is named to `failed`. */
    async tools(
      actor: Actor,
      ids: readonly string[],
      asker: Asker,
      failed: (name: string) => void,
    ): Promise<RunTool[]> {
      const wanted = new Set(ids.map((id) => id.split('|', 1)[0]!))
      const byName = new Map<string, RunTool>()
      if (![...wanted].some((id) => id.startsWith('server:'))) return []
      for (const connection of await open(actor)) {
        if (!wanted.has(toolIdOf(connection))) continue
        for (const tool of await toolsOf(connection, asker, failed)) {
          const name = freeName(byName, connection.id, tool.spec.name)
          if (byName.size < OPERATIONS_MAX) byName.set(name, { ...tool, spec: { ...tool.spec, name } })
        }
      }
      return [...byName.values()]
    },

    /** What a server that is not saved yet says of itself. Throws `tool_server.unreachable`. */
    async verify(given: Json, asker: Asker): Promise<Json> {
      const connection = connectionOf(given)
      try {
        if (connection.kind === 'mcp') return await describedMcp(connection, asker)
        return await fetchDocument(deps.servers, documentUrl(connection), headersOf(connection, asker))
      } catch (error) {
        deps.log.debug('a tool server could not be verified', { error })
        throw fault.invalid(
          'tool_server.unreachable',
          connection.kind === 'mcp' ? 'Failed to create MCP client' : 'Failed to connect to the tool server',
        )
      }
    },
  }
}

/** Two servers may use one name. */
function freeName(taken: ReadonlyMap<string, unknown>, serverId: string, name: string): string {
  let free = name
  for (let n = 0; taken.has(free); n++)
    free = `${serverId}_${n === 0 ? '' : `${n}_`}${name}`.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64)
  return free
}
