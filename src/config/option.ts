// One option of the table: its names, what it means, how it is read. Reading the table collects every problem before it
// gives up; nothing here touches files except `NAME_FILE`, which holds a secret outside the environment.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Parser } from './parsers.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** One thing that is wrong, and what would be right. */
export interface Problem {
  readonly variable: string
  readonly message: string
}

export interface Option<T> {
  /** The first is ours in the documentation; the others come from the systems whose set-ups we accept. */
  readonly names: readonly string[]
  readonly about: string
  readonly as: Parser<T>
  readonly fallback: T
  /** The default as the documentation shows it, where the value itself would not tell. */
  readonly shown: string | undefined
  /** Never shown, not even in a problem; `NAME_FILE` may name a file that holds it. */
  readonly secret: boolean
  /** Names of this option may disagree, the first given one counts. Otherwise disagreement is a problem. */
  readonly firstWins: boolean
}

interface Fields<T> {
  names: string
  about: string
  as: Parser<T>
  shown?: string
  secret?: true
  firstWins?: true
}

/** Declares an option; with `or`, its default. Without, its value is undefined when it is not set. */
export function option<T>(fields: Fields<T> & { or: NoInfer<T> }): Option<T>
export function option<T>(fields: Fields<T>): Option<T | undefined>
export function option<T>(fields: Fields<T> & { or?: T }): Option<T | undefined> {
  const { names, about, as, or, shown, secret = false, firstWins = false } = fields
  return { names: names.split(' '), about, as, fallback: or, shown, secret, firstWins }
}

/** An option of any type, where only its description is used. */
export type AnyOption = Option<unknown>
export type OptionTable = Readonly<Record<string, Readonly<Record<string, AnyOption>>>>

export type Values<T extends OptionTable> = {
  readonly [G in keyof T]: { readonly [K in keyof T[G]]: T[G][K] extends Option<infer V> ? V : never }
}

export interface Reading<T extends OptionTable> {
  readonly values: Values<T>
  readonly problems: Problem[]
  /** First names of the options that were set, however they were spelled. */
  readonly given: ReadonlySet<string>
}

/** Reads a whole table. Empty variables count as not set, as Docker images set them so. */
export function readTable<T extends OptionTable>(table: T, env: Env, cwd: string): Reading<T> {
  const problems: Problem[] = []
  const given = new Set<string>()
  const values: Record<string, Record<string, unknown>> = {}
  for (const [group, options] of Object.entries(table)) {
    const row: Record<string, unknown> = (values[group] = {})
    for (const [key, entry] of Object.entries(options)) {
      const found = spellings(entry, env, cwd, problems)
      row[key] = found.length === 0 ? entry.fallback : readOption(entry, found, problems)
      if (found.length > 0) given.add(entry.names[0] ?? key)
    }
  }
  return { values: values as Values<T>, problems, given }
}

interface Spelling {
  readonly name: string
  readonly raw: string
}

function spellings(entry: AnyOption, env: Env, cwd: string, problems: Problem[]): Spelling[] {
  const found: Spelling[] = []
  for (const name of entry.names) {
    const raw = env[name]?.trim() ?? ''
    const file = entry.secret ? (env[`${name}_FILE`]?.trim() ?? '') : ''
    if (raw !== '') found.push({ name, raw })
    else if (file !== '') found.push(...fromFile(`${name}_FILE`, resolve(cwd, file), problems))
  }
  return found
}

function fromFile(name: string, path: string, problems: Problem[]): Spelling[] {
  try {
    const raw = readFileSync(path, 'utf8').trim()
    if (raw !== '') return [{ name, raw }]
    problems.push({ variable: name, message: `${path} is empty; expected a file that holds the value` })
  } catch {
    problems.push({ variable: name, message: `${path} cannot be read; expected a file that holds the value` })
  }
  return []
}

function readOption(entry: AnyOption, found: readonly Spelling[], problems: Problem[]): unknown {
  const values = (entry.firstWins ? found.slice(0, 1) : found).map((spelling) =>
    readSpelling(entry, spelling, problems),
  )
  const [first, ...others] = values
  const odd = others.findIndex((value) => !Bun.deepEquals(value, first))
  if (odd >= 0) {
    const message = `says something else than ${found[0]?.name}, which is another name for it; keep one of them`
    problems.push({ variable: found[odd + 1]?.name ?? '', message })
  }
  return first
}

function readSpelling(entry: AnyOption, { name, raw }: Spelling, problems: Problem[]): unknown {
  const value = entry.as.read(raw)
  if (value === undefined) {
    const shown = entry.secret ? 'the value' : JSON.stringify(raw.length > 80 ? `${raw.slice(0, 80)}…` : raw)
    problems.push({ variable: name, message: `${shown} is not valid; expected ${entry.as.valid}` })
    return entry.fallback
  }
  return value
}
