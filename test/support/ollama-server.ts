// A small Ollama: lists two models, keeps them in memory, pulls with progress, and refuses in its own words. It keeps what it was asked.
export interface OllamaRequest {
  method: string
  path: string
  body: Record<string, unknown>
  headers: Headers
}

export interface FakeOllama {
  /** As OLLAMA_BASE_URL wants it. */
  url: string
  requests: OllamaRequest[]
  models: string[]
  stop(): Promise<void>
}

/** Starts one on a free port of 127.0.0.1. */
export function startOllama(models = ['llama3:8b', 'nomic-embed:latest']): FakeOllama {
  const requests: OllamaRequest[] = []
  const entries = () => fake.models.map((model) => ({ name: model, model, size: 4_000 }))
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const path = new URL(request.url).pathname
      const text = await request.text()
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
      requests.push({ method: request.method, path, body, headers: request.headers })
      if (path === '/v1/models')
        return Response.json({ data: fake.models.map((id) => ({ id, object: 'model' })) })
      if (path === '/api/tags') return Response.json({ models: entries() })
      if (path === '/api/ps') return Response.json({ models: entries().slice(0, 1) })
      if (path === '/api/version') return Response.json({ version: '0.11.0' })
      if (path === '/api/pull' || path === '/api/create' || path === '/api/push') return progress(body)
      return answer(request.method, path, body)
    },
  })
  const answer = (method: string, path: string, body: Record<string, unknown>): Response => {
    const model = String(body['model'] ?? body['source'])
    if (!fake.models.includes(model))
      return Response.json({ error: `model "${model}" not found` }, { status: 404 })
    if (path === '/api/delete' && method === 'DELETE') {
      fake.models = fake.models.filter((one) => one !== model)
      return new Response(null, { status: 200 })
    }
    if (path === '/api/copy') {
      fake.models.push(String(body['destination']))
      return new Response(null, { status: 200 })
    }
    if (path === '/api/show') return Response.json({ details: { family: 'llama' }, model })
    if (path === '/api/embed') return Response.json({ model, embeddings: [[1, 2, 3]] })
    return Response.json({ path, model, done: true })
  }
  const fake: FakeOllama = {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    models: [...models],
    stop: () => server.stop(true),
  }
  return fake
}

function progress(body: Record<string, unknown>): Response {
  const steps = [
    { status: `pulling ${String(body['model'])}` },
    { completed: 5, total: 10 },
    { status: 'success' },
  ]
  return new Response(steps.map((step) => `${JSON.stringify(step)}\n`).join(''), {
    headers: { 'content-type': 'application/x-ndjson' },
  })
}
