/**
 * Sessions with MCP servers, one for each person, chat and connection: a server may keep things between two calls. One
 * that is not used for a while is ended; one that its server has forgotten is begun anew.
 */
import type { OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { headersOf, type Asker, type ToolConnection } from './connections.ts'
import { McpForgotten, openMcp, type McpSession, type McpTool } from './mcp-client.ts'

const IDLE_MS = 5 * 60_000
const SESSIONS_MAX = 200

interface Kept {
  session: Promise<McpSession>
  tools: Promise<McpTool[]>
  cancel: () => void
}

export type McpSessions = ReturnType<typeof createMcpSessions>

export function createMcpSessions({ deps }: OpenwebuiContext) {
  const kept = new Map<string, Kept>()

  function drop(key: string): void {
    const entry = kept.get(key)
    if (!entry) return
    kept.delete(key)
    entry.cancel()
    entry.session
      .then((session) => session.close())
      .catch((error: unknown) => deps.log.debug('an MCP session was not ended well', { error }))
  }

  function begin(key: string, url: string, headers: Record<string, string>): Kept {
    const session = openMcp(deps.servers, { url, headers })
    const tools = session.then((open) => open.tools())
    const entry: Kept = { session, tools, cancel: () => {} }
    kept.set(key, entry)
    // What failed is not kept; whoever waits for it is told.
    tools.catch(() => kept.get(key) === entry && drop(key))
    for (const old of kept.keys()) if (kept.size > SESSIONS_MAX) drop(old)
    return entry
  }

  function of(connection: ToolConnection, asker: Asker): { key: string; entry: Kept } {
    const headers = headersOf(connection, { ...asker, messageId: null })
    const key = JSON.stringify([connection.url, headers, asker.user.id, asker.chatId])
    const entry = kept.get(key) ?? begin(key, connection.url, headers)
    entry.cancel()
    entry.cancel = deps.clock.after(IDLE_MS, () => drop(key))
    return { key, entry }
  }

  return {
    /** Throws when the server cannot be reached, or wants a sign-in that is not offered here. */
    async tools(
      connection: ToolConnection,
      asker: Asker,
    ): Promise<{ tools: McpTool[]; instructions: string | null }> {
      const { entry } = of(connection, asker)
      const tools = await entry.tools
      return { tools, instructions: (await entry.session).instructions }
    },

    /** Throws with what the tool said when it failed. */
    async call(
      connection: ToolConnection,
      asker: Asker,
      call: { name: string; input: Json; signal: AbortSignal },
    ): Promise<string> {
      const { key, entry } = of(connection, asker)
      try {
        return await (await entry.session).call(call.name, call.input, call.signal)
      } catch (error) {
        if (!(error instanceof McpForgotten)) throw error
        // It said so before it did anything.
        if (kept.get(key) === entry) drop(key)
        return (await of(connection, asker).entry.session).call(call.name, call.input, call.signal)
      }
    },
  }
}
