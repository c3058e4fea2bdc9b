/** What every action on Open WebUI's nouns is given, and the small things they all need. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import type { DomainEvent } from '../events.ts'
import type { Unit } from '../ports.ts'
import type { Uuid } from '../types.ts'
import type { OpenwebuiCore } from './core-part.ts'
import type { OpenwebuiTables } from './repositories.ts'
import type { Json } from './rows.ts'

export interface OpenwebuiContext {
  deps: CoreDeps
  core: Core
  /** The group itself: parts may call each other, not while they are made. */
  own: OpenwebuiCore
  /** Reads outside a unit of work. */
  read: OpenwebuiTables
  /** One unit of work on the tables; events and `afterCommit` as in Store.tx. */
  write<T>(work: (tables: OpenwebuiTables, unit: Unit) => Promise<T>): Promise<T>
  now(): { seconds: number; nanos: bigint; ms: number }
  setting<T>(key: string, fallback: T): T
  /** What `file.path` says for a key of the file store. */
  uploadPath(key: string): string
}

/** An event that only this face's sockets understand: for all sockets of these people. */
export function toPeople(userIds: readonly Uuid[], name: string, data: unknown): DomainEvent {
  return { type: 'face', face: 'openwebui', name, to: { users: [...userIds] }, data }
}

/** An event for everybody who has joined a topic such as `chat:<id>` or `note:<id>`, except one socket. */
export function toTopic(topic: string, name: string, data: unknown, except?: string): DomainEvent {
  const to = except === undefined ? { topic } : { topic, except }
  return { type: 'face', face: 'openwebui', name, to, data }
}

/** Who may see a chat has changed: those who have it open are looked at again. */
export function chatAccessChanged(chatId: Uuid): DomainEvent {
  return toTopic(`chat:${chatId}`, 'chat:access', null)
}

/** As `chatAccessChanged`, of any chat of this person. */
export function chatsAccessChanged(ownerId: Uuid): DomainEvent {
  return toPeople([ownerId], 'chat:access', null)
}

/** What these people may do has changed: their windows begin anew. */
export function accessUpdated(userIds: readonly Uuid[]): DomainEvent {
  return toPeople(userIds, 'access:updated', {})
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object, or an empty one: for JSON columns, which anybody may have written. */
export function jsonOf(value: unknown): Json {
  return isJson(value) ? value : {}
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** U+0000 out of every string, as the original does before it writes: PostgreSQL refuses it. */
export function withoutNulls<T>(value: T): T {
  if (typeof value === 'string') return (value.includes('\0') ? value.replaceAll('\0', '') : value) as T
  if (Array.isArray(value)) return value.map(withoutNulls) as T
  if (!isJson(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [withoutNulls(key), withoutNulls(inner)]),
  ) as T
}
