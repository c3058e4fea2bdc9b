/** Keys for bots and integrations: shown once, stored hashed, with scopes and an end. */
import type { AccountContext } from '../accounts/context.ts'
import type { ApiKeyRecord } from '../accounts/repositories.ts'
import type { ApiKeys } from '../core.ts'
import { fault } from '../faults.ts'
import { DEFAULT_KEY_SCOPES, isScope, requireAdmin, requireSession } from '../permissions/scopes.ts'
import { sha256Hex } from '../support/digest.ts'
import { opaqueToken } from '../support/opaque-token.ts'
import type { Unit } from '../ports.ts'
import type { Actor, ApiKey, Scope, Uuid } from '../types.ts'

const SECRET_BYTES = 20
const NAME_MAX_CHARS = 80
const MAX_KEYS_EACH = 100
const PREFIX_CHARS = 7

type NewKey = Parameters<ApiKeys['create']>[1]

export function createApiKeys(ctx: AccountContext): ApiKeys {
  return {
    create: (actor, input) => create(ctx, actor, input),
    async list(actor, userId = actor.user.id) {
      requireOwner(actor, userId)
      return (await ctx.deps.store.read.apiKeys.listByUser(userId)).map(keyOf)
    },
    async tokens(actor, query) {
      requireSession(actor)
      requireAdmin(actor)
      const { q = '', offset, limit } = query
      const found = await ctx.deps.store.read.apiKeys.listTokens({ q: q.toLowerCase(), offset, limit })
      return found.map(keyOf)
    },
    get: async (actor, id) => keyOf(await reachable(ctx, actor, id)),
    revoke: (actor, id) => revoke(ctx, actor, id),
    setEnabled: (actor, id, enabled) => setEnabled(ctx, actor, id, enabled),
  }
}

async function create(
  ctx: AccountContext,
  actor: Actor,
  input: NewKey,
): Promise<{ key: ApiKey; secret: string }> {
  const userId = input.userId ?? actor.user.id
  requireOwner(actor, userId)
  const kind = input.kind ?? 'key'
  const scopes = checkScopes(input.scopes ?? (kind === 'pat' ? ['*'] : [...DEFAULT_KEY_SCOPES]))
  const now = ctx.deps.clock.now()
  if (input.expiresAt != null && input.expiresAt <= now) {
    throw fault.invalid('key.bad_expiry', 'A key must end in the future.', { expires_at: 'is in the past' })
  }
  const secret = kind === 'pat' ? opaqueToken(ctx.deps.ids) : `hb_${ctx.deps.ids.secret(SECRET_BYTES)}`
  const record: ApiKeyRecord = {
    id: ctx.deps.ids.next(),
    userId,
    name: checkName(input.name),
    kind,
    prefix: secret.slice(0, PREFIX_CHARS),
    scopes,
    expiresAt: input.expiresAt ?? null,
    lastUsedAt: null,
    createdAt: now,
    revokedAt: null,
    disabledAt: null,
    tokenHash: sha256Hex(secret),
  }
  await ctx.deps.store.tx(async (repos) => {
    if ((await repos.apiKeys.countByUser(userId)) >= MAX_KEYS_EACH) {
      throw fault.conflict('key.too_many', `An account has at most ${MAX_KEYS_EACH} keys.`)
    }
    await repos.apiKeys.insert(record)
  })
  note(ctx, actor, 'key.create', record)
  return { key: keyOf(record), secret }
}

async function revoke(ctx: AccountContext, actor: Actor, id: Uuid): Promise<void> {
  const key = await reachable(ctx, actor, id)
  await ctx.deps.store.tx(async (repos, unit) => {
    await repos.apiKeys.revoke(id, ctx.deps.clock.now())
    endUse(ctx, unit, key)
  })
  note(ctx, actor, 'key.revoke', key)
}

async function setEnabled(ctx: AccountContext, actor: Actor, id: Uuid, enabled: boolean): Promise<void> {
  const key = await reachable(ctx, actor, id)
  if ((key.disabledAt === null) === enabled) return
  await ctx.deps.store.tx(async (repos, unit) => {
    await repos.apiKeys.setDisabled(id, enabled ? null : ctx.deps.clock.now())
    if (!enabled) endUse(ctx, unit, key)
  })
  note(ctx, actor, enabled ? 'key.enable' : 'key.disable', key)
}

/** Whoever is connected with it hears no more. */
function endUse(ctx: AccountContext, unit: Unit, key: ApiKey): void {
  unit.afterCommit(() => ctx.tokens.forgetUser(key.userId))
  unit.emit({ type: 'sessions.revoked', userId: key.userId, sessionIds: [key.id], except: null })
}

/** Another's key is as unknown as one that never was, unless an administrator asks. */
async function reachable(ctx: AccountContext, actor: Actor, id: Uuid): Promise<ApiKeyRecord> {
  requireSession(actor)
  const key = await ctx.deps.store.read.apiKeys.byId(id)
  const mine = key?.userId === actor.user.id
  if (!key || key.revokedAt !== null || (!mine && actor.user.role !== 'admin')) {
    throw fault.notFound('key.not_found', 'There is no such key.')
  }
  return key
}

/** Keys never make, show or end keys; other people's are an administrator's business. */
function requireOwner(actor: Actor, userId: Uuid): void {
  requireSession(actor)
  if (userId !== actor.user.id) requireAdmin(actor)
}

function checkScopes(scopes: readonly Scope[]): Scope[] {
  const unknown = scopes.find((scope) => !isScope(scope))
  if (unknown !== undefined || scopes.length === 0) {
    throw fault.invalid('key.bad_scope', 'A key needs scopes that exist.', {
      scopes: unknown === undefined ? 'may not be empty' : `has no scope ${unknown.slice(0, 40)}`,
    })
  }
  return [...new Set(scopes)]
}

function checkName(name: string): string {
  const text = name.trim()
  if (text.length === 0 || text.length > NAME_MAX_CHARS) {
    const rule = `has 1 to ${NAME_MAX_CHARS} characters`
    throw fault.invalid('key.bad_name', `The name of a key ${rule}.`, { name: rule })
  }
  return text
}

function note(ctx: AccountContext, actor: Actor, action: string, key: ApiKey): void {
  ctx.audit.record({
    actorId: actor.user.id,
    action,
    targetType: 'key',
    targetId: key.id,
    ip: actor.ip,
    details: { owner: key.userId, kind: key.kind, scopes: key.scopes },
  })
}

function keyOf(record: ApiKeyRecord): ApiKey {
  const { tokenHash: _hash, ...key } = record
  return key
}
