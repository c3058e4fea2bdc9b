/** Binds every action to the ports. The one place where the core is put together. */
import { createAccountsGroup } from './accounts/create-accounts-group.ts'
import { createAiGroup } from './ai/create-ai-group.ts'
import type { Core } from './core.ts'
import type { CoreDeps } from './deps.ts'
import { createRoomsGroup } from './rooms/create-rooms-group.ts'

/**
 * Each part is a factory `(deps, core) => part`; `core` is filled while this runs, so parts may use
 * each other when called, not while they are made.
 */
export function createCore(deps: CoreDeps): Core {
  const core = {} as Core
  const { roomsUpkeep, ...rooms } = createRoomsGroup(deps, core)
  Object.assign(core, createAccountsGroup(deps, core), rooms)
  const ai = createAiGroup(deps, core)
  core.ai = ai.ai
  core.start = async () => {
    await core.accounts.reconcile()
    await core.teams.first()
    roomsUpkeep.start()
    await ai.start()
  }
  core.reconcile = async () => {
    await core.accounts.reconcile()
    await core.teams.first()
    await roomsUpkeep.reconcile()
  }
  core.stop = async () => {
    await ai.stop()
    await roomsUpkeep.stop()
    await core.accounts.flush()
  }
  return core
}
