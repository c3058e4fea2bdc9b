// Reads everything of one person through Open WebUI's API, lists first and then each item in them, so that two servers on
// copies of one database can be held beside each other.
import type { Json } from '../../support/api.ts'

export interface Reading {
  status: number
  body: Json
}

/** Lists and pages. `{…}` in an item path is an id out of the list. */
const LISTS = [
  '/api/config',
  '/api/v1/auths/',
  '/api/v1/auths/admin/config',
  '/api/v1/auths/admin/details',
  '/api/v1/auths/api_key',
  '/api/v1/users/user/settings',
  '/api/v1/users/user/info',
  '/api/v1/users/user/variables',
  '/api/v1/users/groups',
  '/api/v1/users/permissions',
  '/api/v1/users/default/permissions',
  '/api/v1/users/search?page=1',
  '/api/v1/users/search?query=bob&page=1',
  '/api/v1/configs/banners',
  '/api/v1/configs/connections',
  '/api/v1/configs/tool_servers',
  '/api/v1/configs/terminal_servers',
  '/api/v1/configs/code_execution',
  '/api/v1/configs/models',
  '/api/v1/configs/models/defaults',
  '/api/v1/configs/subagents',
  '/api/v1/tasks/config',
  '/api/v1/chats/config',
  '/api/v1/evaluations/config',
  '/api/v1/evaluations/feedbacks/list?order_by=updated_at&direction=desc&page=1',
  '/api/v1/evaluations/feedbacks/models',
  '/api/v1/evaluations/leaderboard',
  '/api/v1/retrieval/config',
  '/api/v1/retrieval/embedding',
  '/api/v1/images/config',
  '/api/v1/audio/config',
  '/openai/config',
  '/openai/models',
  '/ollama/config',
  '/api/models',
  '/api/models/base',
  '/api/v1/models',
  '/api/v1/models/list?page=1',
  '/api/v1/models/all',
  '/api/v1/models/base',
  '/api/v1/models/tags',
  '/api/v1/models/base/tags',
  '/api/v1/models/export',
  '/api/v1/chats/?page=1',
  '/api/v1/chats/?page=2',
  '/api/v1/chats/list?page=1&include_pinned=true&include_folders=true',
  '/api/v1/chats/pinned',
  '/api/v1/chats/all',
  '/api/v1/chats/all/archived',
  '/api/v1/chats/all/tags',
  '/api/v1/chats/archived?page=1&order_by=updated_at&direction=desc',
  '/api/v1/chats/archived/count',
  '/api/v1/chats/shared?page=1',
  '/api/v1/chats/search?text=hello&page=1',
  '/api/v1/chats/search?text=tag%3Atesting&page=1',
  '/api/v1/search?q=hello',
  '/api/v1/folders/',
  '/api/v1/folders/shared',
  '/api/v1/notes/',
  '/api/v1/notes/pinned',
  '/api/v1/notes/search?query=&page=1',
  '/api/v1/prompts/',
  '/api/v1/prompts/list?page=1',
  '/api/v1/prompts/tags',
  '/api/v1/knowledge/search?page=1',
  '/api/v1/knowledge/search',
  '/api/v1/knowledge/search/files?page=1',
  '/api/v1/tools/',
  '/api/v1/tools/list',
  '/api/v1/skills/',
  '/api/v1/skills/list?page=1',
  '/api/v1/functions/',
  '/api/v1/functions/list',
  '/api/v1/groups/',
  '/api/v1/groups/?share=true',
  '/api/v1/files/?content=false',
  '/api/v1/channels/',
  '/api/v1/channels/list',
  '/api/v1/terminals/',
  '/api/v1/calendars/',
  '/api/v1/automations/list?page=1',
  '/api/v1/memories/',
  '/api/v1/users/?page=1&order_by=created_at&direction=asc',
  '/api/v1/users/all',
  '/api/usage',
  '/api/tasks',
  '/manifest.json',
] as const

