/**
 * What happened, told after the commit that made it true. The hub (src/realtime) hands each event to
 * the faces that have a listener; with Redis it also crosses to other nodes, so events are plain JSON.
 */
import type {
  Member,
  Message,
  Millis,
  PresenceState,
  Preference,
  Room,
  ToolUse,
  User,
  Uuid,
} from './types.ts'

export type DomainEvent =
  // messages
  | { type: 'message.created'; room: Room; message: Message; sender: User }
  | {
      type: 'message.updated'
      room: Room
      message: Message
      sender: User
      reason: 'edit' | 'pin' | 'ai' | 'props' | 'thread'
    }
  | { type: 'message.deleted'; room: Room; message: Message; by: Uuid }
  | {
      type: 'reaction.added' | 'reaction.removed'
      room: Room
      message: Message
      userId: Uuid
      emoji: string
      at: Millis
    }
  // rooms and members
  | { type: 'room.created'; room: Room; memberIds: Uuid[]; by: Uuid }
  | { type: 'room.updated'; room: Room; by: Uuid }
  | { type: 'room.deleted' | 'room.restored' | 'room.cleared'; room: Room; memberIds: Uuid[]; by: Uuid }
  | { type: 'member.joined'; room: Room; member: Member; user: User; by: Uuid }
  | { type: 'member.left' | 'member.removed'; room: Room; userId: Uuid; by: Uuid }
  | { type: 'member.updated'; room: Room; member: Member }
  | { type: 'read.marked'; room: Room; member: Member }
  // threads (followers, read state)
  | {
      type: 'thread.updated'
      room: Room
      rootId: Uuid
      userId: Uuid
      following: boolean
      unreadReplies: number
      unreadMentions: number
      previousUnreadReplies: number
      previousUnreadMentions: number
      lastViewedAt: Millis
      cause: 'reply' | 'read' | 'follow'
    }
  // people
  | { type: 'user.created' | 'user.updated'; user: User }
  | { type: 'user.deactivated' | 'user.reactivated'; user: User }
  | {
      type: 'sessions.revoked'
      userId: Uuid
      /** null = all of them */ sessionIds: Uuid[] | null
      except: Uuid | null
    }
  | { type: 'presence.changed'; userId: Uuid; state: PresenceState; at: Millis }
  | { type: 'preferences.changed' | 'preferences.deleted'; userId: Uuid; preferences: Preference[] }
  // teams
  | { type: 'team.created' | 'team.updated' | 'team.deleted' | 'team.restored'; teamId: Uuid }
  | { type: 'team.member_joined' | 'team.member_left' | 'team.member_updated'; teamId: Uuid; userId: Uuid }
  // AI runs
  | { type: 'run.started'; roomId: Uuid; messageId: Uuid; model: string; userId: Uuid }
  | {
      type: 'run.delta'
      roomId: Uuid
      messageId: Uuid
      /** UTF-16 units sent before this chunk */ offset: number
      chunk: string
      reasoning?: boolean
    }
  | {
      type: 'run.tool'
      roomId: Uuid
      messageId: Uuid
      tool: string
      state: 'running' | 'done' | 'failed'
      summary: string
      use: ToolUse | null
    }
  | { type: 'run.ended'; room: Room; message: Message; sender: User }
  // passing things: never stored
  | {
      type: 'typing'
      roomId: Uuid
      user: { id: Uuid; username: string; displayName: string }
      threadId: Uuid | null
    }
  | { type: 'settings.changed'; keys: string[] }
  /** An event only one face understands (a Mattermost draft, an Open WebUI chat), for some people or one topic. */
  | {
      type: 'face'
      face: 'native' | 'openwebui' | 'mattermost'
      name: string
      to: {
        users?: Uuid[]
        rooms?: Uuid[]
        topic?: string
        /** Of the topic's sockets not this one, by the id that its client knows. */
        except?: string
        all?: true
      }
      data: unknown
    }

export type EventType = DomainEvent['type']
export type EventOf<T extends EventType> = Extract<DomainEvent, { type: T }>
