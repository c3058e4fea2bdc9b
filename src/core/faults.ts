/**
 * What can go wrong, in the core's own words. A fault carries a stable code and a status-free kind;
 * each face maps kinds to its wire shape once (faces/<face>/errors.ts). Anything that is not an
 * AppFault is a bug or an outage: faces answer it opaquely and log it.
 */

export type FaultKind =
  | 'invalid' // the input breaks a rule; `fields` says which
  | 'unauthenticated' // no, bad or expired credentials
  | 'forbidden' // known and visible, but not allowed
  | 'not_found' // not there, or not visible to the asker
  | 'conflict' // taken, already done, or changed meanwhile
  | 'gone' // used up, expired or revoked
  | 'too_large'
  | 'unsupported_type'
  | 'rate_limited' // `retryAfterS` says when to come back
  | 'unavailable' // a needed part is off or down
  | 'not_built' // a route that is known but not there yet

export interface FaultDetails {
  /** Problems by input field, for people. */
  fields?: Record<string, string>
  /** Seconds after which a retry makes sense. */
  retryAfterS?: number
  cause?: unknown
}

export class AppFault extends Error {
  override readonly name = 'AppFault'
  readonly kind: FaultKind
  /** Stable and machine-readable, dotted: `room.not_found`. Part of the wire contract. */
  readonly code: string
  readonly fields: Record<string, string> | undefined
  readonly retryAfterS: number | undefined

  constructor(kind: FaultKind, code: string, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = kind
    this.code = code
    this.fields = details.fields
    this.retryAfterS = details.retryAfterS
  }
}

/** One factory per kind: `throw fault.notFound('room.not_found', 'No such room.')`. */
export const fault = {
  invalid: (code: string, message: string, fields?: Record<string, string>) =>
    new AppFault('invalid', code, message, fields ? { fields } : {}),
  unauthenticated: (code = 'auth.required', message = 'Sign in first.') =>
    new AppFault('unauthenticated', code, message),
  forbidden: (code = 'forbidden', message = 'You may not do that.') =>
    new AppFault('forbidden', code, message),
  notFound: (code = 'not_found', message = 'There is no such thing.') =>
    new AppFault('not_found', code, message),
  conflict: (code: string, message: string) => new AppFault('conflict', code, message),
  gone: (code: string, message: string) => new AppFault('gone', code, message),
  tooLarge: (code: string, message: string) => new AppFault('too_large', code, message),
  unsupportedType: (code: string, message: string) => new AppFault('unsupported_type', code, message),
  rateLimited: (code: string, message: string, retryAfterS: number) =>
    new AppFault('rate_limited', code, message, { retryAfterS }),
  unavailable: (code: string, message: string, retryAfterS?: number) =>
    new AppFault('unavailable', code, message, retryAfterS === undefined ? {} : { retryAfterS }),
  notBuilt: (what: string) =>
    new AppFault('not_built', 'not_built', `${what} is not built in this version of Hubbub.`),
}
