/**
 * Requests to servers that an administrator named (tool servers, terminal servers): bounded in time and size, and to
 * any address, inner ones too, as with model providers. A redirect ends them: it could carry a key elsewhere.
 */
import type { ServerClient, ServerRequest } from '../../core/ports.ts'
import type { GuardedFetch } from './guarded-fetch.ts'

/** `fetch` must be made with `allowPrivate` and without redirects. */
export function createServerClient(fetch: GuardedFetch): ServerClient {
  return {
    async send({ url, body, ...request }) {
      const answer = await fetch(url, {
        ...request,
        ...(body === undefined ? {} : await encoded(request, body)),
      })
      return {
        status: answer.status,
        contentType: answer.headers.get('content-type') ?? '',
        header: (name) => answer.headers.get(name),
        bytes: answer.bytes,
      }
    },
  }
}

/** A form becomes bytes, whose type names what is between its parts. */
async function encoded({ headers }: Pick<ServerRequest, 'headers'>, body: string | FormData) {
  if (typeof body === 'string') return { body }
  const form = new Response(body)
  const type = form.headers.get('content-type') ?? 'multipart/form-data'
  return { headers: { ...headers, 'content-type': type }, body: new Uint8Array(await form.arrayBuffer()) }
}
