/** Slash commands that teams have made: who may manage them, and which one a text calls. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { SlashCommand } from '../mattermost-repositories.ts'
import { isAdmin, requireScope } from '../permissions/scopes.ts'
import { opaqueToken } from '../support/opaque-token.ts'
import type { Actor, Uuid } from '../types.ts'

const TRIGGER = /^[a-z0-9_.-]{1,128}$/

export type CommandInput = Omit<SlashCommand, 'id' | 'token' | 'userId' | 'createdAt' | 'updatedAt'>

export interface SlashCommands {
  /** Members see what there is; tokens and URLs only who manages them. */
  list(actor: Actor, teamId: Uuid): Promise<SlashCommand[]>
  get(actor: Actor, id: Uuid): Promise<SlashCommand>
  create(actor: Actor, input: CommandInput): Promise<SlashCommand>
  update(actor: Actor, id: Uuid, patch: Partial<CommandInput>): Promise<SlashCommand>
  remove(actor: Actor, id: Uuid): Promise<void>
  renewToken(actor: Actor, id: Uuid): Promise<SlashCommand>
  /** Without asking who may manage: what `/trigger` means in this team. */
  find(teamId: Uuid, trigger: string): Promise<SlashCommand | null>
}

export function createSlashCommands(
  deps: CoreDeps,
  core: Core,
  reserved: ReadonlySet<string>,
): SlashCommands {
  const { store, clock, ids } = deps

  async function manages(actor: Actor, teamId: Uuid): Promise<boolean> {
    if (isAdmin(actor)) return true
    const member = await core.teams.member(actor, teamId, actor.user.id)
    return member !== null && member.deletedAt === null && member.role === 'admin'
  }

  async function requireManager(actor: Actor, teamId: Uuid): Promise<void> {
    requireScope(actor, 'rooms:write')
    if (await manages(actor, teamId)) return
    throw fault.forbidden('command.forbidden', 'Only administrators of the team may manage commands.')
  }

  async function managed(actor: Actor, id: Uuid): Promise<SlashCommand> {
    const command = await store.read.commands.get(id)
    if (!command) throw fault.notFound('command.not_found', 'There is no such command.')
    await requireManager(actor, command.teamId)
    return command
  }

  async function put(command: SlashCommand): Promise<SlashCommand> {
    check(command, reserved)
    const twin = await store.read.commands.byTrigger(command.teamId, command.trigger)
    if (twin && twin.id !== command.id) {
      throw fault.conflict('command.duplicate', 'This trigger word is in use already.')
    }
    await store.tx((repos) => repos.commands.put(command))
    return command
  }

  return {
    async list(actor, teamId) {
      const member = await core.teams.member(actor, teamId, actor.user.id)
      if ((!member || member.deletedAt !== null) && !isAdmin(actor)) {
        throw fault.forbidden('team.forbidden', 'You are not in this team.')
      }
      const all = await store.read.commands.list(teamId)
      return (await manages(actor, teamId)) ? all : all.map((one) => ({ ...one, token: '', url: '' }))
    },
    get: managed,
    async create(actor, input) {
      await requireManager(actor, input.teamId)
      const now = clock.now()
      const token = opaqueToken(ids)
      return put({ ...input, id: ids.next(), token, userId: actor.user.id, createdAt: now, updatedAt: now })
    },
    async update(actor, id, patch) {
      const before = await managed(actor, id)
      if (patch.teamId && patch.teamId !== before.teamId) await requireManager(actor, patch.teamId)
      return put({ ...before, ...patch, updatedAt: clock.now() })
    },
    async remove(actor, id) {
      await managed(actor, id)
      await store.tx((repos) => repos.commands.remove(id))
    },
    async renewToken(actor, id) {
      return put({ ...(await managed(actor, id)), token: opaqueToken(ids), updatedAt: clock.now() })
    },
    find: (teamId, trigger) => store.read.commands.byTrigger(teamId, trigger),
  }
}

function check(command: SlashCommand, reserved: ReadonlySet<string>): void {
  if (!TRIGGER.test(command.trigger)) {
    throw fault.invalid(
      'command.bad_trigger',
      'A trigger word has 1 to 128 lower-case letters, digits, - _ and dots.',
    )
  }
  if (reserved.has(command.trigger))
    throw fault.conflict('command.reserved', 'This word is a command already.')
  if (command.url.length > 1024 || !/^https?:\/\//.test(command.url)) {
    throw fault.invalid('command.bad_url', 'Name an http(s) address.')
  }
}
