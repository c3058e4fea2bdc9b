/**
 * Every route of the native face that the client calls, one function each.
 * Reads lenient where the contract leaves a list's wrapper open.
 */
import type {
  AdminUser,
  AiSettings,
  ApiKey,
  Edit,
  Invite,
  InvitePreview,
  Member,
  MemberRole,
  Message,
  MessagePage,
  Model,
  NostrEvent,
  Role,
  Room,
  RoomKind,
  SearchHit,
  ServerSettings,
  UsageRow,
  User,
} from '../lib/types.ts'
import { query, request } from './client.ts'

export interface Signed {
  token: string
  user: User
}

/** Lists come bare or under a name; either is read. */
async function list<T>(promise: Promise<unknown>, name: string): Promise<T[]> {
  const body = await promise
  if (Array.isArray(body)) return body as T[]
  const named = (body as Record<string, unknown> | undefined)?.[name]
  return Array.isArray(named) ? (named as T[]) : []
}

const seg = encodeURIComponent
const room = (id: string) => `/api/rooms/${seg(id)}`
const message = (roomId: string, id: string) => `${room(roomId)}/messages/${seg(id)}`

export const auth = {
  register: (body: { username: string; password: string; display_name?: string; email?: string }) =>
    request<Signed>('POST', '/api/auth/register', body),
  login: (username: string, password: string) =>
    request<Signed>('POST', '/api/auth/login', { username, password }),
  options: () => request<{ first_account: boolean; signup_enabled: boolean }>('GET', '/api/auth/options'),
  me: () => request<User>('GET', '/api/auth/me'),
  logout: () => request<void>('POST', '/api/auth/logout'),
  profile: (body: {
    display_name?: string
    bio?: string
    email?: string | null
    current_password?: string
    new_password?: string
  }) => request<User & { token?: string }>('PATCH', '/api/auth/profile', body),
  setAvatar: (file: Blob) => {
    const form = new FormData()
    form.set('file', file)
    return request<User>('POST', '/api/auth/avatar', form)
  },
  removeAvatar: () => request<User | undefined>('DELETE', '/api/auth/avatar'),
  nostrChallenge: (pubkey: string) =>
    request<{ challenge: string }>('POST', '/api/auth/nostr/challenge', {
      pubkey,
    }),
  nostrVerify: (event: NostrEvent) => request<Signed>('POST', '/api/auth/nostr/verify', { event }),
  keys: () => list<ApiKey>(request('GET', '/api/auth/keys'), 'keys'),
  createKey: (body: { name: string; scopes?: string[]; expires_in?: number }) =>
    request<ApiKey & { key: string }>('POST', '/api/auth/keys', body),
  deleteKey: (id: string) => request<void>('DELETE', `/api/auth/keys/${seg(id)}`),
}

export const rooms = {
  mine: () => list<Room>(request('GET', '/api/rooms'), 'rooms'),
  open: () => list<Room>(request('GET', '/api/rooms?scope=public'), 'rooms'),
  get: (id: string) => request<Room>('GET', room(id)),
  create: (body: {
    name: string
    description?: string
    kind?: RoomKind
    member_ids?: string[]
    ai?: Partial<AiSettings>
  }) => request<Room>('POST', '/api/rooms', body),
  update: (
    id: string,
    body: {
      name?: string
      description?: string
      kind?: RoomKind
      ai?: Partial<AiSettings>
    },
  ) => request<Room>('PATCH', room(id), body),
  remove: (id: string) => request<void>('DELETE', room(id)),
  join: (id: string) => request<Room>('POST', `${room(id)}/join`),
  leave: (id: string) => request<void>('POST', `${room(id)}/leave`),
  clear: (id: string) => request<void>('POST', `${room(id)}/clear`),
  read: (id: string, messageId: string) =>
    request<void>('POST', `${room(id)}/read`, { message_id: messageId }),
  budget: (id: string) =>
    request<{ used: number; limit: number | null; per: string }>('GET', `${room(id)}/ai/budget`),
  /** Lets the AI members go on after the loop guard paused them. */
  resumeAi: (id: string) => request<void>('POST', `${room(id)}/ai/resume`),
  members: (id: string) => list<Member>(request('GET', `${room(id)}/members`), 'members'),
  addMember: (id: string, username: string) => request<unknown>('POST', `${room(id)}/members`, { username }),
  setMemberRole: (id: string, userId: string, role: MemberRole) =>
    request<unknown>('PATCH', `${room(id)}/members/${seg(userId)}`, { role }),
  removeMember: (id: string, userId: string) => request<void>('DELETE', `${room(id)}/members/${seg(userId)}`),
  pins: (id: string) => list<Message>(request('GET', `${room(id)}/pins`), 'messages'),
}

