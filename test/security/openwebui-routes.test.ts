// Every route of the Open WebUI face, read off its router: without a token, by somebody else who knows every id, and
// with what is no sensible JSON. What single routes do with ids is in test/compat/openwebui/attacks.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { builtModules } from '../../src/faces/openwebui/modules/index.ts'
import type { FaceContext } from '../../src/faces/openwebui/module.ts'
import { Api, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { oddBodies, oddValues } from './support/odd-values.ts'
import { ask, fill, sweepable } from './support/sweep.ts'

const SECRET = 'zanzibar'
// Handlers are made to be listed, none is called.
const routes = sweepable(builtModules({ core: {}, config: {} } as FaceContext).routes)

/** Answered to anybody: what the front end asks before a sign-in, and the sign-in. A new route is not on this list. */
const OPEN = new Set([
  'GET /api/config',
  'GET /api/version',
  'GET /api/changelog',
  'GET /manifest.json',
  'GET /opensearch.xml',
  'GET /ready',
  'GET /health/db',
  'GET /ollama/',
  // Engine.IO by polling: who it is, the packets say (sockets.test.ts).
  'GET /ws/socket.io/',
  'POST /ws/socket.io/',
  // Its token is in the path.
  'POST /api/v1/channels/webhooks/:webhook_id/:token',
  'GET /api/v1/auths/signout',
  'POST /api/v1/auths/signout',
  'POST /api/v1/auths/signin',
  'POST /api/v1/auths/signup',
])

let upstream: Upstream
let server: TestServer
let root: Api
let ann: Api
let eve: Api
const hers: Record<string, string> = {}

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({
    env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key', OLLAMA_BASE_URL: upstream.origin },
  })
  root = await Api.register(server.url, 'root')
  ann = await Api.register(server.url, 'ann')
  eve = await Api.register(server.url, 'eve')
  const config = (await root.get('/api/v1/auths/admin/config')).body
  await root.post('/api/v1/auths/admin/config', {
    ...config,
    ENABLE_CHANNELS: true,
    ENABLE_NOTES: true,
    ENABLE_FOLDERS: true,
  })
  const all = { models: true, knowledge: true, prompts: true, tools: true, skills: true }
  await root.post('/api/v1/users/default/permissions', {
    workspace: all,
    sharing: {},
    chat: {},
    features: { channels: true, notes: true, folders: true, api_keys: true, memories: true },
    access_grants: {},
    settings: {},
  })
  const history = {
    currentId: 'm1',
    messages: { m1: { id: 'm1', role: 'user', content: SECRET, childrenIds: [], parentId: null } },
  }
  const make = async (name: string, path: string, body: Json) => {
    const answer = await ann.post(path, body)
    if (typeof answer.body?.id !== 'string')
      throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`)
    hers[name] = answer.body.id
  }
  await make('chat', '/api/v1/chats/new', { chat: { title: SECRET, history, messages: [] } })
  await make('folder', '/api/v1/folders/', { name: SECRET })
  await make('note', '/api/v1/notes/create', { title: SECRET, data: { content: { md: SECRET } } })
  await make('prompt', '/api/v1/prompts/create', { command: 'mine', name: SECRET, content: SECRET })
  await make('knowledge', '/api/v1/knowledge/create', { name: SECRET, description: SECRET })
  await make('memory', '/api/v1/memories/add', { content: SECRET })
  await make('feedback', '/api/v1/evaluations/feedback', {
    type: 'rating',
    data: { rating: 1, comment: SECRET },
    meta: { chat_id: hers['chat'] },
  })
  const form = new FormData()
  form.set('file', new File([SECRET], `${SECRET}.txt`, { type: 'text/plain' }))
  hers['file'] = (await ann.call('POST', '/api/v1/files/', form)).body.id
  await make('channel', '/api/v1/channels/create', { type: 'group', name: SECRET, user_ids: [] })
  await make('post', `/api/v1/channels/${hers['channel']}/messages/post`, { content: SECRET })
  const group = await root.post('/api/v1/groups/create', { name: 'A group', description: '' })
  hers['group'] = group.body.id
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
  await upstream.close()
})

/** Which of ann's things a parameter of this path means. */
function hersIn(path: string, name: string): string {
  const kind = /^\/(?:api\/(?:v1\/)?)?(\w+)/.exec(path)?.[1] ?? ''
  const byName: Record<string, string | undefined> = {
    message_id: kind === 'channels' ? hers['post'] : 'm1',
    folder_id: hers['folder'],
    prompt_id: hers['prompt'],
    memory_id: hers['memory'],
    chat_id: hers['chat'],
    share_id: hers['chat'],
    user_id: ann.user.id,
    file_name: `${SECRET}.txt`,
    url_idx: '0',
    webhook_id: crypto.randomUUID(),
    task_id: crypto.randomUUID(),
    history_id: crypto.randomUUID(),
  }
  const byKind: Record<string, string | undefined> = {
    chats: hers['chat'],
    channels: hers['channel'],
    notes: hers['note'],
    knowledge: hers['knowledge'],
    prompts: hers['prompt'],
    folders: hers['folder'],
    files: hers['file'],
    groups: hers['group'],
    evaluations: hers['feedback'],
    users: ann.user.id,
  }
  return byName[name] ?? byKind[kind] ?? 'x'
}

/** A body in which every field that could name something names something of ann's. */
function greedyBody(path: string): Record<string, unknown> {
  const grants = [{ principal_type: 'user', principal_id: eve.user.id, permission: 'write' }]
  return {
    id: hersIn(path, 'id'),
    ids: Object.values(hers),
    chat_id: hers['chat'],
    chat_ids: [hers['chat']],
    file_id: hers['file'],
    file_ids: [hers['file']],
    files: [{ type: 'file', id: hers['file'] }],
    folder_id: hers['folder'],
    parent_id: hers['folder'],
    message_id: 'm1',
    note_id: hers['note'],
    knowledge_id: hers['knowledge'],
    channel_id: hers['channel'],
    user_id: ann.user.id,
    user_ids: [eve.user.id],
    group_ids: [hers['group']],
    access_grants: grants,
    access_control: null,
    type: 'group',
    chat: { id: hers['chat'], title: 'stolen', history: { currentId: null, messages: {} } },
    chats: [],
    data: { files: [{ id: hers['file'], type: 'file' }] },
    meta: { chat_id: hers['chat'] },
    name: 'stolen',
    title: 'stolen',
    content: 'stolen',
    description: 'stolen',
    command: 'stolen',
    query: SECRET.slice(0, 4),
    role: 'admin',
    is_pinned: true,
    is_active: true,
    messages: [],
    params: {},
    models: [],
    is_expanded: true,
  }
}

async function annsThings(): Promise<Json> {
  const paths = [
    `/api/v1/chats/${hers['chat']}`,
    `/api/v1/chats/${hers['chat']}/tags`,
    `/api/v1/chats/shared/${hers['chat']}/access`,
    `/api/v1/folders/${hers['folder']}`,
    `/api/v1/notes/${hers['note']}`,
    `/api/v1/prompts/id/${hers['prompt']}`,
    `/api/v1/knowledge/${hers['knowledge']}`,
    `/api/v1/knowledge/${hers['knowledge']}/files`,
    '/api/v1/memories/',
    `/api/v1/evaluations/feedback/${hers['feedback']}`,
    `/api/v1/files/${hers['file']}`,
    `/api/v1/files/${hers['file']}/content`,
    `/api/v1/channels/${hers['channel']}`,
    `/api/v1/channels/${hers['channel']}/messages`,
    `/api/v1/channels/${hers['channel']}/members`,
    '/api/v1/auths/',
    '/api/v1/users/user/settings',
  ]
  const seen = await Promise.all(paths.map(async (path) => [path, (await ann.get(path)).body] as const))
  const people = await root.get(`/api/v1/users/${eve.user.id}`)
  const groups = await root.get(`/api/v1/groups/id/${hers['group']}`)
  const text = JSON.stringify([...seen, people.body.role ?? null, groups.body])
  // Tokens are made anew, and presence and access times move by themselves.
  return JSON.parse(text, (key, value) =>
    /^(token|expires_at|last_active_at|last_read_at|is_active|active|accessed_at)$/.test(key) ? null : value,
  )
}

const named = routes.map((route) => ({ ...route, name: `${route.method} ${route.path}` }))

test('the router is what is swept', () => expect(routes.length).toBeGreaterThan(200))

describe('without a token', () => {
  test.each(named.filter(({ name }) => !OPEN.has(name)))('$name is 401', async (route) => {
    const path = fill(route.path, (name) => hersIn(route.path, name))
    for (const headers of [{}, { authorization: 'Bearer none' }, { cookie: 'token=%E0%A4%A' }]) {
      const { status, text } = await ask(
        server.url,
        { ...route, path },
        headers as Record<string, string>,
        '{"',
      )
      expect([401, 403]).toContain(status)
      expect(text).toContain('detail')
      expect(text).not.toContain(SECRET)
    }
  })
})

describe('a stranger with every id', () => {
  const ends = new Set(['GET /api/v1/auths/signout', 'POST /api/v1/auths/signout'])
  test.each(named.filter(({ name }) => !ends.has(name)))(
    '$name tells and changes nothing of hers',
    async (route) => {
      const before = await annsThings()
      const path = fill(route.path, (name) => hersIn(route.path, name))
      const query =
        route.method === 'GET'
          ? `?q=${SECRET.slice(0, 5)}&query=zan&text=zan&id=${hers['chat']}&chat_id=${hers['chat']}&folder_id=${hers['folder']}&user_id=${ann.user.id}&group_id=${hers['group']}&page=1`
          : ''
      const bodies = [greedyBody(route.path), { ...greedyBody(route.path), folder_id: null, parent_id: null }]
      for (const body of bodies) {
        const { status, text } = await ask(
          server.url,
          { ...route, path: path + query },
          { authorization: `Bearer ${eve.token}` },
          body,
        )
        expect(status).toBeLessThan(502)
        expect(status).not.toBe(500)
        expect(text).not.toContain(SECRET)
      }
      expect(await annsThings()).toEqual(before)
    },
  )
})

describe('odd JSON', () => {
  const writes = named.filter(({ method, name }) => method !== 'GET' && !name.endsWith('/signout'))
  test.each(writes)('$name survives it', async (route) => {
    // By a new person each time: some of these routes remove everything of the asker's.
    const path = fill(route.path, () => crypto.randomUUID())
    const headers = { authorization: `Bearer ${eve.token}` }
    for (const [name, text] of oddBodies) {
      const answer = await ask(server.url, { ...route, path }, headers, text)
      expect(answer.status, name).not.toBe(500)
      // Engine.IO answers with a text of its own.
      const isApi = !route.path.startsWith('/ws/')
      if (answer.status >= 400 && isApi) expect(answer.text, name).toContain('"detail"')
    }
    const body = greedyBody(route.path)
    for (const [name, value] of oddValues) {
      const odd = Object.fromEntries(Object.keys(body).map((key) => [key, value]))
      const answer = await ask(server.url, { ...route, path }, headers, odd)
      expect(answer.status, name).not.toBe(500)
    }
  })

  const reads = named.filter(({ method, name }) => method === 'GET' && !name.endsWith('/signout'))
  test.each(reads)('$name survives odd ids and queries', async (route) => {
    const headers = { authorization: `Bearer ${eve.token}` }
    for (const odd of [
      'null',
      '-1',
      '%00',
      '%ff',
      '..%2f..%2fetc%2fpasswd',
      '__proto__',
      'x'.repeat(2_000),
    ]) {
      const path = fill(route.path, () => odd)
      const query = `?page=${odd}&q=${odd}&query=${odd}&text=${odd}&skip=${odd}&limit=${odd}&id=${odd}&order_by=${odd}`
      const answer = await ask(server.url, { ...route, path: path + query }, headers)
      // The original's own word for an Ollama that is not there.
      if (!answer.text.includes('could not connect to Ollama')) expect(answer.status, odd).not.toBe(500)
      expect(answer.text).not.toContain('root:x:0')
    }
  })
})

test('a key of few scopes opens nothing here, and every key only while keys are allowed', async () => {
  const few = (
    await root.post('/api/auth/keys', {
      name: 'few',
      scopes: ['rooms:read', 'messages:read', 'account:read', 'admin'],
    })
  ).body.key
  const whole = (await root.post('/api/auth/keys', { name: 'whole', scopes: ['*'] })).body.key
  const get = (key: string, path: string) =>
    ask(server.url, { method: 'GET', path }, { authorization: `Bearer ${key}` })
  const paths = [
    '/api/v1/chats/',
    '/api/v1/users/',
    '/api/v1/configs/export',
    '/api/v1/channels/',
    '/openai/config',
    '/api/v1/auths/',
  ]
  for (const path of paths) {
    expect((await get(few, path)).status).toBe(403)
    expect((await get(whole, path)).status).toBe(403)
  }
  const config = (await root.get('/api/v1/auths/admin/config')).body
  await root.post('/api/v1/auths/admin/config', { ...config, ENABLE_API_KEYS: true })
  for (const path of paths) expect((await get(few, path)).status).toBe(403)
  expect((await get(whole, '/api/v1/chats/')).status).toBe(200)
  expect((await get(few, '/api/models')).status).toBe(200)
})
