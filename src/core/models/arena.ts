/**
 * Arena models: names behind which one of several models answers, so that people judge answers and not names. Who may
 * ask one is said in its settings (`evaluation.arena.*`); nobody named = administrators only.
 */
import { isJson, jsonOf, listOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import { readGrants } from '../grants/grants.ts'
import type { Actor } from '../types.ts'

export interface ArenaModel {
  id: string
  name: string
  meta: Json
}

export interface ArenaPick {
  id: string
  /** The administrator put it into this arena by name: that opens it to whoever may ask the arena. */
  named: boolean
}

export type Arena = ReturnType<typeof createArena>

/** Where an administrator switched arenas on and named none. */
const ANY: ArenaModel = {
  id: 'arena-model',
  name: 'Arena Model',
  meta: {
    profile_image_url: '/favicon.png',
    description: 'Submit your questions to anonymous AI chatbots and vote on the best response.',
    model_ids: null,
  },
}

export function createArena(context: OpenwebuiContext) {
  function all(): ArenaModel[] {
    if (!context.setting('evaluation.arena.enable', false)) return []
    const named = listOf(context.setting<unknown>('evaluation.arena.models', []))
      .filter(isJson)
      .flatMap((model) => {
        const id = textOf(model['id'])
        return id ? [{ id, name: textOf(model['name']) ?? id, meta: jsonOf(model['meta']) }] : []
      })
    return named.length > 0 ? named : [ANY]
  }

  async function list(actor: Actor): Promise<ArenaModel[]> {
    if (actor.user.role === 'admin') return all()
    return context.own.grants.reaching(actor.user.id, all(), ({ meta }) => readGrants(meta['access_grants']))
  }

  /** Without names, only what the person may use anyway. */
  async function pool(actor: Actor, { meta }: ArenaModel): Promise<ArenaPick[]> {
    const ids = listOf(meta['model_ids']).filter((id) => typeof id === 'string')
    const without = meta['filter_mode'] === 'exclude' ? new Set(ids) : null
    if (ids.length > 0 && !without) return ids.map((id) => ({ id, named: true }))
    return (await context.own.catalogue.list(actor))
      .filter(({ id, base }) => base !== null && !without?.has(id))
      .map(({ id }) => ({ id, named: false }))
  }

  return {
    list,

    /** Who answers this time: `again`, if it still is one of them. Null = the id names no arena. */
    async pick(actor: Actor, id: string, again: string | null = null): Promise<ArenaPick | null> {
      if (!all().some((arena) => arena.id === id)) return null
      const arena = (await list(actor)).find((one) => one.id === id)
      const picks = arena ? await pool(actor, arena) : []
      const before = picks.find((pick) => pick.id === again)
      const random = Number.parseInt(context.deps.ids.secret(4), 16)
      const picked = before ?? picks[random % picks.length]
      if (!picked) throw fault.invalid('model.not_found', 'Model not found')
      return picked
    },
  }
}
