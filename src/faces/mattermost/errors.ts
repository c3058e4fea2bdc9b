/**
 * Mattermost's AppError: the one place where what went wrong gets its id, status and words.
 * Clients decide on `status_code` in the body, so it is always there and never 401 for less than a lost session.
 */
import { AppFault, type FaultKind } from '../../core/faults.ts'

/** Thrown inside this face where Mattermost has an id of its own for the failure. */
export class MmError extends Error {
  override readonly name = 'MmError'
  readonly status: number
  readonly id: string
  readonly detail: string
  constructor(status: number, id: string, message: string, detail = '') {
    super(message)
    this.status = status
    this.id = id
    this.detail = detail
  }
}

export interface AppErrorBody {
  id: string
  message: string
  detailed_error: string
  request_id: string
  status_code: number
}

/** The failures that many routes share, by the name of what was wrong. */
export const refuse = {
  urlParam: (name: string) =>
    new MmError(
      400,
      'api.context.invalid_url_param.app_error',
      `Invalid or missing ${name} parameter in request URL.`,
    ),
  bodyParam: (name: string) =>
    new MmError(
      400,
      'api.context.invalid_body_param.app_error',
      `Invalid or missing ${name} in request body.`,
    ),
  permission: () =>
    new MmError(403, 'api.context.permissions.app_error', 'You do not have the appropriate permissions.'),
  session: () =>
    new MmError(
      401,
      'api.context.session_expired.app_error',
      'Invalid or expired session, please login again.',
    ),
  licence: (where = 'api.license_error') =>
    new MmError(501, where, 'Your license does not support this feature.'),
  off: (id: string, message: string) => new MmError(501, id, message),
  notFound: (id: string, message: string) => new MmError(404, id, message),
  path: () =>
    new MmError(
      404,
      'api.context.404.app_error',
      'Sorry, we could not find the page.',
      'There is no such path.',
    ),
}

const BY_KIND: Record<FaultKind, { status: number; id: string }> = {
  invalid: { status: 400, id: 'api.context.invalid_body_param.app_error' },
  unauthenticated: { status: 401, id: 'api.context.session_expired.app_error' },
  forbidden: { status: 403, id: 'api.context.permissions.app_error' },
  not_found: { status: 404, id: 'app.not_found.app_error' },
  conflict: { status: 400, id: 'app.conflict.app_error' },
  gone: { status: 400, id: 'app.gone.app_error' },
  too_large: { status: 413, id: 'api.context.request_body_too_large.app_error' },
  unsupported_type: { status: 400, id: 'api.file.unsupported_type.app_error' },
  rate_limited: { status: 429, id: 'api.context.rate_limited.app_error' },
  unavailable: { status: 503, id: 'api.context.unavailable.app_error' },
  not_built: { status: 501, id: 'api.not_built.app_error' },
}

/** Core codes for which clients test Mattermost's own id. */
const BY_CODE: Record<string, { id: string; status?: number }> = {
  'user.username_taken': { id: 'app.user.save.username_exists.app_error' },
  'user.email_taken': { id: 'app.user.save.email_exists.app_error' },
  'account.username_taken': { id: 'app.user.save.username_exists.app_error' },
  'account.email_taken': { id: 'app.user.save.email_exists.app_error' },
  'auth.wrong_password': { id: 'api.user.update_password.incorrect.app_error', status: 400 },
  'auth.signup_disabled': { id: 'api.user.create_user.signup_email_disabled.app_error', status: 501 },
  'user.not_found': { id: 'app.user.missing_account.const' },
  'room.not_found': { id: 'app.channel.get.existing.app_error' },
  'room.slug_taken': { id: 'store.sql_channel.save_channel.exists.app_error' },
  'room.archived': { id: 'api.post.create_post.can_not_post_to_deleted.error', status: 400 },
  'room.deleted': { id: 'api.post.create_post.can_not_post_to_deleted.error', status: 400 },
  'message.not_found': { id: 'app.post.get.app_error' },
  'message.root_not_found': { id: 'api.post.create_post.root_id.app_error', status: 400 },
  'message.thread_not_found': { id: 'api.post.create_post.root_id.app_error', status: 400 },
  'message.too_long': { id: 'model.post.is_valid.message_length.app_error', status: 400 },
  'team.not_found': { id: 'app.team.get.find.app_error' },
  'team.slug_taken': { id: 'app.team.save.existing.app_error' },
  'file.not_found': { id: 'app.file_info.get.app_error' },
  'emoji.name_taken': { id: 'api.emoji.create.duplicate.app_error' },
  'emoji.not_found': { id: 'app.emoji.get.no_result' },
  'hook.not_found': { id: 'app.webhooks.get_incoming.app_error' },
  'command.not_found': { id: 'app.command.getcommand.internal_error' },
}

export interface Told {
  status: number
  body: Omit<AppErrorBody, 'request_id'>
  retryAfterS: number | null
  /** A bug or an outage: told opaquely, to be logged. */
  unexpected: boolean
}

/** What to tell the client about anything thrown. */
export function tell(error: unknown): Told {
  if (error instanceof MmError) {
    return told(error.status, error.id, error.message, error.detail)
  }
  if (error instanceof AppFault) return tellFault(error)
  // The image tool's own word for a picture that cannot be read (src/drivers/images).
  if (error instanceof Error && error.name === 'ImageError') {
    return told(400, 'api.user.upload_profile_user.decode.app_error', 'Could not decode the picture.')
  }
  const opaque = told(500, 'api.context.internal.app_error', 'An internal error has occurred.')
  return { ...opaque, unexpected: true }
}

function tellFault(error: AppFault): Told {
  const kind = BY_KIND[error.kind]
  const known = BY_CODE[error.code]
  const fields = error.fields ? Object.entries(error.fields).map(([name, why]) => `${name}: ${why}`) : []
  const message = [error.message, ...fields].join(' ')
  const out = told(known?.status ?? kind.status, known?.id ?? kind.id, message)
  return { ...out, retryAfterS: error.retryAfterS ?? null }
}

function told(status: number, id: string, message: string, detail = ''): Told {
  return {
    status,
    body: { id, message, detailed_error: detail, status_code: status },
    retryAfterS: null,
    unexpected: false,
  }
}
