// The `.env` file of the working directory: NAME=value lines, comments, quotes, `${NAME}`. It never overrides what the
// environment itself says. Other .env.* files are not read.
import type { Env, Problem } from './option.ts'

export interface DotEnv {
  readonly values: Readonly<Record<string, string>>
  readonly problems: readonly Problem[]
}

const LINE = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/

/** Parses the text of a .env file; `env` is where `${NAME}` looks first. */
export function parseDotEnv(text: string, env: Env): DotEnv {
  const values: Record<string, string> = {}
  const problems: Problem[] = []
  const expand = (raw: string) =>
    raw.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? values[name] ?? '')
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const [, name, raw] = LINE.exec(trimmed) ?? []
    const value = name === undefined || raw === undefined ? undefined : readValue(raw, expand)
    if (name === undefined || value === undefined) {
      const message = `line ${index + 1} is not understood; expected NAME=value, with quotes closed on the same line`
      problems.push({ variable: '.env', message })
    } else values[name] = value
  }
  return { values, problems }
}

function readValue(raw: string, expand: (raw: string) => string): string | undefined {
  const quote = raw[0]
  if (quote !== '"' && quote !== "'") return expand(raw.replace(/(^|\s+)#.*$/, '').trim())
  const pattern = quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/ : /^'([^']*)'\s*(?:#.*)?$/
  const inner = pattern.exec(raw)?.[1]
  if (inner === undefined || quote === "'") return inner
  return expand(inner).replace(/\\(.)/g, (_, char: string) => ({ n: '\n', r: '\r', t: '\t' })[char] ?? char)
}
