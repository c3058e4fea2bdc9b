/** What speech and pictures share: services that an administrator set up, in OpenAI's dialect, and their refusals. */
import { jsonOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import { AppFault, fault } from '../faults.ts'
import type { ServerAnswer, ServerRequest } from '../ports.ts'

/** Sends it and gives the answer if it is a good one; else says what the service said. */
export async function askService(
  context: OpenwebuiContext,
  request: Omit<ServerRequest, 'method'> & { method?: ServerRequest['method'] },
): Promise<ServerAnswer> {
  const answer = await context.deps.servers.send({ method: 'POST', ...request }).catch((error: unknown) => {
    if (request.signal?.aborted) throw error
    context.deps.log.warn('a media service did not answer', { error })
    throw fault.unavailable('media.unreachable', 'Open WebUI: Server Connection Error')
  })
  if (answer.status < 400) return answer
  throw fault.unavailable('media.refused', `External: ${reasonOf(answer)}`)
}

export const bearer = (key: string | null): Record<string, string> =>
  key === null ? {} : { authorization: `Bearer ${key}` }

/** The address without a slash at its end. Throws when the engine is another than OpenAI's: those are not built. */
export function openaiService(
  context: OpenwebuiContext,
  keys: { engine: string; url: string; key: string; what: string },
): { url: string; headers: Record<string, string> } {
  const get = (key: string): string => textOf(context.setting<unknown>(key, '')) ?? ''
  const engine = get(keys.engine)
  if (engine !== 'openai') throw fault.notBuilt(`${keys.what} by the engine "${engine || 'built in'}"`)
  return { url: get(keys.url).replace(/\/+$/, ''), headers: bearer(get(keys.key) || null) }
}

export function readJson({ bytes }: ServerAnswer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch {
    return null
  }
}

function reasonOf(answer: ServerAnswer): string {
  const error = jsonOf(readJson(answer))['error']
  const said = textOf(error) ?? textOf(jsonOf(error)['message'])
  return said?.slice(0, 500) ?? `HTTP ${answer.status}`
}

export const isFault = (error: unknown): error is AppFault => error instanceof AppFault
