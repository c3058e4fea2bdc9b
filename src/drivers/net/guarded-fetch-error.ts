// Why a guarded request failed. Messages are fit for people and say nothing about the inner network.

export type GuardedFetchErrorKind =
  /** Not an http(s) URL, or one with credentials, or malformed. */
  | 'bad_url'
  /** Leads to an address or a port that is not open to users. */
  | 'blocked'
  | 'unreachable'
  | 'timeout'
  | 'aborted'
  | 'too_large'
  | 'too_many_redirects'
  | 'wrong_type'
  /** The answer could not be decoded. */
  | 'bad_response'

export class GuardedFetchError extends Error {
  override readonly name = 'GuardedFetchError'
  constructor(
    readonly kind: GuardedFetchErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
