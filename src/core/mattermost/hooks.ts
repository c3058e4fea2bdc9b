/**
 * Webhooks both ways. An incoming one posts for its owner, where the owner may post; an outgoing one
 * tells a URL of messages in public rooms that begin with its words. Hooks are made by team
 * administrators, as Mattermost's default roles have it.
 */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { IncomingHook, OutgoingHook } from '../mattermost-repositories.ts'
import { isAdmin, requireScope } from '../permissions/scopes.ts'
import { opaqueToken } from '../support/opaque-token.ts'
import type { Actor, Message, Room, User, Uuid } from '../types.ts'

const TEXT_MAX = { displayName: 64, description: 500, username: 64, iconUrl: 1024 }
const WORDS_MAX = 50
const LISTENING_MS = 5_000
const TEAMS_KEPT = 1_000
const URLS_MAX_CHARS = 1024

type IncomingInput = Pick<
  IncomingHook,
  'displayName' | 'description' | 'username' | 'iconUrl' | 'roomLocked' | 'roomId'
>
type OutgoingInput = Pick<
  OutgoingHook,
  | 'teamId'
  | 'roomId'
  | 'triggerWords'
  | 'triggerWhen'
  | 'callbackUrls'
  | 'displayName'
  | 'description'
  | 'contentType'
  | 'username'
  | 'iconUrl'
>

export interface Hooks {
  incoming: {
    list(actor: Actor, teamId: Uuid | null): Promise<IncomingHook[]>
    get(actor: Actor, id: Uuid): Promise<IncomingHook>
    create(actor: Actor, input: IncomingInput): Promise<IncomingHook>
    update(actor: Actor, id: Uuid, patch: Partial<IncomingInput>): Promise<IncomingHook>
    remove(actor: Actor, id: Uuid): Promise<void>
    /** For whoever knows the id: the hook and its owner, or null. */
    open(id: Uuid): Promise<{ hook: IncomingHook; actor: Actor } | null>
  }
  outgoing: {
    list(actor: Actor, teamId: Uuid | null, roomId: Uuid | null): Promise<OutgoingHook[]>
    get(actor: Actor, id: Uuid): Promise<OutgoingHook>
    create(actor: Actor, input: OutgoingInput): Promise<OutgoingHook>
    update(actor: Actor, id: Uuid, patch: Partial<Omit<OutgoingInput, 'teamId'>>): Promise<OutgoingHook>
    remove(actor: Actor, id: Uuid): Promise<void>
    renewToken(actor: Actor, id: Uuid): Promise<OutgoingHook>
    /** Hooks that this message sets off, each with the word that did. */
    triggered(room: Room, message: Message): Promise<{ hook: OutgoingHook; word: string }[]>
  }
}

export function actorFor(user: User): Actor {
  return { user, via: 'session', scopes: ['*'], sessionId: null, ip: null }
}

