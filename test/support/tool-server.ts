// A small OpenAPI tool server (weather, notes), which is a terminal orchestrator too. It keeps what it was asked.
export interface ToolServerRequest {
  method: string
  path: string
  query: Record<string, string[]>
  headers: Record<string, string>
  body: unknown
}

export interface ToolServerOptions {
  /** When set, everything but this bearer token is answered 401. */
  key?: string
}

const text = { type: 'string' }

export const TOOL_DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Weather and notes', description: 'For tests', version: '1' },
  paths: {
    '/weather/{city}': {
      parameters: [{ name: 'city', in: 'path', required: true, schema: text, description: 'A city' }],
      get: {
        operationId: 'get_weather',
        summary: 'The weather in a city',
        parameters: [
          { name: 'days', in: 'query', schema: { type: 'integer' } },
          { name: 'parts', in: 'query', schema: { type: 'array', items: text } },
          { name: 'x-secret', in: 'header', schema: text },
        ],
      },
    },
    '/notes/{id}': {
      put: {
        operationId: 'write_note',
        description: 'Writes a note',
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } } },
      },
      delete: {
        operationId: 'drop_note',
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
      },
    },
    '/moved': { get: { operationId: 'moved' } },
    '/huge': { get: { operationId: 'huge' } },
    '/nameless': { get: { summary: 'Has no operationId' } },
  },
  components: {
    schemas: {
      Note: {
        type: 'object',
        properties: { title: text, parent: { $ref: '#/components/schemas/Note' } },
        required: ['title'],
      },
    },
  },
}

/** Starts one on a free port of 127.0.0.1. */
export function startToolServer(options: ToolServerOptions = {}) {
  const requests: ToolServerRequest[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const url = new URL(request.url)
      const body = await request.text()
      const query = Object.fromEntries(
        [...new Set(url.searchParams.keys())].map((key) => [key, url.searchParams.getAll(key)]),
      )
      requests.push({
        method: request.method,
        path: url.pathname,
        query,
        headers: Object.fromEntries(request.headers),
        body: body === '' ? null : JSON.parse(body),
      })
      if (options.key && request.headers.get('authorization') !== `Bearer ${options.key}`)
        return Response.json({ detail: 'Not authenticated' }, { status: 401 })
      return answer(request.method, url, body)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    /** Calls, without those for documents. */
    calls: () => requests.filter(({ path }) => !path.startsWith('/openapi')),
    stop: () => server.stop(true),
  }
}

function answer(method: string, url: URL, body: string): Response {
  const path = url.pathname
  if (path === '/openapi.json') return Response.json(TOOL_DOCUMENT)
  if (path === '/openapi.yaml') return new Response(Bun.YAML.stringify(TOOL_DOCUMENT))
  if (path === '/moved') return Response.redirect('http://169.254.169.254/latest/meta-data', 302)
  if (path === '/huge') return new Response('x'.repeat(3_000_000))
  if (path.startsWith('/weather/'))
    return Response.json({ city: decodeURIComponent(path.slice(9)), sky: 'clear' })
  if (path === '/notes/none') return Response.json({ detail: 'No such note' }, { status: 404 })
  if (path.startsWith('/notes/')) return Response.json({ [method]: path.slice(7), written: body })
  if (path === '/api/v1/policies') return Response.json([])
  if (path === '/api/v1/policies/none') return new Response('Policy not found', { status: 404 })
  if (path.startsWith('/api/v1/policies/'))
    return Response.json({ method, path, body: body && JSON.parse(body) })
  if (path === '/api/v1/terminals/refresh') return Response.json({ refreshed: JSON.parse(body) })
  return new Response('Not found', { status: 404 })
}
