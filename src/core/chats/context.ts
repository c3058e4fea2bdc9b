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

/** An event for everybody who has joined a topic such as `chat:<id>` or `note:<id>`. */
export function toTopic(topic: string, name: string, data: unknown): DomainEvent {
  return { type: 'face', face: 'openwebui', name, to: { topic }, data }
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
