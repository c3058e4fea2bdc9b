// A service that speaks, listens and draws in OpenAI's dialect. It keeps what it was asked.
import { TINY_PNG } from './test-images.ts'

export interface MediaRequest {
  method: string
  path: string
  search: string
  authorization: string | null
  body: Record<string, unknown>
}

export interface MediaServer {
  /** With `/v1`, as the settings want it. */
  url: string
  requests: MediaRequest[]
  /** The next answers are refusals with this status; null heals it. */
  refuse(status: number | null): void
  stop(): Promise<void>
}

/** Starts one on a free port of 127.0.0.1. */
export function startMediaServer(): MediaServer {
  const requests: MediaRequest[] = []
  let refusal: number | null = null
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname: path, search } = new URL(request.url)
      const authorization = request.headers.get('authorization')
      const body = await bodyOf(request)
      requests.push({ method: request.method, path, search, authorization, body })
      if (refusal !== null) return Response.json({ error: { message: 'Not today.' } }, { status: refusal })
      if (path === '/v1/audio/speech')
        return new Response(`spoken: ${String(body['input'])}`, { headers: { 'content-type': 'audio/wav' } })
      if (path === '/v1/audio/transcriptions') {
        if (body['language'] === 'xx')
          return Response.json({ error: { message: 'No such language.' } }, { status: 400 })
        return Response.json({ text: 'what was said' })
      }
      if (path === '/v1/audio/voices') return Response.json({ voices: [{ id: 'v1', name: 'Vera' }] })
      if (path === '/v1/audio/models') return Response.json({ models: [{ id: 'm1' }] })
      if (path.startsWith('/v1/images/'))
        return Response.json({ data: [{ b64_json: Buffer.from(TINY_PNG).toString('base64') }] })
      return Response.json({ path, search, model: body['model'] ?? null })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    requests,
    refuse: (status) => void (refusal = status),
    stop: () => server.stop(true),
  }
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  if (request.headers.get('content-type')?.includes('multipart')) {
    const form = await request.formData()
    return Object.fromEntries(
      await Promise.all(
        [...form].map(async ([name, value]) => [
          name,
          typeof value === 'string' ? value : await value.text(),
        ]),
      ),
    )
  }
  const text = await request.text()
  return text.startsWith('{') ? JSON.parse(text) : {}
}