/** For each list: where an item of it is read. */
const ITEMS: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/chats/all': ITEMS_OF_CHAT(),
  '/api/v1/chats/all/archived': ITEMS_OF_CHAT(),
  '/api/v1/folders/': [
    '/api/v1/folders/{id}',
    '/api/v1/folders/{id}/shared/chats?page=1&sort_by=updated_at&sort_dir=desc',
    '/api/v1/chats/folder/{id}',
    '/api/v1/chats/folder/{id}/list?page=1',
  ],
  '/api/v1/notes/search?query=&page=1': ['/api/v1/notes/{id}'],
  '/api/v1/prompts/': ['/api/v1/prompts/id/{id}', '/api/v1/prompts/command/{command}'],
  '/api/v1/knowledge/search?page=1': ['/api/v1/knowledge/{id}', '/api/v1/knowledge/{id}/files?page=1'],
  '/api/v1/models/list?page=1': ['/api/v1/models/model?id={id}'],
  '/api/v1/groups/': [
    '/api/v1/groups/id/{id}',
    '/api/v1/groups/id/{id}/info',
    '/api/v1/groups/id/{id}/members',
  ],
  '/api/v1/files/?content=false': [
    '/api/v1/files/{id}',
    '/api/v1/files/{id}/process/status',
    '/api/v1/files/{id}/data/content',
    '/api/v1/files/{id}/content',
  ],
  '/api/v1/channels/': [
    '/api/v1/channels/{id}',
    '/api/v1/channels/{id}/members?page=1',
    '/api/v1/channels/{id}/messages?skip=0&limit=50',
    '/api/v1/channels/{id}/messages/pinned?page=1',
    '/api/v1/channels/{id}/webhooks',
  ],
  '/api/v1/users/all': [
    '/api/v1/users/{id}',
    '/api/v1/users/{id}/info',
    '/api/v1/users/{id}/groups',
    '/api/v1/chats/list/user/{id}?page=1',
  ],
}

function ITEMS_OF_CHAT(): string[] {
  return [
    '/api/v1/chats/{id}',
    '/api/v1/chats/{id}/tags',
    '/api/v1/chats/{id}/pinned',
    '/api/v1/chats/shared/{id}/access',
    '/api/v1/chats/share/{share_id}',
    '/api/tasks/chat/{id}',
  ]
}

