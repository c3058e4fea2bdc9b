/**
 * Bodies that are read into memory whole (JSON and the like) have a limit of their own, far below that of uploads. One
 * that comes in chunks, without a length, is counted while it comes and given up at the limit.
 */
import { notePeer, peerOf } from '../realtime/peer.ts'
import { pathnameOf } from '../server.ts'
import { faceOfPath } from './face-of.ts'
import type { Refusal } from './refusal.ts'

export interface BodyLimits {
  /** JSON of the native face and of Mattermost's. */
  jsonBytes: number
  /** Files. Also Open WebUI's JSON, which holds whole chats with their pictures. */
  uploadBytes: number
}

/** The request to go on with (another object when its body had to be read), or why it is refused. */
export function limitBody(
  request: Request,
  limits: BodyLimits,
): Request | Refusal | Promise<Request | Refusal> {
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD') return request
  const limit = limitOf(request, limits)
  const length = headers.get('content-length')
  if (length !== null) return Number(length) > limit ? tooLarge(limit) : request
  if (!headers.has('transfer-encoding') || limit === limits.uploadBytes) return request
  return readWithin(request, limit)
}

/** Mattermost's clients send files here bare, under whatever type they have. */
const RAW_UPLOAD = /^\/api\/v4\/(?:files|uploads)(?:\/|$)/

function limitOf(request: Request, { jsonBytes, uploadBytes }: BodyLimits): number {
  if (faceOfPath(request.url) === 'openwebui' || RAW_UPLOAD.test(pathnameOf(request.url))) return uploadBytes
  const type = request.headers.get('content-type') ?? ''
  return /^(?:multipart\/|image\/|application\/octet-stream)/i.test(type) ? uploadBytes : jsonBytes
}

async function readWithin(request: Request, limit: number): Promise<Request | Refusal> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    // Leaving the loop cancels the rest.
    if (size > limit) return tooLarge(limit)
    chunks.push(chunk)
  }
  const { method, headers, signal, url } = request
  const copy = new Request(url, { method, headers, signal, body: Buffer.concat(chunks) })
  notePeer(copy, peerOf(request))
  return copy
}

function tooLarge(limit: number): Refusal {
  return { status: 413, code: 'too_large', message: `The body is larger than ${limit} bytes.` }
}
