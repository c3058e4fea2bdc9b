// One database, two servers: what Open WebUI's own server wrote reads the same here, and what is written here reads the
// same there. With OPEN_WEBUI_PYTHON (see docs/from-open-webui.md) their server is started beside ours; without it the
// parts that need only the database it left run, on SQLite and on PostgreSQL.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Database as Sqlite } from 'bun:sqlite'
import { join } from 'node:path'
import { createOpenWebuiDatabase, openWebuiObjects } from '../../support/openwebui-database.ts'
import { createPostgresDatabase } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { isAccepted } from './accepted.ts'
import { daysWork, type Done, Worker } from './days-work.ts'
import { dataFolder, PYTHON, SECRET, startPython } from './python-server.ts'
import { differences, readAll, type Reading, signIn } from './reading.ts'

const ADMIN = ['admin@example.com', 'Passw0rd!'] as const
const BOB = ['bob@example.com', 'B0bPassw0rd!'] as const
type Person = readonly [email: string, password: string]

let upstream: Upstream
beforeAll(async () => void (upstream = await startUpstream()))
afterAll(() => upstream.close())

function start(dataDir: string, env: Record<string, string> = {}): Promise<TestServer> {
  return startTestServer({
    dataDir,
    env: {
      WEBUI_SECRET_KEY: SECRET,
      OPENAI_API_BASE_URL: upstream.url,
      OPENAI_API_KEY: 'key',
      ENABLE_OLLAMA_API: 'false',
      WEBUI_NAME: 'Open WebUI',
      ...env,
    },
  })
}

/** The used database in a folder of its own. */
function usedFolder() {
  const folder = dataFolder()
  const path = join(folder.path, 'webui.db')
  createOpenWebuiDatabase(path)
  // Its provider is long gone: ours stands in for it.
  const raw = new Sqlite(path)
  raw
    .prepare("UPDATE config SET value = ? WHERE key = 'openai.api_base_urls'")
    .run(JSON.stringify([upstream.url]))
  raw.close()
  return { ...folder, database: path }
}

/** Both people sign in and work; the model is opened to all first. */
async function work(base: string): Promise<Done> {
  const admin = await Worker.signIn(base, ...ADMIN)
  const bob = await Worker.signIn(base, ...BOB)
  await admin.post('/api/v1/models/model/access/update', {
    id: 'test-echo',
    name: 'test-echo',
    access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
  })
  try {
    return await daysWork(admin, bob, 'test-echo')
  } finally {
    admin.close()
    bob.close()
  }
}

/** What each of them reads. */
async function readings(base: string, people: readonly Person[]): Promise<Map<string, Reading>[]> {
  const all: Map<string, Reading>[] = []
  for (const [email, password] of people) all.push(await readAll(base, await signIn(base, email, password)))
  return all
}

function unexpected(theirs: Map<string, Reading>[], ours: Map<string, Reading>[]): string[] {
  return theirs.flatMap((one, index) => differences(one, ours[index]!, isAccepted))
}

/** An empty folder, two people, and the same day. */
async function fromScratch(base: string): Promise<Done> {
  const admin = new Worker(base, '')
  const [email, password] = ADMIN
  admin.token = (await admin.post('/api/v1/auths/signup', { name: 'Admin', email, password })).token
  await admin.post('/api/v1/auths/add', { name: 'Bob', email: BOB[0], password: BOB[1], role: 'user' })
  const config = await admin.get('/api/v1/auths/admin/config')
  await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true })
  return work(base)
}

const afterwards = (done: Done): readonly Person[] => [
  ADMIN,
  [BOB[0], done.bobPassword],
  [done.newUser.email, done.newUser.password],
]

// A server of theirs takes half a minute to start; without it there is nothing to hold ours beside.
describe.skipIf(PYTHON === undefined)('beside its own server', () => {
  test('a database of theirs reads the same through both', async () => {
    const [one, other] = [usedFolder(), usedFolder()]
    const theirs = await startPython(one.path, upstream.url)
    const ours = await start(other.path)
    try {
      const people = [ADMIN, BOB]
      expect(unexpected(await readings(theirs.url, people), await readings(ours.url, people))).toEqual([])
      expect(ours.errors).toEqual([])
    } finally {
      await Promise.all([theirs.stop(), ours.stop(true)])
      one.remove()
      other.remove()
    }
  }, 180_000)

  test.each(['used by them before', 'made by us'])(
    'after a day here, a database %s opens there',
    async (kind) => {
      const folder = kind === 'made by us' ? dataFolder() : usedFolder()
      // A new database of ours has another name than theirs, unless it is told.
      const ours = await start(folder.path, { DATABASE_URL: `sqlite:///${join(folder.path, 'webui.db')}` })
      const done = await (kind === 'made by us' ? fromScratch(ours.url) : work(ours.url))
      const people = afterwards(done)
      const here = await readings(ours.url, people)
      expect(ours.errors).toEqual([])
      await ours.stop(true)
      const theirs = await startPython(folder.path, upstream.url)
      try {
        expect(unexpected(await readings(theirs.url, people), here)).toEqual([])
      } finally {
        await theirs.stop()
        folder.remove()
      }
    },
    180_000,
  )
})

