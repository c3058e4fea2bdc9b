/**
 * Builds every answer of this face. The content type is exactly `application/json`: the web client
 * compares with `===`, and Bun's own Response.json adds a charset.
 */
import { randomWireId } from '../ids.ts'
import type { Told } from '../errors.ts'

/** Changes with the client configuration; the part before the second-to-last dots is the version. */
export interface VersionId {
  current(): string
}

export type Extra = Record<string, string>

export class Replies {
  readonly #version: VersionId
  constructor(version: VersionId) {
    this.#version = version
  }

  json(body: unknown, status = 200, extra?: Extra): Response {
    return this.raw(JSON.stringify(body), status, extra)
  }

  /** `body` is JSON text already. */
  raw(body: string, status = 200, extra?: Extra): Response {
    return new Response(body, { status, headers: this.headers('application/json', extra) })
  }

  ok(extra?: Extra): Response {
    return this.raw('{"status":"OK"}', 200, extra)
  }

  /** As `raw`, with a tag over the whole text: no change can be missed. `held` is what the client has already. */
  tagged(body: string, held: string | null): Response {
    const etag = `"${Bun.hash(body).toString(36)}"`
    return held === etag ? this.notModified(etag) : this.raw(body, 200, { ETag: etag })
  }

  notModified(etag: string): Response {
    return new Response(null, { status: 304, headers: this.headers(null, { ETag: etag }) })
  }

  error(told: Told, extra?: Extra): Response {
    const requestId = randomWireId()
    const headers: Extra = { ...extra, 'X-Request-Id': requestId }
    if (told.retryAfterS !== null) headers['Retry-After'] = String(Math.ceil(told.retryAfterS))
    return this.json({ ...told.body, request_id: requestId }, told.status, headers)
  }

  headers(contentType: string | null, extra?: Extra): Headers {
    const headers = new Headers(extra)
    if (contentType) headers.set('Content-Type', contentType)
    if (!headers.has('X-Request-Id')) headers.set('X-Request-Id', randomWireId())
    headers.set('X-Version-Id', this.#version.current())
    headers.set('X-Content-Type-Options', 'nosniff')
    headers.set('Referrer-Policy', 'no-referrer')
    headers.set('Permissions-Policy', '')
    if (!headers.has('Expires') && !headers.has('Cache-Control')) headers.set('Expires', '0')
    return headers
  }
}
