// A small MCP server (streamable HTTP) with sessions: an adder that counts its calls, and a tool that fails.
export interface McpServerOptions {
  /** Answers in server-sent events instead of JSON. */
  stream?: boolean
  key?: string
}

const schema = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } }

const TOOLS = [
  { name: 'add', description: 'Adds two numbers', inputSchema: schema },
  { name: 'fail', description: 'Fails', inputSchema: { type: 'object', properties: {} } },
]

interface Message {
  id?: number
  method: string
  params?: { name?: string; arguments?: Record<string, number>; cursor?: string }
}

/** Starts one on a free port of 127.0.0.1. */
export function startMcpServer(options: McpServerOptions = {}) {
  const sessions = new Map<string, { calls: number }>()
  const methods: string[] = []
  let lastSession = 0

  function result(message: Message, session: { calls: number }): unknown {
    const { name, arguments: input = {}, cursor } = message.params ?? {}
    if (message.method === 'initialize')
      return {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'test', version: '1' },
        instructions: 'Add {{USER_NAME}} never.',
      }
    // One tool a page.
    if (message.method === 'tools/list')
      return cursor ? { tools: TOOLS.slice(1) } : { tools: TOOLS.slice(0, 1), nextCursor: 'more' }
    session.calls += 1
    if (name === 'fail') return { content: [{ type: 'text', text: 'It broke' }], isError: true }
    const text = `${(input['a'] ?? 0) + (input['b'] ?? 0)} (call ${session.calls})`
    return {
      content: [
        { type: 'text', text },
        { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      ],
    }
  }

  async function answer(request: Request): Promise<Response> {
    const given = request.headers.get('mcp-session-id')
    if (options.key && request.headers.get('authorization') !== `Bearer ${options.key}`)
      return new Response('Unauthorized', { status: 401 })
    if (request.method === 'DELETE') {
      methods.push('DELETE')
      return new Response(null, { status: sessions.delete(given ?? '') ? 204 : 404 })
    }
    // It has nothing to say by itself.
    if (request.method !== 'POST') return new Response(null, { status: 405 })
    const message = (await request.json()) as Message
    methods.push(message.method)
    const id = message.method === 'initialize' ? `session-${++lastSession}` : given
    if (message.method === 'initialize') sessions.set(id!, { calls: 0 })
    const session = sessions.get(id ?? '')
    if (!session) return new Response('No such session', { status: 404 })
    if (message.id === undefined) return new Response(null, { status: 202 })
    const reply = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: result(message, session) })
    const note = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: {} })
    const body = options.stream
      ? `event: message\ndata: ${note}\n\nevent: message\ndata: ${reply}\n\n`
      : reply
    const type = options.stream ? 'text/event-stream' : 'application/json'
    return new Response(body, { headers: { 'content-type': type, 'mcp-session-id': id! } })
  }

  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer })
  return {
    url: `http://127.0.0.1:${server.port}/mcp`,
    methods,
    /** As after a restart. */
    forget: () => sessions.clear(),
    stop: () => server.stop(true),
  }
}
