/**
 * Open WebUI's error shape, `{"detail": …}`, and the texts its front end shows as toasts. Faults of the
 * core are mapped here once; a 422 looks as FastAPI's does, because the front end reads `detail[0].msg`.
 */
import type { ValidationError } from 'elysia'
import { AppFault, type FaultKind } from '../../core/faults.ts'
import { UpstreamFailure } from '../../core/ports.ts'
import { causeOf, isFailedValidation, problemsOf } from '../shared/validation.ts'

/** Texts of the wire contract; the front end shows them, some it compares. */
export const TEXT = {
  notAuthenticated: 'Not authenticated',
  invalidToken: 'Your session has expired or the token is invalid. Please sign in again.',
  staleToken: 'Invalid token',
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
  'chat.not_accessible': [401, TEXT.accessProhibited],
  'chat.tool_call_not_found': [404, 'Tool call not found.'],
  'chat.tool_call_resolved': [409, 'Tool call has already been resolved.'],
  'model.not_found_to_change': [401, TEXT.notFound],
  'model.forbidden': [401, TEXT.accessProhibited],
  'model.history_forbidden': [403, TEXT.accessProhibited],
  'model.id_taken': [401, TEXT.modelIdTaken],
  'share.forbidden': [401, TEXT.accessProhibited],
  'account.first_admin': [403, TEXT.actionProhibited],
  'group.not_found': [404, 'Group not found.'],
  'group.parent_not_found': [404, 'Parent group not found.'],
  'chat.busy': [409, 'Wait for the current response to finish before compacting.'],
  'chat.no_community_sharing': [401, TEXT.accessProhibited],
  'connection.not_found': [404, 'Connection not found'],
  'media.unreachable': [502, 'Open WebUI: Server Connection Error'],
  'openai.none': [401, 'OpenAI API was not found'],
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
  path: string,
  report: (error: unknown) => void,
): Response {
  const response = responseOf(thrown, code, report)
  // Forms that carry passwords are told nothing of what was in them.
  if (response.status !== 422 || !path.startsWith('/api/v1/auths/')) return response
  return detailResponse(422, 'Invalid authentication request.')
}

function responseOf(thrown: unknown, code: string | number, report: (error: unknown) => void): Response {
  const error = causeOf(thrown, code)
  if (isFailedValidation(error)) return shapeResponse([], 'body')
  if (error instanceof Detail) return detailResponse(error.status, error.detail)
  if (error instanceof AppFault) return faultResponse(error)
  // A provider's trouble is none of ours.
  if (error instanceof UpstreamFailure) {
    return detailResponse((error.status ?? 0) >= 400 ? (error.status ?? 502) : 502, error.message)
  }
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

/** FastAPI's list of problems, in its words: the front end shows `msg`, programs read `type`. */
function validationResponse(error: ValidationError): Response {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const { path, message, value, schema } of problemsOf(error)) {
    if (problems.length >= 20) break
    if (seen.has(path)) continue
    seen.add(path)
    const steps = path.split('/').slice(1)
    const loc = [error.type, ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))]
    if (value === undefined && steps.length > 0) {
      const parent = valueAt(error.value, steps.slice(0, -1))
      problems.push({ type: 'missing', loc, msg: 'Field required', input: brief(parent) })
    } else problems.push({ ...wrongType(schema, value, message), loc, input: brief(value) })
  }
  return shapeResponse(problems, error.type)
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  let at = value
  for (const step of steps) at = (at as Record<string, unknown> | null)?.[step]
  return at
}

/** What was sent, given back to who sent it; nothing of the size of a file. */
function brief(value: unknown): unknown {
  return value !== undefined && (JSON.stringify(value) ?? '').length <= ECHO_MAX_CHARS ? value : null
}

const ECHO_MAX_CHARS = 4_000

function wrongType(schema: unknown, value: unknown, message: string): { type: string; msg: string } {
  const wanted = kindOf(schema)
  const literal = literalOf(schema)
  if (literal !== undefined) return { type: 'literal_error', msg: `Input should be '${literal}'` }
  const isText = typeof value === 'string'
  const parsing = isText && (wanted === 'integer' || wanted === 'number' || wanted === 'boolean')
  const known = WRONG_TYPE[parsing ? `${wanted}Text` : (wanted ?? '')]
  return known ? { type: known[0], msg: known[1] } : { type: 'value_error', msg: message }
}

/** The type that a schema asks for; of a union the first that is not null. */
function kindOf(schema: unknown): string | undefined {
  const { type, anyOf } = (schema ?? {}) as { type?: string; anyOf?: unknown[] }
  if (anyOf === undefined) return type
  return anyOf.map(kindOf).find((kind) => kind !== undefined && kind !== 'null')
}

function literalOf(schema: unknown): string | undefined {
  const { const: only, anyOf } = (schema ?? {}) as { const?: unknown; anyOf?: unknown[] }
  if (anyOf !== undefined) return anyOf.map(literalOf).find((value) => value !== undefined)
  return typeof only === 'string' ? only : undefined
}

const WRONG_TYPE: Record<string, readonly [type: string, msg: string]> = {
  string: ['string_type', 'Input should be a valid string'],
  boolean: ['bool_type', 'Input should be a valid boolean'],
  booleanText: ['bool_parsing', 'Input should be a valid boolean, unable to interpret input'],
  integer: ['int_type', 'Input should be a valid integer'],
  integerText: ['int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
  number: ['float_type', 'Input should be a valid number'],
  numberText: ['float_parsing', 'Input should be a valid number, unable to parse string as a number'],
  array: ['list_type', 'Input should be a valid list'],
  object: ['dict_type', 'Input should be a valid dictionary'],
}

function shapeResponse(problems: Problem[], part: string): Response {
  if (problems.length > 0) return detailResponse(422, problems)
  return detailResponse(422, [{ type: 'missing', loc: [part], msg: 'Field required', input: null }])
}
