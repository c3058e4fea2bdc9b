/** So many sign-ups a minute from one network address. Log-ins by password have a back-off of their own. */
import { fault } from '../faults.ts'
import { networkOf } from '../support/network-of.ts'
import type { AccountContext } from './context.ts'

export async function limitAddress(ctx: AccountContext, ip: string | null): Promise<void> {
  const perMinute = ctx.deps.settings.authPerMinute ?? null
  if (perMinute === null || ip === null) return
  const waitS = await ctx.deps.limiter.hit(`auth:${networkOf(ip)}`, perMinute, 60)
  if (waitS > 0) {
    throw fault.rateLimited('auth.too_many_requests', 'Too many accounts from this address.', waitS)
  }
}
