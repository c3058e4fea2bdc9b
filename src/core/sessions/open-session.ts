/** Opens a session for someone who has proved who they are, and makes its token. */
import type { Sessions } from '../core.ts'
import type { AccountContext } from '../accounts/context.ts'
import type { SessionRecord } from '../accounts/repositories.ts'
import { durationMs } from '../support/duration.ts'
import { sha256Hex } from '../support/digest.ts'
import { opaqueToken } from '../support/opaque-token.ts'
import type { Session, SessionKind, User } from '../types.ts'

type Details = Parameters<Sessions['open']>[2]

export async function openSession(
  ctx: AccountContext,
  user: User,
  kind: SessionKind,
  details: Details,
): Promise<{ token: string; session: Session }> {
  const now = ctx.deps.clock.now()
  const ttlS = details.ttlS === undefined ? usualTtlS(ctx) : details.ttlS
  const credential = await ctx.deps.store.read.credentials.byUserId(user.id)
  const stamp = credential?.sessionStamp ?? null
  const record: SessionRecord = {
    id: ctx.deps.ids.next(),
    userId: user.id,
    kind,
    csrf: kind === 'mattermost' ? opaqueToken(ctx.deps.ids) : null,
    deviceId: details.deviceId ?? null,
    device: details.device ?? {},
    createdAt: now,
    expiresAt: ttlS === null ? null : now + ttlS * 1_000,
    lastUsedAt: now,
    tokenHash: null,
    stamp,
    revokedAt: null,
  }
  const token = kind === 'mattermost' ? opaqueToken(ctx.deps.ids) : await jwtFor(ctx, record, ttlS)
  if (kind === 'mattermost') record.tokenHash = sha256Hex(token)
  await ctx.deps.store.tx((repos) => repos.sessions.insert(record))
  ctx.activity.note('user', user.id)
  return { token, session: sessionOf(record) }
}

/** As the administrators of Open WebUI say it (`auth.jwt_expiry`), unless the environment does. Seconds. */
function usualTtlS({ deps, settings }: AccountContext): number | null {
  const said = settings.get<unknown>('auth.jwt_expiry', null)
  const ms = typeof said === 'string' ? durationMs(said) : undefined
  if (ms === undefined || deps.settings.sessionTtlGiven) return deps.settings.sessionTtlS
  return ms === null ? null : Math.floor(ms / 1_000)
}

/** The claims of Open WebUI's tokens, so that one token works there too (contracts/openwebui-schema.md). */
function jwtFor(ctx: AccountContext, record: SessionRecord, ttlS: number | null): Promise<string> {
  const claims = {
    id: record.userId,
    typ: 'session',
    auth_method: 'password',
    auth_time: Math.floor(record.createdAt / 1_000),
    session_stamp: record.stamp,
    mfa_verified: false,
    jti: record.id,
  }
  return ctx.deps.signer.sign(claims, ttlS)
}

export function sessionOf(record: SessionRecord): Session {
  const { tokenHash: _hash, stamp: _stamp, revokedAt: _revokedAt, ...session } = record
  return session
}
