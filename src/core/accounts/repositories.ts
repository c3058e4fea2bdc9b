/** Storage ports of core/accounts: what src/db must offer. Absent rows are `null`, never an exception. */
import type { UserSort } from '../core.ts'
import type {
  ApiKey,
  AuditEntry,
  Millis,
  Preference,
  PresenceState,
  Session,
  User,
  UserProfile,
  UserRole,
  Uuid,
} from '../types.ts'

/** Which unique name was taken, when one was; nothing is written then. */
export type Clash = 'username' | 'email' | null

export interface NewUser {
  id: Uuid
  username: string
  displayName: string
  /** What stands in the table: also for accounts without an address. */
  storedEmail: string
  role: UserRole
  isBot: boolean
  botModel: string | null
  botOwnerId: Uuid | null
  bio: string
  profile: UserProfile
  createdAt: Millis
}

export interface UserChange {
  username?: string
  displayName?: string
  storedEmail?: string
  /** Lower case. */
  verifiedEmail?: string
  role?: UserRole
  bio?: string
  profileImageUrl?: string
  avatarKey?: string | null
  avatarUpdatedAt?: Millis
  deactivatedAt?: Millis | null
  passwordChangedAt?: Millis
  profile?: UserProfile
}

export interface UserQuery {
  q: string | null
  /** Also looks into e-mail addresses. */
  withEmail: boolean
  teamId: Uuid | null
  roomId: Uuid | null
  notInRoomId: Uuid | null
  role: UserRole | null
  /** Without the accounts of models. */
  peopleOnly: boolean
  includeInactive: boolean
  sort: UserSort
  ascending: boolean | null
  /** Members of this group of Open WebUI come first, or last when `ascending`. */
  byGroupId: string | null
  offset: number
  limit: number
}

/** A row of Open WebUI's `user` that has no `hb_account` yet. */
export interface Stranger {
  id: Uuid
  username: string | null
  displayName: string
  email: string | null
  active: boolean
  createdAt: Millis
}

export interface UserRepository {
  byId(id: Uuid): Promise<User | null>
  byIds(ids: readonly Uuid[]): Promise<User[]>
  byUsername(usernameLower: string): Promise<User | null>
  byEmail(emailLower: string): Promise<User | null>
  byPubkey(pubkey: string): Promise<User | null>
  search(query: UserQuery): Promise<{ users: User[]; total: number }>
  counts(): Promise<{ people: number; bots: number; active: number }>
  /** Whether there is anyone who is no bot. */
  hasPeople(): Promise<boolean>
  /** Active administrators. */
  adminIds(): Promise<Uuid[]>
  /** Until the end of this unit of work nobody else decides who is first (nothing to do on SQLite). */
  lockFirstPerson(): Promise<void>
  insert(user: NewUser): Promise<Clash>
  update(id: Uuid, change: UserChange, at: Millis): Promise<Clash>
  /** Deletes the person's row and all that hangs on it; `hb_account` stays as a tombstone under `newUsername`. */
  remove(id: Uuid, newUsername: string, at: Millis): Promise<void>
  touchActive(lastActive: ReadonlyMap<Uuid, Millis>): Promise<void>
  /** Users of Open WebUI that have no account row of ours yet. */
  strangers(limit: number): Promise<Stranger[]>
  /** Finishes what Open WebUI's server began when it deleted a `user` row: as `remove`, for all of them. */
  buryDeleted(at: Millis): Promise<void>
  /** False when the name is taken or someone was faster. */
  adopt(stranger: Stranger, username: string, at: Millis): Promise<boolean>
}

export interface Credential {
  userId: Uuid
  passwordHash: string | null
  active: boolean
  sessionStamp: string | null
  /** A second factor is set up (in Open WebUI). */
  mfaEnrolled: boolean
}

export interface CredentialRepository {
  byUserId(id: Uuid): Promise<Credential | null>
  insert(row: {
    userId: Uuid
    storedEmail: string
    passwordHash: string
    sessionStamp: string
  }): Promise<void>
  /** False when the hash is no longer `expected`: someone else changed it meanwhile. */
  setPassword(id: Uuid, hash: string, expected: string | null): Promise<boolean>
  setStamp(id: Uuid, stamp: string): Promise<void>
  setActive(id: Uuid, active: boolean): Promise<void>
}

export interface SessionRecord extends Session {
  /** SHA-256 of an opaque token; null for JWTs. */
  tokenHash: string | null
  /** The session stamp that it holds under. */
  stamp: string | null
  revokedAt: Millis | null
}

