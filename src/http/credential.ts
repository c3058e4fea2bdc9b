/** Whose request it is, as far as that is known without asking the database: for limits and the log, not for access. */
import type { Sessions } from '../core/core.ts'
import { bearerToken } from '../faces/native/auth-plugin.ts'

/** Of Open WebUI and Mattermost. */
const COOKIE = /(?:^|;\s*)(?:token|MMAUTHTOKEN)=([^;]+)/

export function accountOf(sessions: Pick<Sessions, 'cachedActor'>) {
  return (request: Request): string | null => {
    const { headers } = request
    const token =
      bearerToken(headers.get('authorization')) ?? COOKIE.exec(headers.get('cookie') ?? '')?.[1] ?? null
    return token === null ? null : (sessions.cachedActor(token)?.user.id ?? null)
  }
}
