/** Reactions, kept by emoji short name. Doing the same twice is no error and tells nobody. */
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import { lockMessage } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { emojiNameOf, emojiOf } from '../support/emoji.ts'
import type { Actor, Message, Uuid } from '../types.ts'

/** Different emoji on one message. */
const maxKinds = 50

export function react(ctx: RoomsContext, actor: Actor, messageId: Uuid, emoji: string): Promise<Message> {
  return change(ctx, actor, messageId, emoji, true)
}

export function unreact(ctx: RoomsContext, actor: Actor, messageId: Uuid, emoji: string): Promise<Message> {
  return change(ctx, actor, messageId, emoji, false)
}

async function change(
  ctx: RoomsContext,
  actor: Actor,
  messageId: Uuid,
  emoji: string,
  wanted: boolean,
): Promise<Message> {
  requireScope(actor, 'messages:write')
  const given = emojiNameOf(emoji)
  if (given === null)
    throw fault.invalid('reaction.emoji', 'That is no emoji.', { emoji: 'That is no emoji.' })
  const { deps } = ctx
  const userId = actor.user.id
  return deps.store.tx(async (repos, unit) => {
    const { message, standing } = await lockMessage(repos, actor, messageId, 'message.react')
    const at = Math.max(deps.clock.now(), message.updatedAt + 1)
    const name = nameOn(message, given)
    if (wanted) requireSpace(message, name)
    const changed = wanted
      ? await repos.reactions.add(deps.ids.next(), messageId, userId, name, at)
      : await repos.reactions.remove(messageId, userId, name)
    if (!changed) return message
    await repos.messages.touch(messageId, at)
    const next = { ...message, updatedAt: at, reactions: withChange(message.reactions, name, userId, wanted) }
    const type = wanted ? 'reaction.added' : 'reaction.removed'
    unit.emit({ type, room: standing.room, message: next, userId, emoji: name, at })
    return next
  })
}

/** An emoji goes by several names; on one message it goes by the first that was used. */
function nameOn(message: Message, given: string): string {
  if (given in message.reactions) return given
  const emoji = emojiOf(given)
  return Object.keys(message.reactions).find((name) => emojiOf(name) === emoji) ?? given
}

function requireSpace(message: Message, name: string): void {
  if (name in message.reactions || Object.keys(message.reactions).length < maxKinds) return
  throw fault.invalid('reaction.too_many', `A message takes at most ${maxKinds} different emoji.`)
}

function withChange(
  reactions: Message['reactions'],
  name: string,
  userId: Uuid,
  wanted: boolean,
): Message['reactions'] {
  const { [name]: people = [], ...others } = reactions
  const left = wanted ? [...people, userId] : people.filter((id) => id !== userId)
  return left.length === 0 ? others : { ...reactions, [name]: left }
}
