/** What the actions about accounts share: the ports, the rest of the core, and this part's memory. */
import type { AuditPart } from '../audit/audit.ts'
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import type { Unit } from '../ports.ts'
import type { Activity } from '../presence/activity.ts'
import type { TokenCache } from '../sessions/token-cache.ts'
import type { SettingsPart } from '../settings/settings.ts'
import type { Uuid } from '../types.ts'
import type { UserCache } from '../users/user-cache.ts'
import type { BackOff } from './back-off.ts'

export interface AccountContext {
  deps: CoreDeps
  core: Core
  users: UserCache
  tokens: TokenCache
  settings: SettingsPart
  audit: AuditPart
  activity: Activity
  /** Failures by account. */
  backOff: BackOff
  /** Failures by network address, over all accounts. */
  addressBackOff: BackOff
  /**
   * Awaited where someone comes in: settings are read, and people of an Open WebUI database have their
   * accounts. Done once; later calls are free.
   */
  ready(): Promise<void>
  /** Once somebody has signed up, nobody can be first any more: no need to look, or to lock. */
  firstPersonKnown: { yes: boolean }
}

/** Drops what the caches hold of a person as soon as the change is committed, before its events go out. */
export function forgetAfterCommit(ctx: AccountContext, unit: Unit, userId: Uuid): void {
  unit.afterCommit(() => {
    ctx.users.forget(userId)
    ctx.tokens.forgetUser(userId)
  })
}
