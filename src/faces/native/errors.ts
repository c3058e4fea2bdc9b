/** Native error shape: `{"error": {"code", "message", "fields"?}}` with the status that fits. */
import { AppFault, type FaultKind } from '../../core/faults.ts'
import type { ValidationError } from 'elysia'
import { causeOf, isFailedValidation, problemsOf } from '../shared/validation.ts'

export const statusOfKind: Record<FaultKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_type: 415,
  rate_limited: 429,
  unavailable: 503,
  not_built: 501,
}

export interface ErrorBody {
  error: { code: string; message: string; fields?: Record<string, string> }
}

const jsonHeaders = { 'content-type': 'application/json' }

export function errorResponse(
  status: number,
  code: string,
  message: string,
  details: { fields?: Record<string, string>; retryAfterS?: number } = {},
): Response {
  const body: ErrorBody = { error: { code, message, ...(details.fields ? { fields: details.fields } : {}) } }
  const headers: Record<string, string> = { ...jsonHeaders }
  if (details.retryAfterS !== undefined)
    headers['retry-after'] = String(Math.max(1, Math.ceil(details.retryAfterS)))
  return new Response(JSON.stringify(body), { status, headers })
}

export function faultResponse(fault: AppFault): Response {
  return errorResponse(statusOfKind[fault.kind], fault.code, fault.message, fault)
}

/**
 * Maps whatever a native route threw. Unknown errors are opaque to the client; `report` gets them.
 * Elysia's own codes: https://elysiajs.com/essential/life-cycle#on-error
 */
export function toResponse(
  thrown: unknown,
  code: string | number,
  report: (error: unknown) => void,
): Response {
  const error = causeOf(thrown, code)
  if (error instanceof AppFault) return faultResponse(error)
  if (isFailedValidation(error)) return errorResponse(422, 'schema', SHAPE)
  switch (code) {
    case 'VALIDATION':
      return validationResponse(error as ValidationError)
    case 'PARSE':
      return errorResponse(400, 'bad_json', 'The body is not valid JSON.')
    case 'NOT_FOUND':
      return errorResponse(404, 'not_found', 'There is no such route.')
    case 'INVALID_FILE_TYPE':
      return errorResponse(415, 'unsupported_type', 'That type of file is not taken here.')
    default:
      report(error)
      return errorResponse(500, 'internal', 'Something went wrong on our side.')
  }
}

const SHAPE = 'The request does not have the right shape.'
const MAX_FIELDS = 20

/** 422 when the shape is wrong; `fields` names each place without echoing what was sent. */
function validationResponse(error: ValidationError): Response {
  const fields: Record<string, string> = {}
  for (const { path, message } of problemsOf(error)) {
    if (Object.keys(fields).length >= MAX_FIELDS) break
    fields[path.replace(/^\//, '').replaceAll('/', '.') || error.type] ??= message
  }
  return errorResponse(422, 'schema', SHAPE, { fields })
}