export interface PageQuery {
  before?: string
  after?: string
  around?: string
  thread?: string
  /** `true` leaves out replies in threads. */
  roots?: 'true'
  limit?: number
}

export interface NewMessage {
  content: string
  reply_to?: string
  thread?: string
  image_urls?: string[]
  client_id: string
}

export const messages = {
  page: (roomId: string, params: PageQuery) =>
    request<MessagePage>('GET', `${room(roomId)}/messages${query({ ...params })}`),
  get: (roomId: string, id: string) => request<Message>('GET', message(roomId, id)),
  post: (roomId: string, body: NewMessage) => request<Message>('POST', `${room(roomId)}/messages`, body),
  edit: (roomId: string, id: string, content: string) =>
    request<Message>('PATCH', message(roomId, id), { content }),
  remove: (roomId: string, id: string) => request<void>('DELETE', message(roomId, id)),
  edits: (roomId: string, id: string) => list<Edit>(request('GET', `${message(roomId, id)}/edits`), 'edits'),
  react: (roomId: string, id: string, emoji: string, on: boolean) =>
    request<void>(on ? 'PUT' : 'DELETE', `${message(roomId, id)}/reactions/${seg(emoji)}`),
  pin: (roomId: string, id: string, on: boolean) =>
    request<void>(on ? 'PUT' : 'DELETE', `${message(roomId, id)}/pin`),
}

export const people = {
  find: (q: string, signal?: AbortSignal) =>
    list<User>(request('GET', `/api/users${query({ q })}`, undefined, signal), 'users'),
  online: () => list<{ user_id: string; state: string }>(request('GET', '/api/presence'), 'online'),
}

export const invites = {
  create: (body: { room_id: string; max_uses?: number; expires_in?: number }) =>
    request<Invite>('POST', '/api/invites', body),
  mine: () => list<Invite>(request('GET', '/api/invites'), 'invites'),
  revoke: (token: string) => request<void>('DELETE', `/api/invites/${seg(token)}`),
  preview: (token: string) => request<InvitePreview>('GET', `/api/invites/${seg(token)}`),
  accept: (token: string) => request<Room>('POST', `/api/invites/${seg(token)}/accept`),
  nostr: (roomId: string, npub: string) =>
    request<unknown>('POST', '/api/invites/nostr', { room_id: roomId, npub }),
}

export const search = {
  run: (params: { q: string; room_id?: string | null; cursor?: string | null }, signal?: AbortSignal) =>
    request<{ hits: SearchHit[]; next_cursor: string | null }>(
      'GET',
      `/api/search${query({ q: params.q, room_id: params.room_id, before: params.cursor, limit: 30 })}`,
      undefined,
      signal,
    ),
}

export const models = {
  list: () => list<Model>(request('GET', '/api/models'), 'data'),
}

export const admin = {
  users: (q: string) =>
    list<AdminUser>(request('GET', `/api/admin/users${query({ q, limit: 200 })}`), 'users'),
  updateUser: (id: string, body: { role?: Role; active?: boolean }) =>
    request<unknown>('PATCH', `/api/admin/users/${seg(id)}`, body),
  settings: () =>
    request<{ settings: ServerSettings }>('GET', '/api/admin/settings').then((body) => body.settings),
  updateSettings: (body: Partial<ServerSettings>) =>
    request<{ settings: ServerSettings } | undefined>('PATCH', '/api/admin/settings', body),
  usage: () => list<UsageRow>(request('GET', '/api/admin/usage'), 'rows'),
}