describe('with the database it left', () => {
  test('both people sign in, read everything, work, and find it after a restart', async () => {
    const folder = usedFolder()
    const before = openWebuiObjects(folder.database)
    let ours = await start(folder.path)
    const first = await readings(ours.url, [ADMIN, BOB])
    expect(first.map((one) => one.size)).toEqual([expect.any(Number), expect.any(Number)])
    expect(failures(first)).toEqual([])
    const done = await work(ours.url)
    const here = await readings(ours.url, afterwards(done))
    expect(failures(here)).toEqual([])
    expect(ours.errors).toEqual([])
    await ours.stop(true)
    ours = await start(folder.path)
    expect(unexpected(here, await readings(ours.url, afterwards(done)))).toEqual([])
    await ours.stop(true)
    expect(openWebuiObjects(folder.database)).toEqual(before)
    folder.remove()
  }, 60_000)

  test('a chat lies in both of its stores, with the same text', async () => {
    const folder = usedFolder()
    const ours = await start(folder.path)
    const { chatId } = await work(ours.url)
    await ours.stop(true)
    const raw = new Sqlite(folder.database, { readonly: true })
    const { chat } = raw.prepare('SELECT chat FROM chat WHERE id = ?').get(chatId) as { chat: string }
    const rows = raw
      .prepare(
        'SELECT id, role, content, parent_id, typeof(content) AS kind FROM chat_message WHERE chat_id = ?',
      )
      .all(chatId) as { id: string; role: string; content: string; parent_id: string | null; kind: string }[]
    raw.close()
    folder.remove()
    const { messages } = (JSON.parse(chat) as { history: { messages: Record<string, StoredMessage> } })
      .history
    const fromRows = rows.map(({ id, role, content, parent_id, kind }) => {
      expect(kind).toBe('text')
      const text = JSON.parse(content) as string
      return [id.slice(chatId.length + 1), role, text, parent_id] as const
    })
    const fromBlob = Object.values(messages).map(
      ({ id, role, content, parentId }) => [id, role, content, parentId] as const,
    )
    expect(fromRows.length).toBe(4)
    expect(fromRows.toSorted()).toEqual(fromBlob.toSorted() as never)
  }, 60_000)
})

interface StoredMessage {
  id: string
  role: string
  content: string
  parentId: string | null
}

/** Answers of 500 and more: Ollama is off here, which theirs says in the same way. */
function failures(all: readonly Map<string, Reading>[]): string[] {
  return all.flatMap((one) =>
    [...one]
      .filter(([, { status }]) => status >= 500 && status !== 501)
      .map(([path, { status }]) => `${path}: ${status}`),
  )
}

test('PostgreSQL answers what SQLite answers', async () => {
  const database = await createPostgresDatabase()
  const [one, other] = [dataFolder(), dataFolder()]
  const sqlite = await start(one.path)
  const postgres = await start(other.path, { DATABASE_URL: database.url })
  try {
    const [a, b] = [await fromScratch(sqlite.url), await fromScratch(postgres.url)]
    const theirs = await readings(sqlite.url, afterwards(a))
    const ours = await readings(postgres.url, afterwards(b))
    expect(unexpected(theirs.map(anonymous), ours.map(anonymous))).toEqual([])
    expect(sqlite.errors).toEqual([])
    expect(postgres.errors).toEqual([])
  } finally {
    await Promise.all([sqlite.stop(true), postgres.stop(true)])
    await database.drop()
    one.remove()
    other.remove()
  }
}, 90_000)

/** Ids in the order in which they were met, and no times: two runs are alike then. */
function anonymous(readings: Map<string, Reading>): Map<string, Reading> {
  const names = new Map<string, string>()
  const plain = (text: string) =>
    text
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
        const name = names.get(id) ?? `id ${names.size}`
        names.set(id, name)
        return name
      })
      .replaceAll(/"(msg|fc|rs|call|chatcmpl)[_-][0-9a-f]+"/g, '"item"')
      .replaceAll(/\/tmp\/hubbub-openwebui-\w+/g, '/data')
      .replaceAll(/\b1[789]\d{8,17}\b/g, '0')
  return new Map(
    [...readings].map(([path, { status, body }]) => [
      plain(path),
      { status, body: JSON.parse(plain(JSON.stringify(body))) },
    ]),
  )
}
