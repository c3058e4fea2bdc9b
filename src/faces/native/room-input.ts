/** Room bodies of the native contract in the core's words. */
import type { RoomAi } from '../../core/types.ts'
import type { NewRoom, RoomPatch } from '../../core/core.ts'
import type { AiBody, NewRoomBody, RoomPatchBody } from './wire-rooms.ts'

type Given<T> = Partial<T>

export function newRoomOf(body: typeof NewRoomBody.static): NewRoom {
  const memberIds = body.member_ids ?? []
  return {
    kind: body.kind === 'direct' && memberIds.length > 1 ? 'group' : (body.kind ?? 'public'),
    name: body.name ?? '',
    description: body.description ?? '',
    memberIds,
    ...(body.ai ? { ai: aiOf(body.ai) } : {}),
  }
}

export function roomPatchOf(body: typeof RoomPatchBody.static): RoomPatch {
  const { ai, description, ...rest } = body
  return {
    ...rest,
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(ai ? { ai: aiOf(ai) } : {}),
  }
}

/** Only what was given; the core fills the rest and checks it. */
function aiOf(body: typeof AiBody.static): Given<RoomAi> {
  const given: Record<string, unknown> = {
    model: body.model,
    respond: body.respond,
    systemPrompt: body.system_prompt,
    temperature: body.temperature,
    historyLimit: body.history_limit,
    tools: body.tools,
    budget: body.budget && onlyGiven({ tokensPerDay: body.budget.tokens_per_day, per: body.budget.per }),
  }
  return onlyGiven(given) as Given<RoomAi>
}

function onlyGiven(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
