/** Which tools a model is offered in one answer, and what a person is asked before one is called. */
import { OPERATIONS_MAX } from '../tools/openapi.ts'
import { isSavedChat } from './completion-input.ts'
import type { OpenwebuiContext } from './context.ts'
import { browserTools } from './browser-tools.ts'
import type { TurnSource } from './prepare-turn.ts'
import type { Json } from './rows.ts'
import { runTools, type RunTool } from './run-tools.ts'

export type ToolSource = Pick<TurnSource, 'actor' | 'input' | 'model' | 'chatId' | 'messageId' | 'tell'>

/** How long a person has to answer, as in the original. */
const CONFIRM_MS = 120_000

/** None where the model is not to call any; a tool of this server wins over one of the same name. */
export async function turnTools(
  context: OpenwebuiContext,
  source: ToolSource,
  params: Json,
): Promise<RunTool[]> {
  const { actor, input, model } = source
  if (!callsNatively(params)) return []
  const own = model.capabilities['builtin_tools'] === false ? [] : runTools(context, actor, input.features)
  const asker = {
    user: actor.user,
    credential: input.credential,
    chatId: source.chatId,
    messageId: source.messageId,
  }
  const failed = (name: string): void => {
    const description = `Failed to connect to tool server '${name}'`
    source.tell('status', { action: 'tool_connection', description, error: true, done: true })
  }
  const chosen = await context.own.toolServers.tools(actor, input.toolIds, asker, failed)
  const byName = new Map<string, RunTool>()
  for (const tool of [...own, ...chosen, ...(await browserTools(context, source))])
    if (!byName.has(tool.spec.name) && byName.size < OPERATIONS_MAX) byName.set(tool.spec.name, tool)
  const tools = [...byName.values()]
  const confirmed = !keepsCalls(source) && asksFirst(context, params)
  return confirmed ? tools.map((tool) => afterConfirmation(context, source, tool)) : tools
}

/** A saved chat keeps calls that wait; in others, and for a model that only this tab can ask, the open tab is asked. */
export const keepsCalls = ({ chatId, model }: Pick<ToolSource, 'chatId' | 'model'>): boolean =>
  isSavedChat(chatId) && !model.direct

/** Whether a person wants to be asked before each call of a tool. */
export function asksFirst(context: OpenwebuiContext, params: Json): boolean {
  return params['tool_approval_mode'] === 'ask' && context.setting('chat.tool_permissions.enable', false)
}

function afterConfirmation(context: OpenwebuiContext, source: ToolSource, tool: RunTool): RunTool {
  return {
    ...tool,
    async run(input, signal) {
      const id = context.deps.ids.next()
      const allowed = await context.own.browsers.call({
        userId: source.actor.user.id,
        sessionId: source.input.sessionId,
        chatId: source.chatId,
        messageId: source.messageId,
        type: 'confirmation',
        data: { tool_call: { id, name: tool.spec.name, arguments: input }, interaction_id: id },
        timeoutMs: CONFIRM_MS,
        signal,
      })
      if (allowed !== true) throw new Error('The tool call was not approved.')
      return tool.run(input, signal)
    },
  }
}

function callsNatively(params: Json): boolean {
  const calling = params['function_calling']
  return calling === undefined || calling === null || calling === 'native'
}
