/** Reads fields of a JSON body by hand: Mattermost bodies are loose, and unknown fields must not fail. */
import type { Uuid } from '../../../core/types.ts'
import { refuse } from '../errors.ts'
import { fromWire } from '../ids.ts'

export type Json = Record<string, unknown>

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A JSON object with the questions that routes ask of it; each throws 400 naming the field. */
export class Fields {
  readonly all: Json
  constructor(all: Json) {
    this.all = all
  }

  static of(value: unknown, name = 'body'): Fields {
    if (!isRecord(value)) throw refuse.bodyParam(name)
    return new Fields(value)
  }

  has(name: string): boolean {
    return this.all[name] !== undefined && this.all[name] !== null
  }

  text(name: string): string {
    const value = this.all[name]
    if (typeof value !== 'string') throw refuse.bodyParam(name)
    return value
  }

  /** Absent, null and wrong types read as `fallback`. */
  textOr(name: string, fallback = ''): string {
    const value = this.all[name]
    return typeof value === 'string' ? value : fallback
  }

  optional(name: string): string | undefined {
    if (!this.has(name)) return undefined
    return this.text(name)
  }

  flag(name: string, fallback = false): boolean {
    const value = this.all[name]
    return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : fallback
  }

  optionalFlag(name: string): boolean | undefined {
    return this.has(name) ? this.flag(name) : undefined
  }

  int(name: string, fallback = 0): number {
    const value = this.all[name]
    const number = typeof value === 'string' ? Number(value) : value
    return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : fallback
  }

  id(name: string): Uuid {
    const id = fromWire(this.text(name))
    if (id === null) throw refuse.bodyParam(name)
    return id
  }

  /** Absent and empty read as null. */
  idOrNull(name: string): Uuid | null {
    const value = this.all[name]
    return value === undefined || value === null || value === '' ? null : this.id(name)
  }

  record(name: string): Json | undefined {
    const value = this.all[name]
    if (value === undefined || value === null) return undefined
    if (!isRecord(value)) throw refuse.bodyParam(name)
    return value
  }

  list(name: string): unknown[] {
    const value = this.all[name]
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) throw refuse.bodyParam(name)
    return value
  }

  texts(name: string): string[] {
    return this.list(name).filter((value) => typeof value === 'string')
  }

  ids(name: string): Uuid[] {
    return idsOf(this.list(name), name)
  }

  /** String values only, as notify_props and props of people are. */
  strings(name: string): Record<string, string> | undefined {
    const value = this.record(name)
    return value === undefined ? undefined : stringsOf(value)
  }
}

export function stringsOf(value: Json): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry === 'string') out[key] = entry
    else if (typeof entry === 'boolean' || typeof entry === 'number') out[key] = String(entry)
  }
  return out
}

/** Every entry must be an id, else 400 names the list. */
export function idsOf(values: unknown, name: string): Uuid[] {
  if (!Array.isArray(values)) throw refuse.bodyParam(name)
  const ids = values.map((value) => (typeof value === 'string' ? fromWire(value) : null))
  if (ids.includes(null)) throw refuse.bodyParam(name)
  return [...new Set(ids as Uuid[])]
}
