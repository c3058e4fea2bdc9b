// Environment and .env → Config, in three steps: read the table, check how options fit together, freeze. All problems
// are reported together.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assemble } from './assemble.ts'
import type { Config } from './config.ts'
import { parseDotEnv } from './dotenv.ts'
import { misspelt } from './misspelt.ts'
import { type Env, type Problem, readTable } from './option.ts'
import { OPTIONS } from './options/index.ts'
import { findSecret, type Secret } from './secret.ts'

export type { Config, ProviderConfig, S3Config } from './config.ts'
export type { DatabaseConfig } from './database.ts'
export type { Env, Problem } from './option.ts'
export type { FrontEndFolder, LogLevel, TrustProxy } from './parsers.ts'

/** Everything that is wrong with the configuration; its message is meant for the person at the terminal. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(readonly problems: readonly Problem[]) {
    const lines = problems.map(({ variable, message }) => `  ${variable} ${message}`)
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`,
    )
  }
}

/**
 * Reads, checks and freezes the configuration. Makes the secret where there is none (and with it `DATA_DIR`), but only
 * when nothing is wrong. Throws ConfigError otherwise.
 */
export function loadConfig(env: Env, cwd: string): Config {
  const dotEnv = parseDotEnv(readDotEnv(cwd), env)
  const reading = readTable(OPTIONS, merge(dotEnv.values, env), cwd)
  const assembled = assemble(reading, cwd)
  const problems = [...dotEnv.problems, ...reading.problems]
  if (problems.length > 0) throw new ConfigError(problems)
  const secret = secretOf(reading.values.auth.secret, cwd, assembled.data.dir)
  return freeze({
    ...assembled,
    auth: { ...assembled.auth, secret },
    given: [...reading.given],
    notices: [
      ...assembled.notices,
      ...secretNotices(secret),
      ...misspelt(Object.keys(dotEnv.values), OPTIONS),
    ],
  })
}

function readDotEnv(cwd: string): string {
  try {
    return readFileSync(join(cwd, '.env'), 'utf8')
  } catch {
    return '' // No .env, or none that we may read: the environment alone then says everything.
  }
}

/** The environment wins, but an empty variable there does not hide one of the file. */
function merge(file: Env, env: Env): Env {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== '')
  return { ...file, ...Object.fromEntries(set) }
}

function secretOf(given: string | undefined, cwd: string, dataDir: string): Secret {
  try {
    return findSecret(given, cwd, dataDir)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError([
      { variable: 'WEBUI_SECRET_KEY', message: `is not set and cannot be kept in a file: ${reason}` },
    ])
  }
}

function secretNotices({ value, source, path }: Secret): string[] {
  if (source === 'generated')
    return [`A secret was made and is kept in ${path}: keep that file, or everybody has to log in again`]
  if (value.length < 16) return ['The secret is short: WEBUI_SECRET_KEY should have at least 32 characters']
  return []
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner)
  return Object.freeze(value)
}
