/**
 * Open WebUI's error shape, `{"detail": …}`, and the texts its front end shows as toasts. Faults of the
 * core are mapped here once; a 422 looks as FastAPI's does, because the front end reads `detail[0].msg`.
 */
import type { ValidationError } from 'elysia'
import { AppFault, type FaultKind } from '../../core/faults.ts'
import { causeOf, isFailedValidation, problemsOf } from '../shared/validation.ts'

/** Texts of the wire contract; the front end shows them, some it compares. */
export const TEXT = {
  notAuthenticated: 'Not authenticated',
  invalidToken: 'Your session has expired or the token is invalid. Please sign in again.',
  invalidCredentials:
    'The email or password provided is incorrect. Please check for typos and try logging in again.',
  invalidEmail:
    "The email format you entered is invalid. Please double-check and make sure you're using a valid email address (e.g., yourname@example.com).",
  incorrectPassword: 'The password provided is incorrect. Please check for typos and try again.',
  emailTaken:
    'Uh-oh! This email is already registered. Sign in with your existing account or choose another email to start anew.',
  accessProhibited:
    'You do not have permission to access this resource. Please contact your administrator for assistance.',
  actionProhibited: 'The requested action has been restricted as a security measure.',
  notFound: "We could not find what you're looking for :/",
  unauthorized: '401 Unauthorized',
  apiKeyNotFound:
    "Oops! It looks like there's a hiccup. The API key is missing. Please make sure to provide a valid API key to access this feature.",
  apiKeyNotAllowed: 'Use of API key is not enabled in the environment.',
  apiKeyCreationNotAllowed: 'API key creation is not allowed in the environment.',
  modelIdTaken: 'Uh-oh! This model id is already registered. Please choose another model id string.',
  commandTaken: 'Uh-oh! This command is already registered. Please choose another command string.',
  passwordTooLong:
    'Uh-oh! The password you entered is too long. Please make sure your password is less than 72 bytes long.',
  default: 'Something went wrong :/',
} as const

/** An answer in exactly these words; thrown by handlers where the original's status and text matter. */
export class Detail extends Error {
  override readonly name = 'Detail'
  readonly status: number
  readonly detail: unknown
  constructor(status: number, detail: unknown) {
    super(typeof detail === 'string' ? detail : 'detail')
    this.status = status
    this.detail = detail
  }
}

export const detail = {
  notFound: (text: string = TEXT.notFound) => new Detail(404, text),
  unauthorized: (text: string = TEXT.accessProhibited) => new Detail(401, text),
  forbidden: (text: string = TEXT.accessProhibited) => new Detail(403, text),
  bad: (text: string = TEXT.default) => new Detail(400, text),
}

const STATUS_OF: Record<FaultKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 400,
  gone: 404,
  too_large: 413,
  unsupported_type: 400,
  rate_limited: 429,
  unavailable: 503,
  not_built: 501,
}

/** Where the original's answer differs from what the kind of fault says. */
const BY_CODE: Record<string, readonly [status: number, text: string]> = {
  'chat.not_found': [401, TEXT.notFound],
  'auth.required': [401, TEXT.notAuthenticated],
  'auth.invalid_token': [401, TEXT.invalidToken],
  'auth.bad_credentials': [400, TEXT.invalidCredentials],
  'auth.invalid_credentials': [400, TEXT.invalidCredentials],
  'user.email_taken': [400, TEXT.emailTaken],
  'account.email_taken': [400, TEXT.emailTaken],
  'email.taken': [400, TEXT.emailTaken],
}

export function detailResponse(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify({ detail: value }), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

function faultResponse(fault: AppFault): Response {
  const known = BY_CODE[fault.code]
  if (known) return detailResponse(known[0], known[1])
  const retry: Record<string, string> =
    fault.retryAfterS === undefined ? {} : { 'retry-after': String(Math.ceil(fault.retryAfterS)) }
  const text = fault.kind === 'not_found' ? TEXT.notFound : fault.message
  return detailResponse(STATUS_OF[fault.kind], text, retry)
}

/** Maps whatever a route of this face threw. Unknown errors are opaque; `report` gets them. */
export function toResponse(
  thrown: unknown,
  code: string | number,
  report: (error: unknown) => void,
): Response {
  const error = causeOf(thrown, code)
  if (isFailedValidation(error)) return shapeResponse([], 'body')
  if (error instanceof Detail) return detailResponse(error.status, error.detail)
  if (error instanceof AppFault) return faultResponse(error)
  switch (code) {
    case 'VALIDATION':
      return validationResponse(error as ValidationError)
    case 'PARSE':
      return detailResponse(422, [
        { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} },
      ])
    case 'NOT_FOUND':
      return detailResponse(404, 'Not Found')
    default:
      report(error)
      return detailResponse(500, TEXT.default)
  }
}

interface Problem {
  type: string
  loc: (string | number)[]
  msg: string
  input: unknown
}

/** FastAPI's list of problems. Values are not echoed, except that the key is there. */
function validationResponse(error: ValidationError): Response {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const { path, message, value } of problemsOf(error)) {
    if (problems.length >= 20) break
    if (seen.has(path)) continue
    seen.add(path)
    const missing = value === undefined
    problems.push({
      type: missing ? 'missing' : 'value_error',
      loc: [error.type, ...path.split('/').slice(1)],
      msg: missing ? 'Field required' : message,
      input: null,
    })
  }
  return shapeResponse(problems, error.type)
}

function shapeResponse(problems: Problem[], part: string): Response {
  if (problems.length > 0) return detailResponse(422, problems)
  return detailResponse(422, [{ type: 'missing', loc: [part], msg: 'Field required', input: null }])
}
