// What the real front end was answered when it was recorded against Open WebUI's own server, and whether an answer of
// ours is like it: no other failure, no missing top-level key.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Recorded {
  readonly method: string
  readonly segments: readonly string[]
  /** Status to the sets of keys that were seen with it. */
  readonly answers: Map<number, string[]>
}

const FILE = join(import.meta.dir, '..', '..', 'fixtures', 'openwebui-recorded.tsv')
const ROUTES = readRecording()

function readRecording(): Recorded[] {
  const routes = new Map<string, Recorded>()
  for (const line of readFileSync(FILE, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [method = '', path = '', status = '', tops = ''] = line.split('\t')
    const key = `${method} ${path}`
    const route = routes.get(key) ?? { method, segments: path.split('/'), answers: new Map() }
    route.answers.set(Number(status), tops === '' ? [] : tops.split(' '))
    routes.set(key, route)
  }
  return [...routes.values()]
}

/** The recorded route of a request: a literal segment goes before a parameter. */
function routeOf(method: string, path: string): Recorded | null {
  const segments = path.split('/')
  const fitting = ROUTES.filter(
    (route) =>
      route.method === method &&
      route.segments.length === segments.length &&
      route.segments.every((part, index) => part.startsWith('{') || part === segments[index]),
  )
  const literal = (route: Recorded) => route.segments.filter((part) => !part.startsWith('{')).length
  return fitting.toSorted((a, b) => literal(b) - literal(a))[0] ?? null
}

/** May this status (400 or more) be there? */
export function isRecordedFailure(method: string, path: string, status: number): boolean {
  return routeOf(method, path)?.answers.has(status) ?? false
}

/** What is missing in this answer, or null. Paths that were not recorded are not judged. */
export function missingIn(method: string, path: string, status: number, body: unknown): string | null {
  const sets = routeOf(method, path)?.answers.get(status)
  if (sets === undefined || sets.length === 0) return null
  // Recorded only while it was empty: the keys of its items are not known.
  if (sets.length === 1 && sets[0] === '[]') return Array.isArray(body) ? null : 'a list was expected'
  const lacks = sets.map((set) => lacking(set, body))
  if (lacks.includes(null)) return null
  return lacks.toSorted((a, b) => (a?.length ?? 0) - (b?.length ?? 0))[0] ?? null
}

/** `{a,b}` an object, `[a,b]` a list of objects, `[]` an empty list, else a type or a content type. */
function lacking(set: string, body: unknown): string | null {
  if (set.startsWith('ct:') || set === '{*}') return null
  if (set === 'null') return body === null ? null : 'null was expected'
  if (set.startsWith('[')) {
    if (!Array.isArray(body)) return `a list was expected (${set})`
    if (set === '[]') return body.length === 0 ? null : 'an empty list was recorded'
    if (!set.includes(',')) return null
    return body.map((item) => missingKeys(set, item)).find((one) => one !== null) ?? null
  }
  if (set.startsWith('{')) return missingKeys(set, body)
  return typeof body === set ? null : `a ${set} was expected`
}

function missingKeys(set: string, value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `an object was expected (${set})`
  const missing = set
    .slice(1, -1)
    .split(',')
    .filter((key) => !(key in value))
  return missing.length === 0 ? null : `without ${missing.join(', ')}`
}
