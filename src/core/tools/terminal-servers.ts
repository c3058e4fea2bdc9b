/** Terminal servers as the admin page sets them up: what kind one is, and the policies of an orchestrator. */
import { textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { ServerAnswer, ServerRequest } from '../ports.ts'

const TIMEOUT_MS = 30_000
const ANSWER_MAX_BYTES = 1_000_000

export interface TerminalServer {
  url: string
  key?: string | null
  auth_type?: string | null
}

/** What the server said, when it refused: the administrator is shown its words. */
export class TerminalRefusal extends Error {
  override readonly name = 'TerminalRefusal'
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(`The terminal server answered ${status}.`)
  }
}

export type TerminalServers = ReturnType<typeof createTerminalServers>

export function createTerminalServers({ deps }: OpenwebuiContext) {
  function send(server: TerminalServer, path: string, method: ServerRequest['method'], body?: Json) {
    const bearer = (server.auth_type ?? 'bearer') === 'bearer' && server.key
    return deps.servers.send({
      method,
      url: `${baseOf(server)}${path}`,
      headers: {
        'content-type': 'application/json',
        ...(bearer ? { authorization: `Bearer ${server.key}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      maxBytes: ANSWER_MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
    })
  }

  async function answers(server: TerminalServer, path: string): Promise<boolean> {
    try {
      return isGood(await send(server, path, 'GET'))
    } catch (error) {
      deps.log.debug('a terminal server did not answer', { error })
      return false
    }
  }

  /** The JSON of its answer. Throws TerminalRefusal, or a fault when there is none. */
  async function ask(
    server: TerminalServer,
    path: string,
    method: ServerRequest['method'],
    body: Json | undefined,
    what: string,
  ): Promise<unknown> {
    baseOf(server)
    let answer: ServerAnswer
    try {
      answer = await send(server, path, method, body)
    } catch (error) {
      deps.log.debug('a terminal server could not be asked', { error })
      throw fault.invalid('terminal_server.unreachable', what)
    }
    const text = new TextDecoder().decode(answer.bytes)
    if (!isGood(answer)) throw new TerminalRefusal(answer.status, text.slice(0, 4_000))
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw fault.invalid('terminal_server.unreadable', what)
    }
  }

  /** Read without `data`, written with it. */
  const policyPart =
    (part: '' | '/lifecycle', name: string) => (server: TerminalServer, id: string, data: Json | null) =>
      ask(
        server,
        `/api/v1/policies/${encodeURIComponent(id)}${part}`,
        data ? 'PUT' : 'GET',
        data ?? undefined,
        `Failed to access ${name} on terminal server`,
      )

  return {
    /** Only orchestrators have policies. Throws `terminal_server.unreachable`. */
    async verify(server: TerminalServer): Promise<'orchestrator' | 'terminal'> {
      baseOf(server)
      if (await answers(server, '/api/v1/policies')) return 'orchestrator'
      if (await answers(server, '/api/config')) return 'terminal'
      throw fault.invalid('terminal_server.unreachable', 'Failed to connect to the terminal server')
    },

    policy: policyPart('', 'policy'),
    lifecycle: policyPart('/lifecycle', 'lifecycle'),

    /** Ends terminals, so that they begin anew under the policy of today. */
    refresh: (
      server: TerminalServer,
      choice: { userId: string | null; policyId: string | null; onlyIdle: boolean; reset: boolean },
    ): Promise<unknown> =>
      ask(
        server,
        '/api/v1/terminals/refresh',
        'POST',
        {
          only_idle: choice.onlyIdle,
          reset: choice.reset,
          ...(choice.userId ? { user_id: choice.userId } : {}),
          ...(choice.policyId ? { policy_id: choice.policyId } : {}),
        },
        'Failed to refresh terminals',
      ),
  }
}

const isGood = ({ status }: ServerAnswer): boolean => status >= 200 && status < 400

function baseOf({ url }: TerminalServer): string {
  const base = textOf(url)?.replace(/\/+$/, '')
  if (!base) throw fault.invalid('terminal_server.no_url', 'Terminal server URL is required')
  return base
}
