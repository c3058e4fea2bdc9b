/** An answer that is given before any face hears of the request, in the shape that the face's clients read. */
import { errorResponse } from '../faces/native/errors.ts'
import { peerOf } from '../realtime/peer.ts'
import { faceOfPath } from './face-of.ts'

export interface Refusal {
  status: 403 | 413 | 429
  code: string
  message: string
  retryAfterS?: number
}

export function refuse(request: Request, refusal: Refusal): Response {
  const { status, code, message, retryAfterS } = refusal
  const face = faceOfPath(request.url)
  if (face === 'native' || face === 'assets')
    return errorResponse(status, code, message, retryAfterS === undefined ? {} : { retryAfterS })
  const headers = {
    'content-type': 'application/json',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  }
  const body =
    face === 'openwebui'
      ? { detail: message }
      : {
          id: `api.context.${code}.app_error`,
          message,
          detailed_error: '',
          request_id: peerOf(request).requestId,
          status_code: status,
        }
  return new Response(JSON.stringify(body), { status, headers })
}
