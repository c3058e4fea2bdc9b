/** Earlier versions of prompts: seen by who may read the prompt, made the current one or taken away by who may change it. */
import { jsonOf, listOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json, PromptHistoryRow, PromptRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import { lineDiff } from '../support/line-diff.ts'
import type { Actor, Uuid } from '../types.ts'
import type { Granted } from './workspace.ts'

export interface PromptComparison {
  from: PromptHistoryRow
  to: PromptHistoryRow
  lines: string[]
  lineEndingsOnly: boolean
  nameChanged: boolean
}

export type PromptVersions = ReturnType<typeof createPromptVersions>

const VERSIONS_PER_PAGE = 20

export function createPromptVersions(context: OpenwebuiContext) {
  const { read } = context
  const prompt = (actor: Actor, id: Uuid, permission: 'read' | 'write'): Promise<PromptRow> =>
    context.own.workspace.prompts.require(actor, id, permission)

  /** Of this prompt: a version of another one is not there. */
  async function version(promptId: Uuid, id: Uuid): Promise<PromptHistoryRow> {
    const row = await read.promptHistory.get({ id, promptId })
    if (!row) throw fault.notFound('prompt.version_not_found')
    return row
  }

  async function changed(
    actor: Actor,
    row: PromptRow,
    change: Partial<PromptRow>,
  ): Promise<Granted<PromptRow>> {
    const dated = { ...change, updatedAt: context.now().seconds }
    await context.write((tables) => tables.prompts.update({ id: row.id }, dated))
    return context.own.workspace.granted(actor, 'prompt', { ...row, ...dated })
  }

  return {
    /** The newest first; `page` counts from 0. */
    async list(actor: Actor, promptId: Uuid, page: number): Promise<PromptHistoryRow[]> {
      await prompt(actor, promptId, 'read')
      return read.promptHistory.find({
        where: { promptId },
        order: [
          ['createdAt', 'desc'],
          ['id', 'desc'],
        ],
        limit: VERSIONS_PER_PAGE,
        offset: page * VERSIONS_PER_PAGE,
      })
    },

    async get(actor: Actor, promptId: Uuid, id: Uuid): Promise<PromptHistoryRow> {
      await prompt(actor, promptId, 'read')
      return version(promptId, id)
    },

    async compare(actor: Actor, promptId: Uuid, fromId: Uuid, toId: Uuid): Promise<PromptComparison> {
      await prompt(actor, promptId, 'read')
      const [from, to] = await Promise.all([version(promptId, fromId), version(promptId, toId)])
      const [before, after] = [contentOf(from.snapshot), contentOf(to.snapshot)]
      const lines = lineDiff(before, after, `v${fromId.slice(0, 8)}`, `v${toId.slice(0, 8)}`)
      return {
        from,
        to,
        lines,
        lineEndingsOnly: lines.length === 0 && before !== after,
        nameChanged: jsonOf(from.snapshot)['name'] !== jsonOf(to.snapshot)['name'],
      }
    },

    /** Those that came after it come after the one before it now. */
    async remove(actor: Actor, promptId: Uuid, id: Uuid): Promise<void> {
      const { versionId } = await prompt(actor, promptId, 'write')
      if (versionId === id)
        throw fault.conflict('prompt.version_in_use', 'Cannot delete the active production version')
      const { parentId } = await version(promptId, id)
      await context.write(async (tables) => {
        await tables.promptHistory.update({ promptId, parentId: id }, { parentId })
        await tables.promptHistory.remove({ id, promptId })
      })
    },

    /** Its words become the prompt's. The command and the grants stay as they are. */
    async use(actor: Actor, promptId: Uuid, id: Uuid): Promise<Granted<PromptRow>> {
      const row = await prompt(actor, promptId, 'write')
      const found = await read.promptHistory.get({ id, promptId })
      if (!found) throw fault.invalid('prompt.no_such_version', 'Something went wrong :/')
      return changed(actor, row, { ...restored(row, jsonOf(found.snapshot)), versionId: id })
    },

    /** Name, command and tags, without a new version. */
    async describe(
      actor: Actor,
      promptId: Uuid,
      input: { name: string; command: string; tags?: readonly string[] | null },
    ): Promise<Granted<PromptRow>> {
      const row = await prompt(actor, promptId, 'write')
      const command = input.command.replace(/^\//, '')
      await context.own.workspace.prompts.refuseTaken(command, promptId)
      return changed(actor, row, {
        name: input.name,
        command,
        ...(input.tags ? { tags: [...input.tags] } : {}),
      })
    },

    async open(actor: Actor, promptId: Uuid, given: unknown): Promise<Granted<PromptRow>> {
      const row = await prompt(actor, promptId, 'write')
      const grants = await context.own.grants.permittedChange(actor, given, 'prompt')
      await context.write((tables) => context.own.grants.replace(tables, 'prompt', promptId, grants))
      return context.own.workspace.granted(actor, 'prompt', row)
    },
  }
}

const contentOf = (snapshot: unknown): string => textOf(jsonOf(snapshot)['content']) ?? ''

/** What a snapshot does not say stays. */
function restored(row: PromptRow, snapshot: Json): Partial<PromptRow> {
  return {
    name: textOf(snapshot['name']) ?? row.name,
    content: typeof snapshot['content'] === 'string' ? snapshot['content'] : row.content,
    data: snapshot['data'] ?? row.data,
    meta: snapshot['meta'] ?? row.meta,
    tags: 'tags' in snapshot ? listOf(snapshot['tags']) : row.tags,
  }
}
