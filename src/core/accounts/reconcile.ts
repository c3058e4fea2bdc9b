/**
 * People whom Open WebUI's own server added get what we keep beside its row: a username and the state
 * of their account. Done at start, since both servers never run on one database at once.
 */
import type { AccountContext } from './context.ts'
import type { Stranger } from './repositories.ts'
import { checkUsername, usernameFrom } from './rules.ts'

const BATCH = 200
const MAX_TRIES = 50

/** How many were adopted. Each batch is a unit of work of its own, so that nobody waits long. */
export async function reconcile(ctx: AccountContext): Promise<number> {
  let adopted = 0
  await ctx.deps.store.tx((repos) => repos.users.buryDeleted(ctx.deps.clock.now()))
  for (;;) {
    const strangers = await ctx.deps.store.read.users.strangers(BATCH)
    if (strangers.length === 0) return adopted
    for (const stranger of strangers) await adopt(ctx, stranger)
    adopted += strangers.length
    ctx.users.clear()
  }
}

async function adopt(ctx: AccountContext, stranger: Stranger): Promise<void> {
  const wanted = wantedName(stranger)
  for (let n = 0; n < MAX_TRIES; n += 1) {
    const name = n === 0 ? wanted : `${wanted}-${n < MAX_TRIES - 1 ? n + 1 : stranger.id.slice(0, 8)}`
    const done = await ctx.deps.store.tx((repos) => repos.users.adopt(stranger, name, ctx.deps.clock.now()))
    if (done) return
  }
  await ctx.deps.store.tx((repos) => repos.users.adopt(stranger, stranger.id, ctx.deps.clock.now()))
}

/** The name that Open WebUI has, if it will do; else what stands before the @; else the display name. */
function wantedName(stranger: Stranger): string {
  if (stranger.username !== null) {
    try {
      return checkUsername(stranger.username, 'mattermost')
    } catch {
      return usernameFrom(stranger.username)
    }
  }
  const local = stranger.email?.split('@')[0]
  return usernameFrom(local || stranger.displayName)
}
