import { describe, expect, test } from 'bun:test'
import { defaultRoomAi } from '../rooms/room-defaults.ts'
import { newMember } from '../members/join.ts'
import type { Actor, MemberRole, Room, RoomKind, User } from '../types.ts'
import { can, type RoomAction, requireCan, type Standing } from './room-policy.ts'

const room = (kind: RoomKind, deletedAt: number | null = null): Room => ({
  id: 'r',
  kind,
  teamId: null,
  slug: 's',
  name: 'R',
  description: '',
  header: '',
  ai: defaultRoomAi,
  props: {},
  creatorId: null,
  messageCount: 0,
  rootCount: 0,
  lastMessageAt: 0,
  lastRootAt: 0,
  lastMessageId: null,
  lastHash: null,
  createdAt: 0,
  updatedAt: 0,
  deletedAt,
})

const actor = (role: User['role'] = 'user', via: Actor['via'] = 'session'): Actor => ({
  user: { id: 'u', role } as User,
  via,
  scopes: ['*'],
  sessionId: null,
  ip: null,
})

const as = (
  kind: RoomKind,
  role: MemberRole | null,
  mayJoin = false,
  deletedAt: number | null = null,
): Standing => ({
  room: room(kind, deletedAt),
  member: role && newMember(room(kind), 'u', role, 0),
  mayJoin,
})

const allowed = (standing: Standing, actions: RoomAction[], who = actor()) =>
  actions.filter((action) => can(who, standing, action))

const all: RoomAction[] = [
  'room.see',
  'room.read',
  'room.join',
  'room.edit',
  'room.archive',
  'room.restore',
  'room.clear',
  'room.kind',
  'member.add',
  'member.remove',
  'member.role',
  'message.post',
  'message.react',
  'message.pin',
  'message.moderate',
  'invite.create',
  'invite.manage',
]
const everyday: RoomAction[] = [
  'room.see',
  'room.read',
  'room.join',
  'message.post',
  'message.react',
  'message.pin',
]
const running: RoomAction[] = [
  'room.edit',
  'room.archive',
  'room.restore',
  'member.remove',
  'message.moderate',
  'invite.manage',
]

describe('can()', () => {
  test.each([
    ['a member of a public room', as('public', 'member'), [...everyday, 'member.add', 'invite.create']],
    ['a member of a private room', as('private', 'member'), everyday],
    ['a moderator', as('private', 'moderator'), [...everyday, ...running, 'member.add', 'invite.create']],
    ['an owner', as('private', 'owner'), all],
    ['a stranger before an open door', as('public', null, true), ['room.see', 'room.join']],
    ['a stranger', as('private', null), []],
    ['a member of an archived room', as('public', 'member', false, 1), ['room.see', 'room.read']],
    [
      'an owner of an archived room',
      as('public', 'owner', false, 1),
      ['room.see', 'room.read', 'room.archive', 'room.restore', 'message.moderate'],
    ],
    [
      'one of two in a conversation',
      as('direct', 'member'),
      ['room.see', 'room.read', 'room.edit', 'message.post', 'message.react', 'message.pin'],
    ],
    ['a stranger to a conversation', as('direct', null), []],
  ] as [string, Standing, RoomAction[]][])('%s', (_who, standing, wanted) => {
    expect(new Set(allowed(standing, all))).toEqual(new Set(wanted))
  })

  test('an administrator runs the rooms they are in and sees no others', () => {
    expect(allowed(as('private', 'member'), all, actor('admin'))).toEqual(all)
    expect(allowed(as('private', null), all, actor('admin'))).toEqual([])
  })

  test('an administrator brings people into public rooms without entering', () => {
    expect(allowed(as('public', null, true), all, actor('admin'))).toEqual([
      'room.see',
      'room.join',
      'member.add',
    ])
    expect(allowed(as('public', null), all, actor('admin'))).toEqual(['member.add'])
    expect(allowed(as('private', null, true), all, actor('admin'))).toEqual(['room.see', 'room.join'])
  })
})

test.each([
  ['a stranger', as('private', null), 'room.read', 'room.not_found'],
  ['a stranger to a conversation', as('direct', null), 'member.add', 'room.not_found'],
  ['who could join', as('public', null, true), 'message.post', 'room.not_member'],
  ['a member', as('private', 'member'), 'room.edit', 'room.not_allowed'],
  ['a member of an archived room', as('public', 'member', false, 1), 'message.post', 'room.archived'],
  ['somebody in a conversation', as('direct', 'member'), 'member.add', 'room.conversation'],
] as [string, Standing, RoomAction, string][])(
  '%s is told no more than they may know',
  (_who, standing, action, code) => {
    expect(() => requireCan(actor(), standing, action)).toThrow(expect.objectContaining({ code }))
  },
)