export interface SessionRepository {
  insert(record: SessionRecord): Promise<void>
  byId(id: Uuid): Promise<SessionRecord | null>
  byTokenHash(hash: string): Promise<SessionRecord | null>
  /** Neither revoked nor expired, newest first. */
  listByUser(userId: Uuid, now: Millis): Promise<SessionRecord[]>
  update(
    id: Uuid,
    patch: { deviceId?: string; device?: Record<string, string>; stamp?: string },
  ): Promise<void>
  revoke(id: Uuid, at: Millis): Promise<boolean>
  revokeByUser(userId: Uuid, exceptId: Uuid | null, at: Millis): Promise<void>
  touch(lastUsed: ReadonlyMap<Uuid, Millis>): Promise<void>
  /** Tokens that have no session row. */
  revokeToken(jti: string, expiresAt: Millis): Promise<void>
  isTokenRevoked(jti: string): Promise<boolean>
  /** Forgets what has been over for a day. */
  purge(before: Millis): Promise<void>
}

export interface ApiKeyRecord extends ApiKey {
  tokenHash: string
}

export interface TokenQuery {
  q: string
  offset: number
  limit: number
}

export interface ApiKeyRepository {
  insert(record: ApiKeyRecord): Promise<void>
  byId(id: Uuid): Promise<ApiKeyRecord | null>
  byTokenHash(hash: string): Promise<ApiKeyRecord | null>
  /** Not revoked, newest first. */
  listByUser(userId: Uuid): Promise<ApiKeyRecord[]>
  /** Personal access tokens of everybody, newest first; `q` is the start of an id or part of a username (lower case). */
  listTokens(query: TokenQuery): Promise<ApiKeyRecord[]>
  /** In a unit of work: until its end nobody else counts the keys of this person. */
  countByUser(userId: Uuid): Promise<number>
  revoke(id: Uuid, at: Millis): Promise<void>
  setDisabled(id: Uuid, at: Millis | null): Promise<void>
  touch(lastUsed: ReadonlyMap<Uuid, Millis>): Promise<void>
  /** Open WebUI's one `sk-` key a person. */
  byOpenWebUiKey(secret: string): Promise<{ userId: Uuid; expiresAt: Millis | null } | null>
}

export interface NostrRepository {
  /** False when the key belongs to an account already. */
  link(pubkey: string, userId: Uuid, at: Millis): Promise<boolean>
  pendingInvites(pubkey: string): Promise<{ roomId: Uuid; invitedBy: Uuid }[]>
  dropInvite(pubkey: string, roomId: Uuid): Promise<void>
  /** True the first time only. */
  useOnce(hash: string, kind: string, expiresAt: Millis): Promise<boolean>
}

export type MailTokenKind = 'reset' | 'verify'

export interface MailToken {
  hash: string
  kind: MailTokenKind
  userId: Uuid
  /** Lower case; where it was sent. */
  email: string
  expiresAt: Millis
}

export interface MailTokenRepository {
  /** Takes the place of an earlier one of this kind. */
  put(token: MailToken): Promise<void>
  byHash(hash: string): Promise<MailToken | null>
  /** Takes all of this kind away; false when this one was not there (any more). */
  use(token: MailToken): Promise<boolean>
}

export interface PreferenceRepository {
  list(userId: Uuid, category: string | null): Promise<Preference[]>
  get(userId: Uuid, category: string, name: string): Promise<Preference | null>
  count(userId: Uuid): Promise<number>
  put(preferences: readonly Preference[], at: Millis): Promise<void>
  remove(userId: Uuid, names: readonly { category: string; name: string }[]): Promise<void>
}

export interface StoredSettings {
  values: Record<string, unknown>
  /** Keys that Open WebUI wrote of itself when it made the table: nobody chose these values. */
  seeded: ReadonlySet<string>
}

export interface SettingRepository {
  /** `hubbub.*` from our own table, all others from Open WebUI's `config`. */
  all(): Promise<StoredSettings>
  put(values: Record<string, unknown>, at: Millis): Promise<void>
}

export interface AuditRepository {
  append(entries: readonly AuditEntry[]): Promise<void>
  list(before: Millis | null, limit: number): Promise<AuditEntry[]>
}

export interface StatusRecord {
  userId: Uuid
  state: PresenceState
  manual: boolean
  dndEndAt: Millis | null
  lastActiveAt: Millis
}

export interface StatusRepository {
  byIds(ids: readonly Uuid[]): Promise<StatusRecord[]>
  put(record: StatusRecord): Promise<void>
}

export interface AccountRepositories {
  users: UserRepository
  credentials: CredentialRepository
  sessions: SessionRepository
  apiKeys: ApiKeyRepository
  nostr: NostrRepository
  mailTokens: MailTokenRepository
  preferences: PreferenceRepository
  settings: SettingRepository
  audit: AuditRepository
  statuses: StatusRepository
}
