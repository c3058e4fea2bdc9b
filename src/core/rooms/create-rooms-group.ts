/** Puts together what is about rooms: teams, rooms, members, messages, reads, threads, invites, files, typing. */
import type { Core, Members, Messages, Reads, Rooms } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { createFiles } from '../files/files.ts'
import { createInvites } from '../invites/invites.ts'
import { addMembers } from '../members/add-members.ts'
import { countMembers, getMember, listMembers } from '../members/list-members.ts'
import { removeMember } from '../members/remove-member.ts'
import { setMemberRole } from '../members/set-member-role.ts'
import { updateOwnMember } from '../members/update-own-member.ts'
import { beginReply, finishReply } from '../messages/ai-reply.ts'
import { editMessage } from '../messages/edit-message.ts'
import { setPinned } from '../messages/pins.ts'
import { postMessage } from '../messages/post-message.ts'
import { react, unreact } from '../messages/reactions.ts'
import { Keywords } from '../messages/keywords.ts'
import { NewestPages } from '../messages/newest-pages.ts'
import * as reading from '../messages/read-messages.ts'
import { removeMessage } from '../messages/remove-message.ts'
import { systemMessage } from '../messages/system-message.ts'
import { markRead } from '../reads/mark-read.ts'
import { markUnread } from '../reads/mark-unread.ts'
import { IndexFeed } from '../search/index-feed.ts'
import { searchMessages } from '../search/search-messages.ts'
import { createTeams } from '../teams/teams.ts'
import { createThreads } from '../threads/threads.ts'
import { createTyping } from '../typing/start-typing.ts'
import { archiveRoom, restoreRoom } from './archive-room.ts'
import { clearRoom } from './clear-room.ts'
import type { RoomsContext } from './context.ts'
import { createRoom } from './create-room.ts'
import { directRoom } from './direct-room.ts'
import { getRoom, getRoomBySlug } from './get-room.ts'
import { joinPublicRoom } from './join-room.ts'
import { leaveRoom } from './leave-room.ts'
import { browseRooms, myRooms } from './list-rooms.ts'
import { updateRoom } from './update-room.ts'
import { createUpkeep, type RoomsUpkeep } from './upkeep.ts'

export type RoomsGroup = Pick<
  Core,
  'teams' | 'rooms' | 'members' | 'messages' | 'reads' | 'threads' | 'invites' | 'files' | 'typing'
>

/** `core` is filled while this runs: it is used when actions are called, not here. */
export function createRoomsGroup(deps: CoreDeps, core: Core): RoomsGroup & { roomsUpkeep: RoomsUpkeep } {
  const ctx: RoomsContext = {
    deps,
    core,
    index: new IndexFeed(deps),
    newest: new NewestPages(deps.clock),
    keywords: new Keywords(deps),
    stopping: false,
  }
  return {
    teams: createTeams(ctx),
    rooms: createRooms(ctx),
    members: createMembers(ctx),
    messages: createMessages(ctx),
    reads: createReads(ctx),
    threads: createThreads(ctx),
    invites: createInvites(ctx),
    files: createFiles(ctx),
    typing: createTyping(ctx),
    roomsUpkeep: createUpkeep(ctx),
  }
}

function createRooms(ctx: RoomsContext): Rooms {
  return {
    create: (actor, input) => createRoom(ctx, actor, input),
    direct: (actor, userIds) => directRoom(ctx, actor, userIds),
    get: (actor, roomId) => getRoom(ctx, actor, roomId),
    bySlug: (actor, teamId, slug, includeDeleted = false) =>
      getRoomBySlug(ctx, actor, teamId, slug, includeDeleted),
    mine: (actor, options) => myRooms(ctx, actor, options),
    browse: (actor, options) => browseRooms(ctx, actor, options),
    update: (actor, roomId, patch) => updateRoom(ctx, actor, roomId, patch),
    archive: (actor, roomId) => archiveRoom(ctx, actor, roomId),
    restore: (actor, roomId) => restoreRoom(ctx, actor, roomId),
    clear: (actor, roomId) => clearRoom(ctx, actor, roomId),
    join: (actor, roomId) => joinPublicRoom(ctx, actor, roomId),
    leave: (actor, roomId) => leaveRoom(ctx, actor, roomId),
  }
}

function createMembers(ctx: RoomsContext): Members {
  return {
    list: (actor, roomId, page) => listMembers(ctx, actor, roomId, page),
    get: (actor, roomId, userId) => getMember(ctx, actor, roomId, userId),
    count: (actor, roomId) => countMembers(ctx, actor, roomId),
    add: (actor, roomId, userIds) => addMembers(ctx, actor, roomId, userIds),
    remove: (actor, roomId, userId) => removeMember(ctx, actor, roomId, userId),
    setRole: (actor, roomId, userId, role) => setMemberRole(ctx, actor, roomId, userId, role),
    updateOwn: (actor, roomId, patch) => updateOwnMember(ctx, actor, roomId, patch),
    roomIdsOf: (userId) => ctx.deps.store.read.members.roomIdsOf(userId),
  }
}

function createMessages(ctx: RoomsContext): Messages {
  return {
    post: (actor, roomId, input) => postMessage(ctx, actor, roomId, input),
    edit: (actor, messageId, patch) => editMessage(ctx, actor, messageId, patch),
    remove: (actor, messageId) => removeMessage(ctx, actor, messageId),
    get: (actor, messageId) => reading.getMessage(ctx, actor, messageId),
    getMany: (actor, messageIds) => reading.getMessages(ctx, actor, messageIds),
    byHash: (actor, hash) => reading.getMessageByHash(ctx, actor, hash),
    history: (actor, roomId, query) => reading.history(ctx, actor, roomId, query),
    changedSince: (actor, roomId, since) => reading.changedSince(ctx, actor, roomId, since),
    edits: (actor, messageId) => reading.messageEdits(ctx, actor, messageId),
    react: (actor, messageId, emoji) => react(ctx, actor, messageId, emoji),
    unreact: (actor, messageId, emoji) => unreact(ctx, actor, messageId, emoji),
    pin: (actor, messageId) => setPinned(ctx, actor, messageId, true),
    unpin: (actor, messageId) => setPinned(ctx, actor, messageId, false),
    pins: (actor, roomId) => reading.pinnedMessages(ctx, actor, roomId),
    search: (actor, query) => searchMessages(ctx, actor, query),
    beginReply: (room, input) => beginReply(ctx, room, input),
    finishReply: (messageId, input) => finishReply(ctx, messageId, input),
    system: (room, input) => systemMessage(ctx, room, input),
  }
}

function createReads(ctx: RoomsContext): Reads {
  return {
    mark: (actor, roomId, messageId) => markRead(ctx, actor, roomId, messageId),
    markUnread: (actor, messageId) => markUnread(ctx, actor, messageId),
  }
}
