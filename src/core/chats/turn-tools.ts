/** Which tools a model is offered in one answer: those of this server, and those of the servers that were chosen. */
import { OPERATIONS_MAX } from '../tools/openapi.ts'
import type { OpenwebuiContext } from './context.ts'
import type { TurnSource } from './prepare-turn.ts'
import type { Json } from './rows.ts'
import { runTools, type RunTool } from './run-tools.ts'

/** None where the model is not to call any; a tool of this server wins over one of the same name. */
export async function turnTools(
  context: OpenwebuiContext,
  source: TurnSource,
  params: Json,
): Promise<RunTool[]> {
  const { actor, input, model } = source
  if (!callsNatively(params)) return []
  const own = model.capabilities['builtin_tools'] === false ? [] : runTools(context, actor, input.features)
  const chosen = await context.own.toolServers.tools(actor, input.toolIds, {
    user: actor.user,
    credential: input.credential,
    chatId: source.chatId,
    messageId: source.messageId,
  })
  const taken = new Set(own.map(({ spec }) => spec.name))
  return [...own, ...chosen.filter(({ spec }) => !taken.has(spec.name))].slice(0, OPERATIONS_MAX)
}

function callsNatively(params: Json): boolean {
  const calling = params['function_calling']
  return calling === undefined || calling === null || calling === 'native'
}
