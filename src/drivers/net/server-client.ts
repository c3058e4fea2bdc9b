/**
 * Requests to servers that an administrator named (tool servers, terminal servers): bounded in time and size, and to
 * any address, inner ones too, as with model providers. A redirect ends them: it could carry a key elsewhere.
 */
import type { ServerClient } from '../../core/ports.ts'
import type { GuardedFetch } from './guarded-fetch.ts'

/** `fetch` must be made with `allowPrivate` and without redirects. */
export function createServerClient(fetch: GuardedFetch): ServerClient {
  return {
    async send({ url, ...request }) {
      const answer = await fetch(url, request)
      return {
        status: answer.status,
        contentType: answer.headers.get('content-type') ?? '',
        bytes: answer.bytes,
      }
    },
  }
}
