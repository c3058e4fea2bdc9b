// Each native route: who may call it, with what, and what a stranger aims at. A route that is missing here fails
// native-routes.test.ts, so that a new one has to be thought about.
import type { World } from './native-world.ts'

export interface RouteEntry {
  /** Anybody may call it; absent: 401 without a token. */
  open?: true
  /** Scope without which a key is refused; `session` = no key at all, `none` = any key. */
  scope?: string
  /** A body that is valid in form. */
  body?: (world: World) => unknown
  query?: (world: World) => Record<string, string>
  /** What a stranger gets who names ann's things in the path. Absent: the path names nothing of anybody. */
  stranger?: readonly number[]
  /** Multipart instead of JSON. */
  multipart?: true
}

const denied = [403, 404]
const inRoom = { stranger: denied }

export const nativeRoutes: Record<string, RouteEntry> = {
  'POST /api/auth/register': {
    open: true,
    body: () => ({ username: 'x', password: 'y', display_name: 'z', email: null }),
  },
  'POST /api/auth/login': { open: true, body: () => ({ username: 'ann', password: 'no' }) },
  'GET /api/auth/options': { open: true },
  'GET /api/auth/me': { scope: 'none' },
  'POST /api/auth/logout': { scope: 'session' },
  'PATCH /api/auth/profile': { scope: 'account:write', body: () => ({ display_name: 'Root', bio: 'b' }) },
  'PUT /api/auth/profile': { scope: 'account:write', body: () => ({ display_name: 'Root', bio: 'b' }) },
  'POST /api/auth/avatar': { scope: 'account:write', multipart: true },
  'DELETE /api/auth/avatar': { scope: 'account:write' },
  'POST /api/auth/nostr/challenge': { open: true, body: () => ({ pubkey: 'a'.repeat(64) }) },
  'POST /api/auth/nostr/verify': {
    open: true,
    body: () => ({
      event: {
        id: 'a'.repeat(64),
        pubkey: 'b'.repeat(64),
        created_at: 1,
        kind: 22242,
        tags: [['challenge', 'x']],
        content: '',
        sig: 'c'.repeat(128),
      },
    }),
  },
  'GET /api/users': { scope: 'account:read|rooms:read', query: () => ({ q: 'a', limit: '5', offset: '0' }) },
  'GET /api/presence': { scope: 'account:read' },
  // Anybody may look up a person; the e-mail is not shown (people.test.ts).
  'GET /api/users/:id': { scope: 'account:read' },
  'GET /uploads/avatars/:file': { open: true },
  'GET /api/auth/keys': { scope: 'session' },
  'POST /api/auth/keys': { scope: 'session', body: () => ({ name: 'k', scopes: ['rooms:read'] }) },
  'DELETE /api/auth/keys/:id': { scope: 'session', stranger: denied },
  'GET /api/admin/users': { scope: 'admin', stranger: [403], query: () => ({ q: 'a', limit: '5' }) },
  'PATCH /api/admin/users/:id': { scope: 'admin', stranger: [403], body: () => ({ active: true }) },
  'GET /api/admin/settings': { scope: 'admin', stranger: [403] },
  'PATCH /api/admin/settings': { scope: 'admin', stranger: [403], body: () => ({ signup_enabled: true }) },
  'GET /api/admin/usage': { scope: 'admin', stranger: [403] },
  'GET /api/admin/audit': { scope: 'admin', stranger: [403], query: () => ({ limit: '5' }) },
  'GET /api/rooms': { scope: 'rooms:read', query: () => ({ scope: 'public', q: 'a' }) },
  'POST /api/rooms': {
    scope: 'rooms:write',
    body: () => ({ name: 'n', description: 'd', kind: 'private', member_ids: [], ai: { respond: 'never' } }),
  },
  'GET /api/rooms/:room_id': { scope: 'rooms:read', ...inRoom },
  'PATCH /api/rooms/:room_id': {
    scope: 'rooms:write',
    ...inRoom,
    body: () => ({ name: 'Taken', description: 'x', header: 'h', kind: 'public', ai: { respond: 'always' } }),
  },
  'DELETE /api/rooms/:room_id': { scope: 'rooms:write', ...inRoom },
  'POST /api/rooms/:room_id/join': { scope: 'rooms:write', ...inRoom },
  'POST /api/rooms/:room_id/leave': { scope: 'rooms:write', ...inRoom },
  'POST /api/rooms/:room_id/clear': { scope: 'rooms:write', ...inRoom },
  'POST /api/rooms/:room_id/read': {
    scope: 'messages:read',
    ...inRoom,
    body: ({ message }) => ({ message_id: message.id }),
  },
  'GET /api/rooms/:room_id/messages': {
    scope: 'messages:read',
    ...inRoom,
    query: ({ message }) => ({ before: message.id, limit: '5' }),
  },
  'POST /api/rooms/:room_id/messages': {
    scope: 'messages:write',
    ...inRoom,
    body: () => ({
      content: 'c',
      reply_to: null,
      thread: null,
      image_urls: [],
      file_ids: [],
      client_id: 'c',
    }),
  },
  'GET /api/rooms/:room_id/messages/:id': { scope: 'messages:read', ...inRoom },
  'PATCH /api/rooms/:room_id/messages/:id': {
    scope: 'messages:write',
    ...inRoom,
    body: () => ({ content: 'defaced' }),
  },
  'DELETE /api/rooms/:room_id/messages/:id': { scope: 'messages:write', ...inRoom },
  'PUT /api/rooms/:room_id/messages/:id/reactions/:emoji': { scope: 'messages:write', ...inRoom },
  'DELETE /api/rooms/:room_id/messages/:id/reactions/:emoji': { scope: 'messages:write', ...inRoom },
  'PUT /api/rooms/:room_id/messages/:id/pin': { scope: 'messages:write', ...inRoom },
  'DELETE /api/rooms/:room_id/messages/:id/pin': { scope: 'messages:write', ...inRoom },
  'GET /api/rooms/:room_id/messages/:id/edits': { scope: 'messages:read', ...inRoom },
  'GET /api/rooms/:room_id/pins': { scope: 'messages:read', ...inRoom },
  'GET /api/messages/hash/:hash': { scope: 'messages:read', ...inRoom },
  'GET /api/rooms/:room_id/members': { scope: 'rooms:read', ...inRoom, query: () => ({ limit: '5' }) },
  'POST /api/rooms/:room_id/members': {
    scope: 'rooms:write',
    ...inRoom,
    body: ({ mal }) => ({ user_id: mal.user.id }),
  },
  'PATCH /api/rooms/:room_id/members/:user_id': {
    scope: 'rooms:write',
    ...inRoom,
    body: () => ({ role: 'member' }),
  },
  'DELETE /api/rooms/:room_id/members/:user_id': { scope: 'rooms:write', ...inRoom },
  'GET /api/invites': { scope: 'rooms:read' },
  'POST /api/invites': {
    scope: 'rooms:write',
    stranger: denied,
    body: ({ room }) => ({ room_id: room.id, max_uses: 1, expires_in: 60 }),
  },
  'POST /api/invites/nostr': {
    scope: 'rooms:write',
    stranger: denied,
    body: ({ room }) => ({ room_id: room.id, pubkey: 'a'.repeat(64) }),
  },
  // Whoever holds the token of an invite is invited: these show and take what it is for.
  'GET /api/invites/:token': { open: true },
  'POST /api/invites/:token/accept': { scope: 'rooms:write' },
  'DELETE /api/invites/:token': { scope: 'rooms:write', stranger: denied },
  'GET /api/search': {
    scope: 'messages:read',
    stranger: denied,
    query: ({ room }) => ({ q: 'jewels', room_id: room.id }),
  },
  'POST /api/upload': { scope: 'files:write', multipart: true },
  'GET /uploads/*': { open: true },
  'GET /api/rooms/:room_id/ai/budget': { scope: 'rooms:read', ...inRoom },
  'POST /api/rooms/:room_id/ai/resume': { scope: 'messages:write', ...inRoom },
}

/** A path with ann's things in the places of its parameters. */
export function filled(path: string, world: World, of: { room?: string; message?: string } = {}): string {
  const { ann, room, message, invite, key } = world
  const values: Record<string, string> = {
    room_id: of.room ?? room.id,
    id: path.includes('/messages/')
      ? (of.message ?? message.id)
      : path.includes('/keys/')
        ? key.id
        : ann.user.id,
    user_id: ann.user.id,
    token: invite.token,
    hash: message.hash,
    emoji: encodeURIComponent('👍'),
    file: 'x.png',
  }
  return path.replace('*', 'chat-images/x.png').replace(/:(\w+)/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`No value for :${name} of ${path}`)
    return value
  })
}
