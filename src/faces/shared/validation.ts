/**
 * What is wrong with a request that does not have the right shape, for the faces whose routes Elysia checks.
 * The validator is asked itself: Elysia's own list (`error.all`) puts the values that were sent into its texts.
 */
import type { ValidationError } from 'elysia'

export interface Problem {
  path: string
  message: string
  value: unknown
  /** What was asked for there. */
  schema?: unknown
}

export function problemsOf({ validator, value }: ValidationError): Iterable<Problem> {
  const { Errors: errorsOf } = validator as { Errors?: (value: unknown) => Iterable<Problem> }
  return errorsOf?.call(validator, value) ?? []
}

/**
 * True for the TypeError that stands in for a ValidationError: Elysia writes the value into a text while it
 * makes one, which fails where the value is an object like `{"toString": 1}`.
 */
export function isFailedValidation(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    error.message === 'No default value' &&
    (error.stack ?? '').includes('ValidationError')
  )
}

/** What a parser threw: Elysia wraps it, and hides a refusal that was made while the body was still unread. */
export function causeOf(error: unknown, code: string | number): unknown {
  return code === 'PARSE' && error instanceof Error && error.cause instanceof Error ? error.cause : error
}
