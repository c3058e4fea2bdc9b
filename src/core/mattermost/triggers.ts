/** Short-lived proofs that a person just did something: a program may then open a dialog for them. */
import type { CoreDeps } from '../deps.ts'
import type { Uuid } from '../types.ts'

/** As Mattermost gives programs to answer. */
const TRIGGER_S = 10

export interface Triggers {
  sign(userId: Uuid): Promise<string>
  /** Whose trigger it is; null when it is false or too old. */
  open(trigger: string): Promise<Uuid | null>
}

export function createTriggers(deps: CoreDeps): Triggers {
  return {
    sign: (userId) => deps.signer.sign({ typ: 'trigger', user: userId }, TRIGGER_S),
    async open(trigger) {
      const claims = await deps.signer.verify(trigger)
      return claims?.typ === 'trigger' && typeof claims.user === 'string' ? claims.user : null
    },
  }
}
