/** The account in whose name the server itself writes to people directly. */
import type { Core } from '../core.ts'
import type { User, Uuid } from '../types.ts'
import { actorFor } from './hooks.ts'

const BOT_NAME = 'system-bot'

/** Writes to this person in the direct room of both. */
export async function writeAsSystem(core: Core, userId: Uuid, content: string): Promise<void> {
  const sender = actorFor(await systemBot(core))
  const room = await core.rooms.direct(sender, [userId, sender.user.id])
  await core.messages.post(sender, room.id, { content })
}

async function systemBot(core: Core): Promise<User> {
  const known = await core.users.byUsername(BOT_NAME)
  if (known) return known
  return core.accounts.create({ username: BOT_NAME, password: null, displayName: 'System', isBot: true })
}
