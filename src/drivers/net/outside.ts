// What webhooks and slash commands reach other servers with: the guarded fetch, with text for answers.
import type { Outside } from '../../core/mattermost/outside.ts'
import type { GuardedFetch } from './guarded-fetch.ts'

/** Answers are a few lines of JSON; more than this is cut off as a failure. */
const ANSWER_MAX_BYTES = 1024 * 1024

export function createOutside(fetch: GuardedFetch): Outside {
  return {
    async send({ method, url, headers, body, timeoutMs }) {
      const answer = await fetch(url, {
        method,
        maxBytes: ANSWER_MAX_BYTES,
        timeoutMs,
        ...(headers ? { headers } : {}),
        ...(body === undefined ? {} : { body }),
      })
      return {
        status: answer.status,
        contentType: answer.headers.get('content-type') ?? '',
        text: new TextDecoder().decode(answer.bytes),
        url: answer.url,
      }
    },
  }
}
