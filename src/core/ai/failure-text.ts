/** What a room reads when a model could not answer: plain words, what to do, nothing secret. */
import { AppFault } from '../faults.ts'
import { UpstreamFailure, type UpstreamFailureKind } from '../ports.ts'

const texts: Record<UpstreamFailureKind, string> = {
  unauthorised: 'The AI provider refused our key. An administrator must check it.',
  payment_required: 'The AI provider wants to be paid first: the account has no credit left.',
  rate_limited: 'The AI provider is busy and turned this request away.',
  upstream_error: 'The AI provider had a fault of its own. Ask again in a moment.',
  timeout: 'The AI provider did not answer in time. Ask again in a moment.',
  cut_stream: 'The answer broke off: the AI provider closed the connection.',
  malformed_stream: 'The AI provider sent something that is no answer.',
  unreachable: 'The AI provider cannot be reached.',
  model_not_found: 'The AI provider does not know this model (any more).',
  bad_request: 'The AI provider did not accept the request.',
  aborted: 'The answer was stopped.',
}

export interface RunFailure {
  /** Stable, for clients. */
  code: string
  text: string
}

/** Never throws; an unknown error becomes `internal` and is the caller's to log. */
export function describeFailure(error: unknown): RunFailure {
  if (error instanceof UpstreamFailure) {
    const wait = error.retryAfterS === null ? '' : ` Try again in ${Math.ceil(error.retryAfterS)} s.`
    const status = error.status === null ? '' : ` (${error.status})`
    return { code: error.kind, text: `${texts[error.kind]}${status}${wait}` }
  }
  if (error instanceof AppFault) return { code: error.code, text: error.message }
  return { code: 'internal', text: 'Something went wrong on our side while answering.' }
}