/** Signs in and returns the token. */
export async function signIn(base: string, email: string, password: string): Promise<string> {
  const response = await fetch(`${base}/api/v1/auths/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const body = (await response.json()) as { token?: string }
  if (body.token === undefined)
    throw new Error(`${email} cannot sign in: ${response.status} ${JSON.stringify(body)}`)
  return body.token
}

/** Everything this person can read, by path. */
export async function readAll(base: string, token: string): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>()
  const read = async (path: string) => {
    const known = readings.get(path)
    if (known) return known
    const response = await fetch(`${base}${path}`, {
      headers: { authorization: `Bearer ${token}`, cookie: `token=${token}` },
      redirect: 'manual',
    })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    const isJson = /^application\/(x-)?(nd)?json/.test(type)
    const reading = { status: response.status, body: isJson && text !== '' ? parse(path, text) : text }
    readings.set(path, reading)
    return reading
  }
  for (const list of LISTS) {
    const { body } = await read(list)
    for (const item of itemsOf(body)) {
      for (const path of ITEMS[list] ?? []) {
        const filled = fill(path, item)
        if (filled === null) continue
        const { body: found } = await read(filled)
        if (path.includes('/messages?')) await readThreads(read, item.id, found)
      }
    }
  }
  return readings
}

function parse(path: string, text: string): Json {
  try {
    // One object a line, where chats are exported.
    if (path === '/api/v1/chats/all')
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    return JSON.parse(text)
  } catch {
    throw new Error(`${path} is not JSON: ${text.slice(0, 200)}`)
  }
}

async function readThreads(
  read: (path: string) => Promise<Reading>,
  channel: string,
  messages: Json,
): Promise<void> {
  for (const message of itemsOf(messages)) {
    const path = `/api/v1/channels/${channel}/messages/${message.id}`
    await read(path)
    await read(`${path}/data`)
    if (message.reply_count > 0) await read(`${path}/thread?skip=0&limit=50`)
  }
}

function itemsOf(body: Json): Json[] {
  if (Array.isArray(body)) return body
  const inner = body?.items ?? body?.users ?? body?.data
  return Array.isArray(inner) ? inner : []
}

/** The path with the item's own values; null where it has none. */
function fill(path: string, item: Json): string | null {
  let complete = true
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = item[key]
    if (value === null || value === undefined) complete = false
    return encodeURIComponent(String(value))
  })
  return complete ? filled : null
}

/** Where two readings differ, one line a place; `ignore` decides by the place (`GET /path .a.b[0]`). */
export function differences(
  theirs: ReadonlyMap<string, Reading>,
  ours: ReadonlyMap<string, Reading>,
  ignore: (place: string) => boolean,
): string[] {
  const lines: string[] = []
  for (const path of new Set([...theirs.keys(), ...ours.keys()])) {
    const [a, b] = [theirs.get(path), ours.get(path)]
    if (a === undefined || b === undefined) lines.push(`${path} was read only by ${a ? 'theirs' : 'ours'}`)
    else if (a.status !== b.status)
      lines.push(`${path}: ${a.status} became ${b.status} ${short(a.body)} | ${short(b.body)}`)
    else compare(path, a.body, b.body, lines)
  }
  return lines.filter((line) => !ignore(line))
}

function compare(place: string, a: Json, b: Json, lines: string[]): void {
  if (isNothing(a) && isNothing(b)) return
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(place, a, b, lines)
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (!(key in b)) lines.push(`${place} .${key}: is missing, was ${short(a[key])}`)
      // What we tell more than they do harms nobody.
      else if (key in a) compare(`${place} .${key}`, a[key], b[key], lines)
    }
    return
  }
  if (JSON.stringify(a) !== JSON.stringify(b) && !isSameTime(a, b))
    lines.push(`${place}: ${short(a)} became ${short(b)}`)
}

/** Items with ids are held beside their like; only chats and messages have an order that people see. */
function compareLists(place: string, a: Json[], b: Json[], lines: string[]): void {
  const keyed = (list: Json[]) => list.every((item) => typeof item?.id === 'string')
  if (a.length === 0 || !keyed(a) || !keyed(b)) {
    if (a.length !== b.length) lines.push(`${place}: ${a.length} items became ${b.length}`)
    for (let index = 0; index < Math.min(a.length, b.length); index++)
      compare(`${place} [${index}]`, a[index], b[index], lines)
    return
  }
  const ids = (list: Json[]) => list.map(({ id }) => id as string)
  const ordered = /\/chats\/\?|\/messages\?|\/thread\?/.test(place)
  const [theirs, ours] = [ids(a), ids(b)]
  if ((ordered ? theirs : theirs.toSorted()).join() !== (ordered ? ours : ours.toSorted()).join())
    lines.push(`${place}: ${theirs.join(' ')} became ${ours.join(' ')}`)
  for (const item of a) {
    const same = b.find(({ id }) => id === item.id)
    if (same !== undefined) compare(`${place} [${item.id}]`, item, same, lines)
  }
}

/** null, {}, and the files of a message without any: clients treat them alike. */
function isNothing(value: Json): boolean {
  if (value === null || value === false || value === '') return true
  return isObject(value) && Object.values(value).every((inner) => Array.isArray(inner) && inner.length === 0)
}

/** Nanoseconds of theirs, of which we keep the milliseconds. */
function isSameTime(a: Json, b: Json): boolean {
  const [one, other] = [Number(a), Number(b)]
  return one > 1e18 && other > 1e18 && Math.trunc(one / 1e6) === Math.trunc(other / 1e6)
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function short(value: Json): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}
