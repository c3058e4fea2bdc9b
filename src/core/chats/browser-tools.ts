/** Tools of servers that a person named for themselves: their browser calls them, this server only asks it to. */
import { cut } from '../tools/call-operation.ts'
import { GUIDE_MAX_CHARS, toolName } from '../tools/openapi.ts'
import { isJson, jsonOf, listOf, textOf, type OpenwebuiContext } from './context.ts'
import type { Json } from './rows.ts'
import type { RunTool } from './run-tools.ts'
import type { ToolSource } from './turn-tools.ts'

const CALL_TIMEOUT_MS = 120_000

/** None where the person or the server does not allow them. */
export async function browserTools(context: OpenwebuiContext, source: ToolSource): Promise<RunTool[]> {
  const { actor, input } = source
  if (input.toolServers.length === 0 || !context.setting('direct.integrations.enable', false)) return []
  if (!(await context.own.permissions.has(actor, 'features.direct_tool_servers'))) return []
  return input.toolServers.flatMap((server) =>
    listOf(server['specs'])
      .filter(isJson)
      .flatMap((spec) => browserTool(context, source, server, spec)),
  )
}

function browserTool(context: OpenwebuiContext, source: ToolSource, server: Json, spec: Json): RunTool[] {
  const name = textOf(spec['name'])
  if (name === null) return []
  const { specs: _, system_prompt: prompt, ...named } = server
  const guide = textOf(prompt)?.slice(0, GUIDE_MAX_CHARS)
  return [
    {
      ...(guide ? { guide } : {}),
      spec: {
        name: toolName(name),
        description: textOf(spec['description']) ?? '',
        parameters: jsonOf(spec['parameters']),
      },
      async run(input, signal) {
        const answer = await context.own.browsers.call({
          userId: source.actor.user.id,
          sessionId: source.input.sessionId,
          chatId: source.chatId,
          messageId: source.messageId,
          type: 'execute:tool',
          data: {
            id: context.deps.ids.next(),
            name,
            params: input,
            server: named,
            session_id: source.input.sessionId,
          },
          timeoutMs: CALL_TIMEOUT_MS,
          signal,
        })
        return resultText(answer)
      },
    },
  ]
}

/** The front end answers with what the tool said and the headers it came with. */
function resultText(answer: unknown): string {
  const said: unknown = Array.isArray(answer) && answer.length === 2 ? answer[0] : answer
  if (isJson(said) && typeof said['error'] === 'string') throw new Error(said['error'])
  return cut(typeof said === 'string' ? said : JSON.stringify(said ?? null))
}
