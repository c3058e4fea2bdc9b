/** People for tests: made by the core itself, with whatever the test does not care about filled in. */
import type { Core } from '../../src/core/core.ts'
import type { Actor, SessionKind, User } from '../../src/core/types.ts'
import { Api } from './api.ts'

export const PASSWORD = 'correct horse 1'

let made = 0

/** A new account, by the rules of signing up; the first one of a server is its administrator. */
export function person(
  core: Core,
  wish: Partial<Parameters<Core['accounts']['register']>[0]> = {},
): Promise<User> {
  made += 1
  return core.accounts.register({
    username: `person-${made}`,
    password: PASSWORD,
    face: 'native',
    ip: null,
    ...wish,
  })
}

export interface SignedIn {
  user: User
  token: string
  actor: Actor
}

/** Signs someone in; `actor` is what their token stands for. */
export async function signIn(core: Core, user: User, kind: SessionKind = 'native'): Promise<SignedIn> {
  const { token } = await core.sessions.open(user, kind, { ip: null })
  const actor = await core.sessions.actorByToken(token, null)
  if (!actor) throw new Error('a new session stands for nobody')
  return { user, token, actor }
}

/** A client of the native face that holds this token. */
export function apiWith(url: string, token: string | null): Api {
  const api = new Api(url)
  api.token = token
  return api
}
