/** Whom a text calls, of those who are in the room. */
import type { Repositories } from '../repositories.ts'
import { findMentions } from '../support/mentions.ts'
import { isUuid } from '../support/uuid.ts'
import type { Room, Uuid } from '../types.ts'
import type { RoomsContext } from '../rooms/context.ts'

export interface Called {
  /** Members and bots that are named; bots need not be members. */
  userIds: Uuid[]
  everyone: boolean
}

export const callsNobody: Called = { userIds: [], everyone: false }

/** Calling everybody is for rooms, not for crowds. */
const maxEveryone = 1_000

/** False when the text can call nobody: then nothing need be looked up. */
export function mayCall(ctx: RoomsContext, content: string): boolean {
  return content.includes('@') || ctx.keywords.calledBy(content).length > 0
}

export async function whoIsCalled(
  ctx: RoomsContext,
  repos: Repositories,
  room: Room,
  content: string,
): Promise<Called> {
  const keyed = ctx.keywords.calledBy(content)
  if (keyed.length === 0 && !content.includes('@')) return callsNobody
  const mentions = findMentions(content)
  const named = [
    ...(await Promise.all(mentions.names.map((readings) => firstKnown(ctx, readings)))),
    ...(await ctx.core.users.byIds(mentions.userIds.filter(isUuid))),
  ].filter((user) => user !== null)
  const people = named.filter((user) => !user.isBot).map((user) => user.id)
  const inRoom = new Set(await repos.members.among(room.id, [...people, ...keyed]))
  const byName = named.filter((user) => user.isBot || inRoom.has(user.id)).map((user) => user.id)
  const userIds = [...byName, ...keyed.filter((id) => inRoom.has(id))]
  const everyone = mentions.everyone && (await repos.members.count(room.id)) <= maxEveryone
  return { userIds: [...new Set(userIds)], everyone }
}

async function firstKnown(ctx: RoomsContext, readings: readonly string[]) {
  for (const name of readings) {
    const user = await ctx.core.users.byUsername(name)
    if (user) return user.deactivatedAt === null ? user : null
  }
  return null
}