export function createHooks(deps: CoreDeps, core: Core): Hooks {
  const { store, clock, ids } = deps

  async function manages(actor: Actor, teamId: Uuid): Promise<boolean> {
    if (isAdmin(actor)) return true
    const member = await core.teams.member(actor, teamId, actor.user.id)
    return member !== null && member.deletedAt === null && member.role === 'admin'
  }

  async function requireManager(actor: Actor, teamId: Uuid): Promise<void> {
    requireScope(actor, 'rooms:write')
    if (await manages(actor, teamId)) return
    throw fault.forbidden('hook.forbidden', 'Only administrators of the team may manage webhooks.')
  }

  async function visible<Hook extends { teamId: Uuid }>(
    actor: Actor,
    teamId: Uuid | null,
    all: Hook[],
  ): Promise<Hook[]> {
    if (teamId) await requireManager(actor, teamId)
    if (isAdmin(actor)) return all
    const mine = new Set<Uuid>()
    for (const id of new Set(all.map((hook) => hook.teamId))) if (await manages(actor, id)) mine.add(id)
    return all.filter((hook) => mine.has(hook.teamId))
  }

  async function incomingOf(actor: Actor, id: Uuid): Promise<IncomingHook> {
    const hook = await store.read.incomingHooks.get(id)
    if (!hook) throw fault.notFound('hook.not_found', 'There is no such webhook.')
    await requireManager(actor, hook.teamId)
    return hook
  }

  async function outgoingOf(actor: Actor, id: Uuid): Promise<OutgoingHook> {
    const hook = await store.read.outgoingHooks.get(id)
    if (!hook) throw fault.notFound('hook.not_found', 'There is no such webhook.')
    await requireManager(actor, hook.teamId)
    return hook
  }

  async function teamOfRoom(actor: Actor, roomId: Uuid): Promise<Uuid> {
    const { room, member } = await core.rooms.get(actor, roomId)
    if (room.kind !== 'public' && !member)
      throw fault.forbidden('hook.forbidden', 'You are not in this room.')
    return room.teamId ?? (await core.teams.first()).id
  }

  const putIncoming = (hook: IncomingHook) => store.tx((repos) => repos.incomingHooks.put(checked(hook)))
  const putOutgoing = async (hook: OutgoingHook) => {
    await store.tx((repos) => repos.outgoingHooks.put(checkedOut(hook)))
    listening.clear()
  }

  /** Every message of a public room asks for these; another node's change is seen some seconds later. */
  const listening = new Map<Uuid, { hooks: OutgoingHook[]; until: number }>()

  async function listeningIn(teamId: Uuid): Promise<OutgoingHook[]> {
    const kept = listening.get(teamId)
    if (kept && kept.until > clock.now()) return kept.hooks
    const hooks = await store.read.outgoingHooks.list(teamId)
    if (listening.size > TEAMS_KEPT) listening.clear()
    listening.set(teamId, { hooks, until: clock.now() + LISTENING_MS })
    return hooks
  }

  return {
    incoming: {
      list: async (actor, teamId) => visible(actor, teamId, await store.read.incomingHooks.list(teamId)),
      get: incomingOf,
      async create(actor, input) {
        const teamId = await teamOfRoom(actor, input.roomId)
        await requireManager(actor, teamId)
        const now = clock.now()
        // The id is the secret in the URL, so it is random all through, unlike ids made from the time.
        const hook = {
          ...input,
          id: randomUuid(deps),
          userId: actor.user.id,
          teamId,
          createdAt: now,
          updatedAt: now,
        }
        await putIncoming(hook)
        return hook
      },
      async update(actor, id, patch) {
        const before = await incomingOf(actor, id)
        const teamId = patch.roomId ? await teamOfRoom(actor, patch.roomId) : before.teamId
        await requireManager(actor, teamId)
        const hook = { ...before, ...patch, teamId, updatedAt: clock.now() }
        await putIncoming(hook)
        return hook
      },
      async remove(actor, id) {
        await incomingOf(actor, id)
        await store.tx((repos) => repos.incomingHooks.remove(id))
      },
      async open(id) {
        const hook = await store.read.incomingHooks.get(id)
        const owner = hook && (await core.users.byId(hook.userId))
        if (!hook || !owner || owner.deactivatedAt !== null) return null
        return { hook, actor: actorFor(owner) }
      },
    },
    outgoing: {
      async list(actor, teamId, roomId) {
        const all = await visible(actor, teamId, await store.read.outgoingHooks.list(teamId))
        return roomId ? all.filter((hook) => hook.roomId === roomId) : all
      },
      get: outgoingOf,
      async create(actor, input) {
        await requireManager(actor, input.teamId)
        await requirePublic(actor, input.roomId)
        const now = clock.now()
        const token = opaqueToken(ids)
        const hook = {
          ...input,
          id: ids.next(),
          token,
          userId: actor.user.id,
          createdAt: now,
          updatedAt: now,
        }
        await putOutgoing(hook)
        return hook
      },
      async update(actor, id, patch) {
        const before = await outgoingOf(actor, id)
        if (patch.roomId !== undefined) await requirePublic(actor, patch.roomId)
        const hook = { ...before, ...patch, updatedAt: clock.now() }
        await putOutgoing(hook)
        return hook
      },
      async remove(actor, id) {
        await outgoingOf(actor, id)
        await store.tx((repos) => repos.outgoingHooks.remove(id))
        listening.clear()
      },
      async renewToken(actor, id) {
        const hook = { ...(await outgoingOf(actor, id)), token: opaqueToken(ids), updatedAt: clock.now() }
        await putOutgoing(hook)
        return hook
      },
      async triggered(room, message) {
        if (room.kind !== 'public' || !room.teamId || message.kind !== 'user') return []
        const all = await listeningIn(room.teamId)
        return all.flatMap((hook) => {
          if (hook.roomId !== null && hook.roomId !== room.id) return []
          const word = wordOf(hook, message.content)
          return word === null ? [] : [{ hook, word }]
        })
      },
    },
  }

  async function requirePublic(actor: Actor, roomId: Uuid | null): Promise<void> {
    if (roomId === null) return
    const { room } = await core.rooms.get(actor, roomId)
    if (room.kind !== 'public') {
      throw fault.forbidden('hook.not_public', 'Outgoing webhooks listen to public rooms only.')
    }
  }
}

/** The trigger word that the text begins with; '' when the hook wants every message of its room. */
function wordOf(hook: OutgoingHook, content: string): string | null {
  if (hook.triggerWords.length === 0) return hook.roomId === null ? null : ''
  const first = content.trim().split(/\s+/, 1)[0] ?? ''
  const fits = (word: string) => (hook.triggerWhen === 1 ? content.trim().startsWith(word) : first === word)
  return hook.triggerWords.find(fits) ?? null
}

function checked(hook: IncomingHook): IncomingHook {
  for (const [name, max] of Object.entries(TEXT_MAX) as [keyof typeof TEXT_MAX, number][]) {
    if (hook[name].length > max)
      throw fault.invalid('hook.too_long', `${name} has at most ${max} characters.`)
  }
  return hook
}

function checkedOut(hook: OutgoingHook): OutgoingHook {
  const urls = hook.callbackUrls
  if (
    urls.length === 0 ||
    urls.join(' ').length > URLS_MAX_CHARS ||
    !urls.every((url) => /^https?:\/\//.test(url))
  ) {
    throw fault.invalid('hook.bad_url', 'Name one or more http(s) addresses.')
  }
  if (hook.triggerWords.length === 0 && hook.roomId === null) {
    throw fault.invalid('hook.no_trigger', 'Name a room, or words that set the webhook off.')
  }
  if (hook.triggerWords.length > WORDS_MAX)
    throw fault.invalid('hook.too_many_words', 'There are too many words.')
  return hook
}

/** A UUID of which every bit but the version is random. */
function randomUuid(deps: CoreDeps): Uuid {
  const hex = deps.ids.secret(16)
  const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
