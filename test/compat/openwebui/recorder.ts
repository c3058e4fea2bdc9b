// Sends the same requests to two servers and holds what they answer beside each other.
import type { Json } from '../../support/api.ts'

export interface Step {
  who: string
  method: string
  path: string
  body: unknown
  status: number
  answer: Json
  type: string
}

/** One server, several people by name; every request is kept in order. */
export class Recorder {
  readonly steps: Step[] = []
  readonly tokens = new Map<string, string>()

  constructor(readonly base: string) {}

  async send(who: string, method: string, path: string, body?: unknown): Promise<Json> {
    const token = this.tokens.get(who)
    const form = body instanceof FormData
    const raw = typeof body === 'string'
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(form || body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: form || raw ? (body as FormData) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    const answer = type.startsWith('application/json') && text !== '' ? JSON.parse(text) : text
    this.steps.push({
      who,
      method,
      path,
      body: form ? '(form)' : body,
      status: response.status,
      answer,
      type,
    })
    return answer
  }

  get = (who: string, path: string): Promise<Json> => this.send(who, 'GET', path)
  post = (who: string, path: string, body?: unknown): Promise<Json> =>
    this.send(who, 'POST', path, body ?? {})
  del = (who: string, path: string, body?: unknown): Promise<Json> => this.send(who, 'DELETE', path, body)

  async signIn(who: string, email: string, password: string): Promise<Json> {
    const answer = await this.post('nobody', '/api/v1/auths/signin', { email, password })
    if (typeof answer?.token === 'string') this.tokens.set(who, answer.token)
    return answer
  }

  async upload(
    who: string,
    name: string,
    type: string,
    bytes: Uint8Array<ArrayBuffer> | string,
    query = '',
    metadata?: unknown,
  ): Promise<Json> {
    const form = new FormData()
    form.set('file', new File([bytes], name, { type }))
    if (metadata !== undefined) form.set('metadata', JSON.stringify(metadata))
    return this.send(who, 'POST', `/api/v1/files/${query}`, form)
  }
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Replaces ids by the order in which they were met, and times by their unit. */
export class Names {
  readonly known = new Map<string, string>()

  plain(text: string): string {
    return text
      .replaceAll(ID, (id) => {
        // Made by the client, the same on both.
        if (id.startsWith('00000000-')) return id
        const name = this.known.get(id) ?? `#${this.known.size}`
        this.known.set(id, name)
        return name
      })
      .replaceAll(/\b1[789]\d{8}(?:\.\d+)?\b/g, '1111')
      .replaceAll(/\b1[789]\d{11}\b/g, '2222')
      .replaceAll(/\b1[789]\d{17}\b/g, '3333')
      .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jwt>')
      .replaceAll(/sk-[0-9a-f]{32}/g, '<key>')
      .replaceAll(/\$2b\$12\$[./A-Za-z0-9]{53}|\$argon2id\$[^"]+/g, '<hash>')
      .replaceAll(/\/tmp\/hubbub-openwebui-\w+/g, '/data')
  }

  json(value: Json): Json {
    return JSON.parse(this.plain(JSON.stringify(value ?? null)))
  }
}

/** Every difference between two values, strictly: keys, types, order, nulls. */
export function strictDifferences(place: string, a: Json, b: Json, lines: string[]): void {
  const kind = (value: Json) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value)
  if (kind(a) !== kind(b)) return void lines.push(`${place}: ${short(a)} became ${short(b)}`)
  if (Array.isArray(a)) {
    if (a.length !== b.length)
      lines.push(`${place}: ${a.length} items became ${b.length}: ${short(a)} | ${short(b)}`)
    for (let index = 0; index < Math.min(a.length, b.length); index++)
      strictDifferences(`${place}[${index}]`, a[index], b[index], lines)
    return
  }
  if (kind(a) === 'object') {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (!(key in b)) lines.push(`${place}.${key}: is missing, was ${short(a[key])}`)
      else if (!(key in a)) lines.push(`${place}.${key}: is new: ${short(b[key])}`)
      else strictDifferences(`${place}.${key}`, a[key], b[key], lines)
    }
    return
  }
  if (a !== b) lines.push(`${place}: ${short(a)} became ${short(b)}`)
}

export function short(value: Json, limit = 220): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text
}

/** Items by their names: within one second the order of a list is left to chance. */
function arranged(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(arranged)
    const named = items.every((item) => keyOf(item) !== null)
    return named ? items.toSorted((a, b) => ((keyOf(a) ?? '') < (keyOf(b) ?? '') ? -1 : 1)) : items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, arranged(inner)]))
}

function keyOf(item: Json): string | null {
  if (typeof item !== 'object' || item === null || typeof item.id !== 'string') return null
  const name = item.email ?? item.title ?? item.name ?? item.filename ?? item.command ?? item.content
  return typeof name === 'string' ? name : null
}

/** Where two logs of the same scenario differ. */
export function compareSteps(theirs: readonly Step[], ours: readonly Step[]): string[] {
  const [a, b] = [new Names(), new Names()]
  const lines: string[] = []
  for (let index = 0; index < Math.max(theirs.length, ours.length); index++) {
    const [one, other] = [theirs[index], ours[index]]
    if (!one || !other) {
      lines.push(`step ${index} only by ${one ? 'theirs' : 'ours'}`)
      continue
    }
    const place = `${index} ${one.who} ${one.method} ${a.plain(one.path)}`
    b.plain(other.path)
    const [first, second] = [a.json(arranged(one.answer)), b.json(arranged(other.answer))]
    if (one.status !== other.status)
      lines.push(
        `${place} ${short(one.body, 120)}: ${one.status} became ${other.status}: ${short(first)} | ${short(second)}`,
      )
    else strictDifferences(place, first, second, lines)
  }
  return lines
}
