// The secret that signs tokens: from the environment, from the file an Open WebUI left, or made once by us. Only the
// owner may read a file that we make.
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Secret {
  readonly value: string
  readonly source: 'environment' | 'file' | 'generated'
  /** The file, where it is one. */
  readonly path: string | null
}

export const OPEN_WEBUI_SECRET_FILE = '.webui_secret_key'
export const OWN_SECRET_FILE = '.hubbub_secret'

/** Finds the secret or makes it. Of two servers that start at once, both get the one that was written first. */
export function findSecret(given: string | undefined, cwd: string, dataDir: string): Secret {
  if (given !== undefined) return { value: given, source: 'environment', path: null }
  for (const path of [join(cwd, OPEN_WEBUI_SECRET_FILE), join(dataDir, OWN_SECRET_FILE)]) {
    const value = readIfThere(path)
    if (value !== null) return { value, source: 'file', path }
  }
  return makeSecret(dataDir)
}

function makeSecret(dataDir: string): Secret {
  const path = join(dataDir, OWN_SECRET_FILE)
  const value = randomBytes(48).toString('base64url')
  mkdirSync(dataDir, { recursive: true })
  // Written aside and then linked: whoever sees the name sees the whole secret, and only one server makes it.
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${value}\n`, { mode: 0o600 })
  try {
    linkSync(draft, path)
    return { value, source: 'generated', path }
  } catch (error) {
    const theirs = isExists(error) ? readIfThere(path) : null
    if (theirs === null) throw error
    return { value: theirs, source: 'file', path }
  } finally {
    rmSync(draft, { force: true })
  }
}

function isExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}

/** Null when there is no such file. One that is there and cannot be used is an error: a new secret would end all sessions. */
function readIfThere(path: string): string | null {
  let raw: string
  try {
    raw = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  if (raw === '') throw new Error(`${path} is empty; expected the secret, or no such file`)
  return raw
}
