/** What only Open WebUI keeps about a person: settings of the interface, status, variables, API key. */
import { isJson, jsonOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json, PersonRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'

export type People = ReturnType<typeof createPeople>

export interface StatusInput {
  statusEmoji?: string | null
  statusMessage?: string | null
  statusExpiresAt?: number | null
}

export function createPeople(context: OpenwebuiContext) {
  const { read, deps } = context

  async function row(userId: Uuid): Promise<PersonRow> {
    const found = await read.people.get({ id: userId })
    if (!found) throw fault.notFound('user.not_found')
    return found
  }

  async function change(userId: Uuid, patch: Partial<PersonRow>): Promise<PersonRow> {
    await context.write((tables) => tables.people.update({ id: userId }, patch))
    return row(userId)
  }

  return {
    row,
    byIds: (ids: readonly Uuid[]): Promise<PersonRow[]> =>
      ids.length === 0 ? Promise.resolve([]) : read.people.find({ where: { id: { in: ids } } }),

    /** Whoever set the server up is changed by nobody else, keeps the role, and is not removed: Open WebUI's rule. */
    async guardFirst(actor: Actor, userId: Uuid, action: 'edit' | 'demote' | 'remove'): Promise<void> {
      const query = { sort: 'created', ascending: true, includeInactive: true, limit: 1 } as const
      const { users } = await context.core.users.search(actor, query)
      if (users[0]?.id !== userId) return
      if (action !== 'edit' || actor.user.id !== userId) {
        throw fault.forbidden('account.first_admin', 'The first administrator is not changed by others.')
      }
    },

    /** Settings as stored; null for someone who never saved any. `raw` leaves the server's defaults out. */
    async settings(actor: Actor, raw: boolean): Promise<Json | null> {
      const { settings } = await row(actor.user.id)
      const defaults = jsonOf(context.setting<unknown>('ui.default_interface_settings', {}))
      if (raw || Object.keys(defaults).length === 0) return isJson(settings) ? settings : null
      const own = jsonOf(settings)
      return { ...own, ui: { ...defaults, ...jsonOf(own['ui']) } }
    },

    /** `ui` is patched key by key, null deletes; other keys are replaced. */
    async updateSettings(actor: Actor, given: Json): Promise<Json> {
      const stored = jsonOf((await row(actor.user.id)).settings)
      const next: Json = { ...stored, ...given }
      if (!isJson(given['ui'])) next['ui'] = jsonOf(stored['ui'])
      if (isJson(given['ui'])) {
        const ui = { ...jsonOf(stored['ui']), ...(await allowedUi(actor, given['ui'])) }
        next['ui'] = Object.fromEntries(Object.entries(ui).filter(([, value]) => value !== null))
      }
      await change(actor.user.id, { settings: next })
      return next
    },

    async info(actor: Actor): Promise<Json | null> {
      const { info } = await row(actor.user.id)
      return isJson(info) ? info : null
    },

    async updateInfo(actor: Actor, given: Json): Promise<Json> {
      const info = { ...jsonOf((await row(actor.user.id)).info), ...given }
      await change(actor.user.id, { info })
      return info
    },

    variables: async (actor: Actor): Promise<Json> => jsonOf((await row(actor.user.id)).variables),

    async setVariables(actor: Actor, variables: Json): Promise<Json> {
      const wrong = Object.keys(variables).find((key) => !/^[a-z][a-z0-9_]*$/.test(key))
      if (wrong !== undefined) {
        throw fault.invalid('user.variable_name', `Invalid user variable key: ${wrong.slice(0, 100)}`)
      }
      await change(actor.user.id, { variables })
      return variables
    },

    setTimezone: (actor: Actor, timezone: string): Promise<PersonRow> => change(actor.user.id, { timezone }),

    setStatus: (actor: Actor, status: StatusInput): Promise<PersonRow> => change(actor.user.id, status),

    setDetails: (
      actor: Actor,
      details: { bio?: string | null; gender?: string | null; dateOfBirth?: string | null },
    ): Promise<PersonRow> => change(actor.user.id, details),

    async apiKey(actor: Actor): Promise<string | null> {
      return (await read.apiKeys.get({ userId: actor.user.id }))?.key ?? null
    },

    /** One a person: the old one ends. */
    async makeApiKey(actor: Actor): Promise<string> {
      const { seconds } = context.now()
      const key = `sk-${deps.ids.secret(16)}`
      await context.write(async (tables) => {
        await tables.apiKeys.remove({ userId: actor.user.id })
        await tables.apiKeys.insert({
          id: `key_${actor.user.id}`,
          userId: actor.user.id,
          key,
          data: null,
          expiresAt: null,
          lastUsedAt: null,
          createdAt: seconds,
          updatedAt: seconds,
        })
      })
      return key
    },

    async removeApiKey(actor: Actor): Promise<boolean> {
      return (await context.write((tables) => tables.apiKeys.remove({ userId: actor.user.id }))) > 0
    },
  }

  /** System prompts and tool servers need permissions of their own. */
  async function allowedUi(actor: Actor, ui: Json): Promise<Json> {
    const given = { ...ui }
    const may = actor.user.role === 'admin' ? null : await context.own.permissions.tree(actor.user.id)
    if (!may) return given
    if (!may.has('chat.controls') || !may.has('chat.system_prompt')) delete given['system']
    if (!may.has('features.direct_tool_servers')) delete given['toolServers']
    return given
  }
}
