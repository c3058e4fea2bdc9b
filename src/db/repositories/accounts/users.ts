/** People: reads by their names, and the changes that keep Open WebUI's rows and ours in step. */
import { and, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type {
  Clash,
  NewUser,
  Stranger,
  UserChange,
  UserRepository,
} from '../../../core/accounts/repositories.ts'
import type { Millis, Uuid } from '../../../core/types.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { isTaken } from '../../errors.ts'
import { removePerson } from './remove-person.ts'
import { countUsers, searchUsers } from './search-users.ts'
import { selectUsers, toUser } from './user-rows.ts'

/** `user.username` of Open WebUI holds no more (VARCHAR(50)); the full name is ours anyway. */
const OPENWEBUI_USERNAME_CHARS = 50
/** Parameters of one query: both databases have a bound, and a room can have more people. */
const MAX_IDS = 1_000
/** Any number, as long as no other lock of ours has it. */
const FIRST_PERSON_LOCK = 4_815_162_342

const byId = stmt('user.byId', (db, t, p: Placeholders<{ id: string }>) =>
  selectUsers(db, t)
    .where(eq(t.hbAccount.userId, p('id')))
    .limit(1),
)
const byUsername = stmt('user.byUsername', (db, t, p: Placeholders<{ username: string }>) =>
  selectUsers(db, t)
    .where(and(eq(t.hbAccount.usernameLower, p('username')), isNull(t.hbAccount.deletedAt)))
    .limit(1),
)
/** By itself, for only so is Open WebUI's partial index over lower(email) used. */
const idByEmail = stmt('user.idByEmail', (db, t, p: Placeholders<{ email: string }>) =>
  db
    .select({ id: t.user.id })
    .from(t.user)
    .where(and(eq(sql`lower(${t.user.email})`, p('email')), isNotNull(t.user.email)))
    .limit(1),
)
const byPubkey = stmt('user.byPubkey', (db, t, p: Placeholders<{ pubkey: string }>) =>
  selectUsers(db, t)
    .where(eq(t.hbNostrKey.pubkey, p('pubkey')))
    .limit(1),
)
const anyPerson = stmt('user.anyPerson', (db, t) =>
  db
    .select({ id: t.user.id })
    .from(t.user)
    .leftJoin(t.hbAccount, eq(t.hbAccount.userId, t.user.id))
    .where(or(isNull(t.hbAccount.userId), eq(t.hbAccount.isBot, false)))
    .limit(1),
)
const touch = stmt('user.touch', (db, t, p: Placeholders<{ id: string; atS: number }>) =>
  db
    .update(t.user)
    .set({ lastActiveAt: sql`${p('atS')}` })
    .where(
      and(eq(t.user.id, p('id')), or(isNull(t.user.lastActiveAt), lt(t.user.lastActiveAt, sql`${p('atS')}`))),
    ),
)

export function userRepository(conn: Conn): UserRepository {
  return {
    byId: async (id) => mapOrNull(await conn.get(byId, { id })),
    byUsername: async (username) => mapOrNull(await conn.get(byUsername, { username })),
    async byEmail(email) {
      const found = await conn.get(idByEmail, { email })
      return found && mapOrNull(await conn.get(byId, found))
    },
    byPubkey: async (pubkey) => mapOrNull(await conn.get(byPubkey, { pubkey })),
    async byIds(ids) {
      const found = []
      for (let at = 0; at < ids.length; at += MAX_IDS) {
        const some = inArray(conn.tables.hbAccount.userId, ids.slice(at, at + MAX_IDS))
        found.push(...(await selectUsers(conn.db, conn.tables).where(some)))
      }
      return found.map(toUser)
    },
    search: (query) => searchUsers(conn, query),
    counts: () => countUsers(conn),
    hasPeople: async () => (await conn.get(anyPerson)) !== null,
    adminIds: () => adminIds(conn),
    async lockFirstPerson() {
      if (conn.dialect === 'pg') await conn.sql.all(sql`select pg_advisory_xact_lock(${FIRST_PERSON_LOCK})`)
    },
    insert: (user) => insertUser(conn, user),
    update: (id, change, at) => updateUser(conn, id, change, at),
    remove: (id, newUsername, at) => removePerson(conn, id, newUsername, at),
    async touchActive(lastActive) {
      for (const [id, at] of lastActive) await conn.run(touch, { id, atS: Math.floor(at / 1_000) })
    },
    strangers: (limit) => strangers(conn, limit),
    async buryDeleted(at) {
      const { hbAccount, user } = conn.tables
      const gone = await conn.db
        .select({ id: hbAccount.userId })
        .from(hbAccount)
        .leftJoin(user, eq(user.id, hbAccount.userId))
        .where(and(isNull(hbAccount.deletedAt), isNull(user.id)))
      for (const { id } of gone) await removePerson(conn, id, `deleted-${id}`, at)
    },
    adopt: (stranger, username, at) => adopt(conn, stranger, username, at),
  }
}

function mapOrNull(row: Parameters<typeof toUser>[0] | null) {
  return row && toUser(row)
}

async function adminIds(conn: Conn): Promise<Uuid[]> {
  const { user } = conn.tables
  const rows = await selectUsers(conn.db, conn.tables).where(eq(user.role, 'admin'))
  return rows
    .map(toUser)
    .filter((one) => one.deactivatedAt === null && !one.isBot)
    .map((one) => one.id)
}

async function insertUser(conn: Conn, draft: NewUser): Promise<Clash> {
  const { user, hbAccount } = conn.tables
  const seconds = Math.floor(draft.createdAt / 1_000)
  const made = await conn.db
    .insert(user)
    .values({
      id: draft.id,
      name: draft.displayName,
      email: draft.storedEmail,
      role: draft.role,
      username: openWebUiUsername(draft.username),
      profileImageUrl: '',
      bio: draft.bio || null,
      lastActiveAt: seconds,
      updatedAt: seconds,
      createdAt: seconds,
    })
    .onConflictDoNothing()
    .returning({ id: user.id })
  if (made.length === 0) return 'email'
  const account = await conn.db
    .insert(hbAccount)
    .values({
      userId: draft.id,
      usernameLower: draft.username,
      isBot: draft.isBot,
      botModel: draft.botModel,
      botOwnerId: draft.botOwnerId,
      passwordChangedAt: draft.createdAt,
      ...draft.profile,
      createdAt: draft.createdAt,
      updatedAt: draft.createdAt,
    })
    .onConflictDoNothing()
    .returning({ id: hbAccount.userId })
  return account.length === 0 ? 'username' : null
}

async function updateUser(conn: Conn, id: Uuid, change: UserChange, at: Millis): Promise<Clash> {
  const { user, auth, hbAccount } = conn.tables
  const { username, displayName, storedEmail, role, bio, profileImageUrl, profile, ...account } = change
  try {
    await conn.db
      .update(user)
      .set({
        ...(displayName === undefined ? {} : { name: displayName }),
        ...(storedEmail === undefined ? {} : { email: storedEmail }),
        ...(username === undefined ? {} : { username: openWebUiUsername(username) }),
        ...(role === undefined ? {} : { role }),
        ...(bio === undefined ? {} : { bio }),
        ...(profileImageUrl === undefined ? {} : { profileImageUrl }),
        updatedAt: Math.floor(at / 1_000),
      })
      .where(eq(user.id, id))
    if (storedEmail !== undefined) {
      await conn.db.update(auth).set({ email: storedEmail }).where(eq(auth.id, id))
    }
    await conn.db
      .update(hbAccount)
      .set({
        ...account,
        ...profile,
        ...(username === undefined ? {} : { usernameLower: username }),
        updatedAt: at,
      })
      .where(eq(hbAccount.userId, id))
    return null
  } catch (error) {
    if (isTaken(error, 'user', 'uq_user_email_lower')) return 'email'
    if (isTaken(error, 'hb_account', 'username_lower')) return 'username'
    throw error
  }
}

function openWebUiUsername(username: string): string | null {
  return username.length <= OPENWEBUI_USERNAME_CHARS ? username : null
}

async function strangers(conn: Conn, limit: number): Promise<Stranger[]> {
  const { user, hbAccount, auth } = conn.tables
  const rows = await conn.db
    .select({
      id: user.id,
      username: user.username,
      name: user.name,
      email: user.email,
      active: auth.active,
      createdS: user.createdAt,
    })
    .from(user)
    .leftJoin(hbAccount, eq(hbAccount.userId, user.id))
    .leftJoin(auth, eq(auth.id, user.id))
    .where(isNull(hbAccount.userId))
    .orderBy(user.createdAt)
    .limit(limit)
  return rows.map((row) => ({
    id: row.id,
    username: row.username,
    displayName: row.name ?? '',
    email: row.email,
    active: row.active !== false,
    createdAt: (row.createdS ?? 0) * 1_000,
  }))
}

async function adopt(conn: Conn, stranger: Stranger, username: string, at: Millis): Promise<boolean> {
  const { hbAccount } = conn.tables
  const made = await conn.db
    .insert(hbAccount)
    .values({
      userId: stranger.id,
      usernameLower: username,
      deactivatedAt: stranger.active ? null : at,
      createdAt: stranger.createdAt || at,
      updatedAt: at,
    })
    .onConflictDoNothing()
    .returning({ id: hbAccount.userId })
  return made.length === 1
}
