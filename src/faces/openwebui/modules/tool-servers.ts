/** What the admin page asks of tool servers and terminal servers while they are set up. */
import { Elysia, t, type TSchema } from 'elysia'
import { TerminalRefusal } from '../../../core/tools/terminal-servers.ts'
import { openwebuiAuth, tokenOf } from '../auth.ts'
import { Detail, detail } from '../errors.ts'
import { dict, form, maybe, maybeText } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

const url = t.String({ maxLength: 2_048 })
const id = t.String({ minLength: 1, maxLength: 256 })
const server = { url, key: maybeText, auth_type: maybeText }
const nullable = <Schema extends TSchema>(schema: Schema) => t.Union([schema, t.Null()])
const Connection = form({
  url,
  path: t.String({ maxLength: 2_048 }),
  type: maybeText,
  auth_type: nullable(t.String()),
  headers: t.Optional(t.Union([dict, t.String(), t.Null()])),
  key: nullable(t.String()),
  config: nullable(dict),
  info: maybe(dict),
})

export const toolServers = (face: FaceContext) => {
  const { core } = face
  return new Elysia({ name: 'openwebui.tool-servers' })
    .use(openwebuiAuth(core))
    .post(
      '/api/v1/configs/tool_servers/verify',
      async ({ actor, body, request }) => {
        const asker = { user: actor.user, credential: tokenOf(request), chatId: null, messageId: null }
        return json(await core.toolServers.verify(body, asker))
      },
      { rank: 'admin', body: Connection },
    )
    .get(
      '/api/v1/tools/id/:id/specs',
      async ({ actor, params, request }) => {
        const asker = { user: actor.user, credential: tokenOf(request), chatId: null, messageId: null }
        const specs = await core.toolServers.specs(actor, params.id, asker).catch((error: unknown) => {
          face.log.debug('an MCP server did not list its tools', { error })
          throw new Detail(502, 'Unable to load tools')
        })
        if (!specs) throw detail.notFound('Tool not found')
        return json({ specs })
      },
      { rank: 'user' },
    )
    .post(
      '/api/v1/configs/terminal_servers/verify',
      async ({ body }) => json({ status: true, type: await core.terminalServers.verify(body) }),
      { rank: 'admin', body: form(server) },
    )
    .post(
      '/api/v1/configs/terminal_servers/policy',
      ({ body }) => relayed(core.terminalServers.policy(body, body.policy_id, body.policy_data ?? null)),
      { rank: 'admin', body: form({ ...server, policy_id: id, policy_data: maybe(dict) }) },
    )
    .post(
      '/api/v1/configs/terminal_servers/lifecycle',
      ({ body }) =>
        relayed(core.terminalServers.lifecycle(body, body.policy_id, body.lifecycle_data ?? null)),
      { rank: 'admin', body: form({ ...server, policy_id: id, lifecycle_data: maybe(dict) }) },
    )
    .post(
      '/api/v1/configs/terminal_servers/refresh',
      ({ body }) =>
        relayed(
          core.terminalServers.refresh(body, {
            userId: body.user_id ?? null,
            policyId: body.policy_id ?? null,
            onlyIdle: body.only_idle ?? true,
            reset: body.reset ?? false,
          }),
        ),
      {
        rank: 'admin',
        body: form({
          ...server,
          user_id: maybeText,
          policy_id: maybeText,
          only_idle: t.Optional(t.Boolean()),
          reset: t.Optional(t.Boolean()),
        }),
      },
    )
}

/** The server's own words and status where it refuses, as the original passes them on. */
async function relayed(answer: Promise<unknown>): Promise<Response> {
  try {
    return json(await answer)
  } catch (error) {
    if (error instanceof TerminalRefusal) throw new Detail(error.status, error.text)
    throw error
  }
}
