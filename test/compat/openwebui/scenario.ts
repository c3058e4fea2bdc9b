// Fills a server that nobody has used yet through Open WebUI's API: people, groups, models, chats of both ages, files,
// folders, notes, channels, settings, and what is refused on the way. The same requests go to both servers.
import type { Json } from '../../support/api.ts'
import type { Recorder } from './recorder.ts'

export const PEOPLE = {
  admin: ['admin@example.com', 'Passw0rd!'],
  bob: ['bob@example.com', 'B0bPassw0rd!'],
  carol: ['carol@example.com', 'Car0lPass!'],
  dave: ['dave@example.com', 'Dav3Pass!'],
} as const

const DOT = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
)
const PNG = `data:image/png;base64,${DOT.toBase64()}`
const LONG = 'Ein sehr langer Text — 非常に長い文章 🐝. '.repeat(1500)

let serial = 0
/** The same on both servers. */
export const fixedId = (): string => {
  const n = (++serial).toString(16).padStart(12, '0')
  return `00000000-0000-4000-8000-${n}`
}

const grant = (principal_type: string, principal_id: string, permission: string) => ({
  principal_type,
  principal_id,
  permission,
})
const everyone = (...permissions: string[]) => permissions.map((permission) => grant('user', '*', permission))

/** A chat as the front end saves it: `turns` of user and assistant, with a second answer to the first question. */
export function conversation(title: string, turns: [string, string][], more: Json = {}): Json {
  const messages: Record<string, Json> = {}
  let parent: string | null = null
  const at = 1_700_000_000
  for (const [index, [question, answer]] of turns.entries()) {
    const [asked, said] = [fixedId(), fixedId()]
    if (parent) messages[parent].childrenIds.push(asked)
    messages[asked] = {
      id: asked,
      parentId: parent,
      childrenIds: [said],
      role: 'user',
      content: question,
      timestamp: at + index * 10,
      models: ['test-echo'],
    }
    messages[said] = {
      id: said,
      parentId: asked,
      childrenIds: [],
      role: 'assistant',
      content: answer,
      model: 'test-echo',
      modelName: 'test-echo',
      modelIdx: 0,
      timestamp: at + index * 10 + 1,
      done: true,
    }
    if (index === 0) {
      const other = fixedId()
      messages[asked].childrenIds.push(other)
      messages[other] = {
        ...messages[said],
        id: other,
        content: `${answer} (again)`,
        usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
      }
    }
    parent = said
  }
  return {
    title,
    models: ['test-echo'],
    params: {},
    history: { messages, currentId: parent },
    messages: [],
    tags: [],
    timestamp: 1_700_000_000_000,
    files: [],
    ...more,
  }
}

export interface Made {
  ids: Record<string, string>
}

export async function scenario(r: Recorder): Promise<Made> {
  serial = 0
  const made: Made = { ids: {} }
  await people(r, made)
  await settings(r)
  await groups(r, made)
  await models(r, made)
  await files(r, made)
  await chats(r, made)
  await folders(r, made)
  await workspace(r, made)
  await channels(r, made)
  await profile(r, made)
  return made
}

async function people(r: Recorder, { ids }: Made): Promise<void> {
  const [, password] = PEOPLE.admin
  for (const body of [
    {},
    { name: 'x' },
    { name: 'x', email: 'no', password: 'x' },
    { name: 1, email: 2, password: null },
    '[]',
    'nonsense',
  ])
    await r.post('nobody', '/api/v1/auths/signup', body)
  const admin = await r.post('nobody', '/api/v1/auths/signup', {
    name: 'Admin Ä',
    email: 'Admin@Example.com',
    password,
    profile_image_url: PNG,
  })
  r.tokens.set('admin', admin.token)
  ids['admin'] = admin.id
  await r.post('nobody', '/api/v1/auths/signup', { name: 'Late', email: 'late@example.com', password: 'x' })
  for (const name of ['bob', 'carol', 'dave'] as const) {
    const [mail, secret] = PEOPLE[name]
    const added = await r.post('admin', '/api/v1/auths/add', {
      name: name[0]!.toUpperCase() + name.slice(1),
      email: mail,
      password: secret,
      role: name === 'dave' ? 'pending' : 'user',
    })
    ids[name] = added.id
  }
  for (const body of [
    {},
    { name: 'Bob', email: 'BOB@example.com', password: 'x', role: 'user' },
    { name: 'Bad', email: 'bad', password: 'x', role: 'user' },
    { name: 'E', email: 'eve@example.com', password: 'Ev3Pass!', role: 'admin' },
  ])
    await r.post('admin', '/api/v1/auths/add', body)
  for (const [mail, secret] of [
    ['bob@example.com', 'wrong'],
    ['none@example.com', 'x'],
    ['', ''],
    ['BOB@EXAMPLE.COM', 'B0bPassw0rd!'],
  ])
    await r.post('nobody', '/api/v1/auths/signin', { email: mail, password: secret })
  await r.post('nobody', '/api/v1/auths/signin', { email: 'x' })
  await r.post('nobody', '/api/v1/auths/signin')
  for (const name of ['bob', 'carol', 'dave', 'eve'] as const) {
    const [mail, secret] = name === 'eve' ? ['eve@example.com', 'Ev3Pass!'] : PEOPLE[name]
    const answer = await r.signIn(name, mail, secret)
    ids[name] = answer?.id ?? ids[name]
  }
  r.tokens.set('forged', 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IngifQ.AAAA')
  for (const who of ['nobody', 'forged', 'dave', 'bob', 'admin']) {
    await r.get(who, '/api/v1/auths/')
    await r.get(who, '/api/v1/users/?page=1')
    await r.get(who, '/api/v1/chats/?page=1')
    await r.get(who, '/api/config')
  }
  await r.post('bob', '/api/v1/auths/add', {
    name: 'Z',
    email: 'z@example.com',
    password: 'x',
    role: 'admin',
  })
  await r.post('dave', '/api/v1/auths/update/timezone', { timezone: 'Asia/Tokyo' })
  await r.post('bob', '/api/v1/auths/update/timezone', { timezone: 'Nowhere/Land' })
  await r.post('bob', '/api/v1/auths/update/timezone', {})
  await r.post('bob', '/api/v1/auths/update/timezone', { timezone: 'Europe/Berlin' })
  for (const body of [
    {},
    { name: 'Bob B', profile_image_url: PNG, bio: 'Bio ✨', gender: 'male', date_of_birth: '1990-02-03' },
    { name: 'Bob B', profile_image_url: '/user.png', date_of_birth: 'soon' },
    { name: '', profile_image_url: '' },
    { name: 'Bob', profile_image_url: 'javascript:alert(1)' },
    { name: 'Bob B', profile_image_url: PNG, bio: 'Bio ✨', gender: 'male', date_of_birth: '1990-02-03' },
  ])
    await r.post('bob', '/api/v1/auths/update/profile', body)
  for (const body of [
    {},
    { password: 'wrong', new_password: 'long enough' },
    { password: PEOPLE.carol[1], new_password: PEOPLE.carol[1] },
  ])
    await r.post('carol', '/api/v1/auths/update/password', body)
  await r.get('carol', '/api/v1/auths/')
  await r.signIn('carol', ...PEOPLE.carol)
  await r.get('bob', `/api/v1/users/${ids['admin']}`)
  await r.get('admin', `/api/v1/users/${ids['bob']}`)
  await r.get('admin', '/api/v1/users/nobody-there')
  await r.get('bob', '/api/v1/users/nobody-there/info')
  for (const body of [
    {},
    { name: 'Carol C', email: 'carol@example.com', role: 'user', profile_image_url: '/user.png' },
    { name: 'Carol', email: 'bob@example.com', role: 'user', profile_image_url: '/user.png' },
    { name: 7 },
  ])
    await r.post('admin', `/api/v1/users/${ids['carol']}/update`, body)
  for (const body of [{ password: '' }, { role: 'admin', email: 'EVE@example.com', name: 'Eve' }])
    await r.post('admin', `/api/v1/users/${ids['eve']}/update`, body)
  await r.post('bob', `/api/v1/users/${ids['carol']}/update`, { name: 'x' })
  await r.post('admin', '/api/v1/users/nobody-there/update', { name: 'x' })
  await r.post('eve', `/api/v1/users/${ids['admin']}/update`, {
    role: 'user',
    name: 'x',
    email: 'x@example.com',
    profile_image_url: '/user.png',
  })
  await r.del('eve', `/api/v1/users/${ids['admin']}`)
  await r.del('admin', `/api/v1/users/${ids['admin']}`)
  await r.del('bob', `/api/v1/users/${ids['carol']}`)
  await r.del('admin', '/api/v1/users/nobody-there')
  await r.post('admin', `/api/v1/users/${ids['eve']}/sessions/revoke`)
  await r.get('eve', '/api/v1/auths/')
  await r.del('admin', `/api/v1/users/${ids['eve']}`)
  await r.post('admin', '/api/v1/users/nobody-there/sessions/revoke')
}

async function settings(r: Recorder): Promise<void> {
  const pages = [
    '/api/v1/auths/admin/config',
    '/openai/config',
    '/ollama/config',
    '/api/v1/tasks/config',
    '/api/v1/configs/connections',
    '/api/v1/configs/tool_servers',
    '/api/v1/configs/terminal_servers',
    '/api/v1/configs/code_execution',
    '/api/v1/configs/models',
    '/api/v1/configs/subagents',
    '/api/v1/configs/banners',
    '/api/v1/chats/config',
    '/api/v1/evaluations/config',
    '/api/v1/retrieval/config',
    '/api/v1/retrieval/embedding',
    '/api/v1/images/config',
    '/api/v1/audio/config',
    '/api/v1/auths/admin/config/ldap',
    '/api/v1/auths/admin/config/ldap/server',
    '/api/v1/auths/admin/config/oauth',
    '/api/v1/users/default/permissions',
    '/api/v1/users/default/permissions/defaults',
    '/api/v1/configs/models/defaults',
  ]
  for (const page of pages) for (const who of ['nobody', 'bob', 'admin']) await r.get(who, page)
  const config = await r.get('admin', '/api/v1/auths/admin/config')
  for (const body of [
    {},
    { ...config, DEFAULT_USER_ROLE: 'emperor' },
    { ...config, JWT_EXPIRES_IN: 'never' },
    { ...config, ENABLE_SIGNUP: 'perhaps' },
    {
      ...config,
      ENABLE_CHANNELS: true,
      ENABLE_API_KEYS: true,
      ENABLE_SIGNUP: true,
      DEFAULT_USER_ROLE: 'pending',
      JWT_EXPIRES_IN: '30d',
      PENDING_USER_OVERLAY_TITLE: 'Wait',
      ENABLE_NOTES: true,
      ENABLE_USER_WEBHOOKS: true,
    },
  ])
    await r.post('admin', '/api/v1/auths/admin/config', body)
  await r.post('bob', '/api/v1/auths/admin/config', config)
  const tasks = await r.get('admin', '/api/v1/tasks/config')
  for (const body of [
    {},
    {
      ...tasks,
      ENABLE_TAGS_GENERATION: false,
      TAGS_GENERATION_PROMPT_TEMPLATE: 'Tags!',
      AUTOCOMPLETE_GENERATION_INPUT_MAX_LENGTH: '40',
    },
  ])
    await r.post('admin', '/api/v1/tasks/config/update', body)
  for (const body of [
    {},
    { ENABLE_DIRECT_CONNECTIONS: false, ENABLE_BASE_MODELS_CACHE: 'yes' },
    { ENABLE_DIRECT_CONNECTIONS: true, ENABLE_DIRECT_INTEGRATIONS: true, ENABLE_BASE_MODELS_CACHE: false },
  ])
    await r.post('admin', '/api/v1/configs/connections', body)
  for (const body of [
    {},
    {
      banners: [
        {
          id: 'b1',
          type: 'info',
          title: 'T',
          content: 'Welcome 🎉',
          dismissible: true,
          timestamp: 1700000000,
        },
      ],
    },
    { banners: [{ id: 'b1' }] },
  ])
    await r.post('admin', '/api/v1/configs/banners', body)
  for (const body of [
    {},
    { suggestions: [{ title: ['Help me', 'study'], content: 'Help me study' }] },
    { suggestions: [{ title: 'x' }] },
  ])
    await r.post('admin', '/api/v1/configs/suggestions', body)
  for (const body of [
    {},
    {
      DEFAULT_MODELS: 'test-echo',
      DEFAULT_PINNED_MODELS: null,
      MODEL_ORDER_LIST: ['test-echo', 'test-long'],
      DEFAULT_MODEL_METADATA: { capabilities: { vision: true } },
      DEFAULT_MODEL_PARAMS: { temperature: 0.5 },
    },
  ])
    await r.post('admin', '/api/v1/configs/models', body)
  const subagents = await r.get('admin', '/api/v1/configs/subagents')
  for (const body of [
    {},
    { ...subagents, SUBAGENTS_MAX_ASYNC: 3 },
    { ...subagents, SUBAGENTS_MAX_ASYNC: -1 },
    { ...subagents, SUBAGENTS_MAX_ASYNC: 'many' },
  ])
    await r.post('admin', '/api/v1/configs/subagents', body)
  const code = await r.get('admin', '/api/v1/configs/code_execution')
  for (const body of [{}, { ...code, CODE_EXECUTION_JUPYTER_TIMEOUT: 90 }])
    await r.post('admin', '/api/v1/configs/code_execution', body)
  const chat = await r.get('admin', '/api/v1/chats/config')
  for (const body of [{}, { ...chat, CONTEXT_COMPACTION_TOKEN_THRESHOLD: 12345 }])
    await r.post('admin', '/api/v1/chats/config', body)
  const permissions = await r.get('admin', '/api/v1/users/default/permissions')
  for (const body of [
    {},
    {
      ...permissions,
      workspace: { ...permissions.workspace, models: true, prompts: true, knowledge: true },
      chat: { ...permissions.chat, multiple_models: false },
    },
    { ...permissions, chat: 'all' },
  ])
    await r.post('admin', '/api/v1/users/default/permissions', body)
  await r.get('bob', '/api/v1/users/permissions')
  for (const body of [
    {},
    { TOOL_SERVER_CONNECTIONS: [] },
    {
      TOOL_SERVER_CONNECTIONS: [
        {
          url: 'http://127.0.0.1:9',
          path: 'openapi.json',
          auth_type: 'bearer',
          key: 'k',
          config: { enable: false },
          info: { id: 'x', name: 'X' },
        },
      ],
    },
    { TOOL_SERVER_CONNECTIONS: [] },
  ])
    await r.post('admin', '/api/v1/configs/tool_servers', body)
  for (const body of [{}, { TERMINAL_SERVER_CONNECTIONS: [] }])
    await r.post('admin', '/api/v1/configs/terminal_servers', body)
  for (const body of [
    {},
    { visibility: { x: 'no' } },
    { visibility: {} },
    { visibility: { nonsense: true } },
  ])
    await r.post('admin', '/api/v1/configs/interface/visibility', body)
  for (const body of [
    {},
    { config: { ui: { banners: [] } } },
    { config: { 'ui.watermark': 'Mark', 'tests.unknown': 42.5 } },
  ])
    await r.post('admin', '/api/v1/configs/import', body)
  const openai = await r.get('admin', '/openai/config')
  for (const body of [
    {},
    {
      ...openai,
      OPENAI_API_CONFIGS: {
        0: {
          enable: true,
          tags: [{ name: 'main' }],
          prefix_id: '',
          model_ids: [],
          connection_type: 'external',
          auth_type: 'bearer',
        },
      },
    },
    { ...openai, OPENAI_API_CONFIGS: null },
  ])
    await r.post('admin', '/openai/config/update', body)
  for (const body of [
    {},
    { ENABLE_OLLAMA_API: false, OLLAMA_BASE_URLS: ['http://127.0.0.1:9'], OLLAMA_API_CONFIGS: {} },
  ])
    await r.post('admin', '/ollama/config/update', body)
  const evaluation = await r.get('admin', '/api/v1/evaluations/config')
  for (const body of [{}, evaluation]) await r.post('admin', '/api/v1/evaluations/config', body)
  for (const page of pages) await r.get('admin', page)
  await r.get('admin', '/api/v1/configs/export')
  await r.get('bob', '/api/config')
  await r.get('nobody', '/api/config')
}

async function groups(r: Recorder, { ids }: Made): Promise<void> {
  for (const body of [{}, { name: 'x' }, { name: 1, description: 2 }])
    await r.post('admin', '/api/v1/groups/create', body)
  await r.post('bob', '/api/v1/groups/create', { name: 'No', description: '' })
  const staff = await r.post('admin', '/api/v1/groups/create', {
    name: 'Staff',
    description: 'All of us',
    permissions: {
      workspace: { tools: true, skills: true, notes: true },
      features: {
        channels: true,
        api_keys: true,
        notes: true,
        folders: true,
        memories: true,
        automations: true,
        calendar: true,
      },
      chat: { multiple_models: true },
    },
  })
  const inner = await r.post('admin', '/api/v1/groups/create', {
    name: 'Inner ñ',
    description: 'Child',
    parent_group_id: staff.id,
    data: { config: { share: true } },
  })
  ids['staff'] = staff.id
  ids['inner'] = inner.id
  await r.post('admin', '/api/v1/groups/create', {
    name: 'Orphan',
    description: '',
    parent_group_id: 'nothing',
  })
  await r.post('admin', `/api/v1/groups/id/${staff.id}/users/add`, { user_ids: [ids['bob'], 'ghost'] })
  await r.post('admin', `/api/v1/groups/id/${inner.id}/users/add`, { user_ids: [ids['carol'], ids['bob']] })
  await r.post('admin', `/api/v1/groups/id/${inner.id}/users/remove`, { user_ids: [ids['bob']] })
  for (const body of [{}, { user_ids: 'x' }, { user_ids: null }])
    await r.post('admin', `/api/v1/groups/id/${staff.id}/users/add`, body)
  for (const body of [
    {},
    {
      name: 'Staff',
      description: 'Everybody',
      permissions: staff.permissions,
      data: { config: { share: 'members' } },
    },
    { name: 'Staff', description: 'Loop', parent_group_id: inner.id },
    { name: 'Staff', description: 'x', parent_group_id: staff.id },
  ])
    await r.post('admin', `/api/v1/groups/id/${staff.id}/update`, body)
  await r.post('admin', '/api/v1/groups/id/nothing/update', { name: 'x', description: 'y' })
  await r.post('admin', '/api/v1/groups/id/nothing/users/add', { user_ids: [] })
  for (const who of ['admin', 'bob', 'carol', 'dave', 'nobody']) {
    await r.get(who, '/api/v1/groups/')
    await r.get(who, '/api/v1/groups/?share=true')
    await r.get(who, '/api/v1/groups/?share=false')
    for (const id of [staff.id, inner.id, 'nothing']) {
      for (const part of [
        '',
        '/info',
        '/members',
        '/members?page=1&query=bob',
        '/members?membership=direct',
        '/members?membership=effective',
        '/preview',
        '/export',
      ])
        await r.get(who, `/api/v1/groups/id/${id}${part}`)
    }
    await r.get(who, '/api/v1/users/groups')
    await r.get(who, '/api/v1/users/groups?include_inherited=true')
    await r.get(who, '/api/v1/users/permissions')
    await r.get(who, `/api/v1/users/${ids['carol']}/groups`)
    await r.get(who, `/api/v1/users/${ids['carol']}/groups?include_inherited=true`)
    await r.get(who, `/api/v1/users/${ids['carol']}/preview`)
  }
  const gone = await r.post('admin', '/api/v1/groups/create', { name: 'Gone', description: '' })
  await r.del('bob', `/api/v1/groups/id/${gone.id}/delete`)
  await r.del('admin', `/api/v1/groups/id/${gone.id}/delete`)
  await r.del('admin', `/api/v1/groups/id/${gone.id}/delete`)
}

async function models(r: Recorder, { ids }: Made): Promise<void> {
  const meta = {
    profile_image_url: '/static/favicon.png',
    description: 'Ein Modell',
    capabilities: { vision: true },
    tags: [{ name: 'eins' }],
    suggestion_prompts: null,
  }
  await r.post('admin', '/api/v1/models/create', {})
  await r.post('admin', '/api/v1/models/create', {
    id: 'test-echo',
    base_model_id: null,
    name: 'Echo',
    meta,
    params: { temperature: 0.3 },
    access_grants: everyone('read'),
    is_active: true,
  })
  await r.post('admin', '/api/v1/models/create', {
    id: 'test-echo',
    base_model_id: null,
    name: 'Again',
    meta,
    params: {},
    access_grants: null,
  })
  await r.post('admin', '/api/v1/models/create', {
    id: 'org/preset',
    base_model_id: 'test-echo',
    name: 'Preset',
    meta: { ...meta, profile_image_url: PNG },
    params: { system: 'Be brief.', stop: ['x'] },
    access_grants: [grant('group', ids['staff']!, 'read')],
  })
  await r.post('admin', '/api/v1/models/create', {
    id: 'hidden',
    base_model_id: 'test-long',
    name: 'Hidden',
    meta,
    params: {},
    access_grants: [grant('user', ids['carol']!, 'read'), grant('user', ids['carol']!, 'write')],
  })
  await r.post('bob', '/api/v1/models/create', {
    id: 'bobs',
    base_model_id: 'test-echo',
    name: 'Bob’s',
    meta,
    params: {},
    access_grants: everyone('read', 'write'),
  })
  await r.post('dave', '/api/v1/models/create', {
    id: 'daves',
    base_model_id: 'test-echo',
    name: 'x',
    meta,
    params: {},
    access_grants: [],
  })
  await r.post('bob', '/api/v1/models/create', {
    id: 'x'.repeat(300),
    base_model_id: 'test-echo',
    name: 'x',
    meta,
    params: {},
    access_grants: [],
  })
  await r.post('bob', '/api/v1/models/create', {
    id: 'bobs-other',
    base_model_id: 'test-long',
    name: 'Over a hidden one',
    meta,
    params: {},
    access_grants: null,
  })
  for (const who of ['admin', 'bob', 'carol']) {
    await r.post(who, '/api/v1/models/model/update', {
      id: 'bobs',
      base_model_id: 'test-echo',
      name: `By ${who}`,
      meta: { ...meta, more: { deep: [1, null] } },
      params: { max_tokens: 7, odd: null },
      access_grants: null,
      commit_message: 'Changed',
    })
    await r.post(who, '/api/v1/models/model/access/update', {
      id: 'bobs',
      name: 'Bob’s',
      access_grants: [...everyone('read'), grant('group', ids['inner']!, 'write')],
    })
    await r.post(who, '/api/v1/models/model/update', {
      id: 'nothing',
      base_model_id: null,
      name: 'x',
      meta,
      params: {},
      access_grants: null,
    })
    await r.post(who, '/api/v1/models/model/toggle?id=bobs')
    await r.post(who, '/api/v1/models/model/toggle?id=nothing')
    await r.post(who, '/api/v1/models/model/delete', { id: 'nothing' })
    await r.post(who, '/api/v1/models/model/delete', {})
    for (const id of ['test-echo', 'org/preset', 'hidden', 'bobs', 'nothing', 'test-long']) {
      await r.get(who, `/api/v1/models/model?id=${encodeURIComponent(id)}`)
      await r.get(who, `/api/v1/models/model/history?id=${encodeURIComponent(id)}&page=0`)
      await r.get(who, `/api/v1/models/model/history?id=${encodeURIComponent(id)}`)
    }
  }
  await r.get('bob', '/api/v1/models/model')
  const history = await r.get('admin', '/api/v1/models/model/history?id=bobs')
  const version = (index: number): string => history?.[index]?.id ?? history?.items?.[index]?.id ?? 'none'
  await r.get('admin', `/api/v1/models/model/history/${version(1)}?id=bobs`)
  await r.post('admin', '/api/v1/models/model/update/version?id=bobs', { version_id: version(1) })
  await r.del('admin', `/api/v1/models/model/history/${version(0)}?id=bobs`)
  await r.get('admin', '/api/v1/models/model?id=bobs')
  await r.post('admin', '/api/v1/models/import', {
    models: [
      {
        id: 'imported',
        base_model_id: 'test-echo',
        name: 'Imported',
        meta: {},
        params: {},
        is_active: false,
      },
      { id: 'bobs', name: 'By import', meta: { description: 'x' }, params: {} },
    ],
  })
  for (const body of [{}, { models: [] }, { models: [{}] }, { models: 'x' }])
    await r.post('admin', '/api/v1/models/import', body)
  await r.post('bob', '/api/v1/models/import', { models: [] })
  await r.post('bob', '/api/v1/models/model/delete', { id: 'hidden' })
  await r.post('bob', '/api/v1/models/model/delete', { id: 'bobs-other' })
}

async function files(r: Recorder, { ids }: Made): Promise<void> {
  ids['text'] = (
    await r.upload('admin', 'wörter & mehr.txt', 'text/plain', 'The word of the day is xyzzy.\n')
  ).id
  ids['image'] = (await r.upload('bob', 'dot.png', 'image/png', DOT)).id
  ids['bobs-text'] = (
    await r.upload('bob', 'bob.md', 'text/markdown', '# Bob\n\nText of Bob.', '', { chat_id: 'x', note: 'y' })
  ).id
  ids['unprocessed'] = (await r.upload('bob', 'raw.csv', 'text/csv', 'a,b\n1,2\n', '?process=false')).id
  await r.upload('bob', 'empty.txt', 'text/plain', '')
  await r.send('bob', 'POST', '/api/v1/files/', {})
  await r.upload('dave', 'no.txt', 'text/plain', 'x')
  await r.upload('bob', '../../etc/passwd.txt', 'text/plain', 'path')
  for (const who of ['admin', 'bob', 'carol', 'dave', 'nobody']) {
    for (const id of [ids['text'], ids['image'], ids['bobs-text'], 'nothing']) {
      for (const part of [
        '',
        '/process/status',
        '/data/content',
        '/content',
        '/content/html',
        `/content/x.txt`,
      ])
        await r.get(who, `/api/v1/files/${id}${part}`)
    }
  }
  for (const who of ['carol', 'bob']) {
    await r.post(who, `/api/v1/files/${ids['bobs-text']}/data/content/update`, {
      content: 'New text of Bob.',
    })
    await r.post(who, `/api/v1/files/${ids['bobs-text']}/rename`, { filename: 'neu.md' })
    await r.post(who, `/api/v1/files/${ids['bobs-text']}/rename`, { filename: '' })
    await r.post(who, `/api/v1/files/${ids['bobs-text']}/rename`, {})
    await r.post(who, '/api/v1/files/nothing/rename', { filename: 'x' })
  }
  const gone = await r.upload('bob', 'gone.txt', 'text/plain', 'gone')
  await r.del('carol', `/api/v1/files/${gone.id}`)
  await r.del('bob', `/api/v1/files/${gone.id}`)
  await r.del('bob', `/api/v1/files/${gone.id}`)
  await r.del('bob', '/api/v1/files/all')
}

async function chats(r: Recorder, { ids }: Made): Promise<void> {
  for (const body of [
    {},
    { chat: 'x' },
    { chat: {} },
    { chat: { title: null } },
    { chat: { title: 'With folder' }, folder_id: 'nothing' },
  ])
    await r.post('carol', '/api/v1/chats/new', body)
  const first = await r.post('bob', '/api/v1/chats/new', {
    chat: conversation('Erste Unterhaltung Ä', [
      ['Hello there', 'Hello!'],
      ['Second question', 'Second answer'],
    ]),
  })
  const withFiles = conversation('With files', [['See this', 'I see']], {
    files: [{ type: 'file', id: ids['bobs-text'], name: 'bob.md' }],
  })
  Object.values(withFiles.history.messages as Record<string, Json>)[0]!.files = [
    { type: 'image', url: ids['image'] },
  ]
  const second = await r.post('bob', '/api/v1/chats/new', { chat: withFiles, variables: { a: 1 } })
  const long = await r.post('bob', '/api/v1/chats/new', { chat: conversation('Lang', [[LONG, LONG]]) })
  const bare = await r.post('bob', '/api/v1/chats/new', { chat: { title: 'Bare' } })
  const admins = await r.post('admin', '/api/v1/chats/new', {
    chat: conversation('Admin’s secret', [['secret one', 'answer']]),
  })
  Object.assign(ids, { first: first.id, second: second.id, long: long.id, bare: bare.id, admins: admins.id })
  await r.post('bob', '/api/v1/chats/import', {
    chats: [
      {
        chat: conversation('Imported', [['imported hello', 'imported answer']]),
        meta: { tags: ['old_tag', 'zwei'] },
        pinned: true,
        folder_id: null,
        created_at: 1_600_000_000,
        updated_at: 1_600_000_100,
      },
      {
        chat: {
          title: 'Old list',
          models: ['gone-model'],
          messages: [{ id: 'm1', role: 'user', content: 'x', timestamp: 1_600_000_000 }],
        },
        meta: {},
        pinned: false,
      },
    ],
  })
  for (const body of [
    {},
    { chats: [] },
    { chats: [{}] },
    { chats: [{ chat: { title: 'x' }, pinned: 'maybe' }] },
  ])
    await r.post('bob', '/api/v1/chats/import', body)
  for (const who of ['bob', 'carol', 'admin']) {
    await r.get(who, `/api/v1/chats/${first.id}`)
    await r.get(who, `/api/v1/chats/${first.id}/tags`)
    await r.get(who, `/api/v1/chats/${first.id}/pinned`)
    await r.get(who, '/api/v1/chats/nothing')
    await r.get(who, '/api/v1/chats/nothing/tags')
    await r.get(who, '/api/v1/chats/nothing/pinned')
  }
  const keys = Object.keys(first.chat?.history?.messages ?? {})
  for (const who of ['carol', 'bob']) {
    await r.post(who, `/api/v1/chats/${first.id}`, {
      chat: { title: `Titled by ${who}`, params: { temperature: 1 }, extra: [1, { a: null }] },
    })
    await r.post(who, `/api/v1/chats/${first.id}`, {})
    await r.send(who, 'PATCH', `/api/v1/chats/${first.id}/params`, { temperature: 0.9, system: 'Sys' })
    await r.post(who, `/api/v1/chats/${first.id}/tags`, { name: 'Mein Tag Ü' })
    await r.post(who, `/api/v1/chats/${first.id}/tags`, { name: 'Zweiter' })
    await r.post(who, `/api/v1/chats/${first.id}/tags`, {})
    await r.post(who, `/api/v1/chats/${first.id}/tags`, { name: 'none' })
    await r.del(who, `/api/v1/chats/${first.id}/tags`, { name: 'Zweiter' })
    await r.del(who, `/api/v1/chats/${first.id}/tags`, { name: 'nicht da' })
    await r.post(who, `/api/v1/chats/${first.id}/messages/${keys[1]}`, { content: `Edited by ${who}` })
    await r.post(who, `/api/v1/chats/${first.id}/messages/${keys[1]}`, {})
    await r.post(who, `/api/v1/chats/${first.id}/messages/nothing`, { content: 'x' })
    await r.post(who, `/api/v1/chats/${first.id}/messages/${keys[1]}/event`, {
      type: 'status',
      data: { description: 'x', done: true },
    })
    await r.post(who, `/api/v1/chats/${first.id}/messages/${keys[1]}/event`, {})
    await r.post(who, `/api/v1/chats/${first.id}/pin`)
    await r.post(who, `/api/v1/chats/${first.id}/unread`)
    await r.post(who, '/api/v1/chats/read', { chat_ids: [first.id] })
    await r.post(who, '/api/v1/chats/read')
    await r.post(who, `/api/v1/chats/${second.id}/share`, { share_mode: null })
    await r.post(who, `/api/v1/chats/${second.id}/share`, { share_mode: 'other' })
    await r.get(who, `/api/v1/chats/shared/${second.id}/access`)
    await r.post(who, `/api/v1/chats/shared/${second.id}/access/update`, {
      access_grants: [grant('user', ids['carol']!, 'read'), grant('group', ids['staff']!, 'read')],
    })
    await r.post(who, `/api/v1/chats/${second.id}/clone`, { title: 'Klon' })
    await r.post(who, `/api/v1/chats/${second.id}/clone`, {})
    await r.post(who, `/api/v1/chats/${first.id}/fork`, { message_id: keys[1] })
    await r.post(who, `/api/v1/chats/${first.id}/fork`, { message_id: 'nothing' })
    await r.post(who, `/api/v1/chats/${long.id}/archive`)
    await r.post(who, `/api/v1/chats/${bare.id}/compact`, {})
    await r.post(who, `/api/v1/chats/tags`, { name: 'Mein Tag Ü' })
    await r.post(who, `/api/v1/chats/tags`, { name: 'nicht da' })
    await r.post(who, `/api/v1/chats/tags`, {})
    for (const action of [
      'pin',
      'archive',
      'share',
      'clone',
      'clone/shared',
      'unread',
      'fork',
      'tags',
      'folder',
    ])
      await r.post(who, `/api/v1/chats/nothing/${action}`, { name: 'x' })
    await r.del(who, '/api/v1/chats/nothing')
    await r.del(who, '/api/v1/chats/nothing/share')
    await r.del(who, '/api/v1/chats/nothing/tags', { name: 'x' })
  }
  const shared = await r.get('bob', `/api/v1/chats/${second.id}`)
  ids['share'] = shared.share_id
  for (const who of ['nobody', 'carol', 'dave', 'admin', 'bob']) {
    await r.get(who, `/api/v1/chats/share/${shared.share_id}`)
    await r.get(who, '/api/v1/chats/share/nothing')
    await r.post(who, `/api/v1/chats/${shared.share_id}/clone/shared`)
    await r.post(who, `/api/v1/chats/${second.id}/clone/shared`)
  }
  const gone = await r.post('bob', '/api/v1/chats/new', {
    chat: conversation('Gone', [
      ['a', 'b'],
      ['c', 'd'],
    ]),
  })
  const goneKeys = Object.keys(gone.chat?.history?.messages ?? {})
  await r.del('carol', `/api/v1/chats/${gone.id}/messages/${goneKeys[0]}`)
  await r.del('bob', `/api/v1/chats/${gone.id}/messages/${goneKeys[1]}`)
  await r.del('bob', `/api/v1/chats/${gone.id}/messages/nothing`)
  await r.get('bob', `/api/v1/chats/${gone.id}`)
  await r.del('carol', `/api/v1/chats/${gone.id}`)
  await r.del('bob', `/api/v1/chats/${gone.id}`)
  await r.get('bob', `/api/v1/chats/${gone.id}`)
  await r.post('carol', '/api/v1/chats/new', { chat: conversation('Carol one', [['q', 'a']]) })
  await r.post('carol', '/api/v1/chats/archive/all')
  await r.get('carol', '/api/v1/chats/archived?page=1')
  await r.post('carol', '/api/v1/chats/unarchive/all')
  await r.del('carol', '/api/v1/chats/share/all')
  const feedback = await r.post('bob', '/api/v1/evaluations/feedback', {
    type: 'rating',
    data: { rating: 1, model_id: 'test-echo', reason: 'good', comment: 'Fein', tags: ['x'] },
    meta: { arena: false, chat_id: first.id, message_id: keys[1], message_index: 2, model_id: 'test-echo' },
    snapshot: { chat: first },
  })
  ids['feedback'] = feedback.id
  for (const who of ['carol', 'bob', 'admin']) {
    await r.get(who, `/api/v1/evaluations/feedback/${feedback.id}`)
    await r.post(who, `/api/v1/evaluations/feedback/${feedback.id}`, {
      type: 'rating',
      data: { rating: -1, model_id: 'test-echo', sibling_model_ids: ['test-long'] },
      meta: { message_index: 2 },
      snapshot: {},
    })
    await r.get(who, '/api/v1/evaluations/feedback/nothing')
    await r.get(who, '/api/v1/evaluations/feedbacks/user')
    await r.post(who, '/api/v1/evaluations/feedback', {})
  }
}

async function folders(r: Recorder, { ids }: Made): Promise<void> {
  for (const body of [{}, { name: 1 }, { name: '' }]) await r.post('bob', '/api/v1/folders/', body)
  const outer = await r.post('bob', '/api/v1/folders/', {
    name: 'Projekt',
    data: { system_prompt: 'Be nice', files: [{ type: 'file', id: ids['bobs-text'], name: 'neu.md' }] },
    meta: { icon: '🐝' },
  })
  await r.post('bob', '/api/v1/folders/', { name: 'projekt' })
  const inner = await r.post('bob', '/api/v1/folders/', { name: 'Innen', parent_id: outer.id })
  await r.post('bob', '/api/v1/folders/', { name: 'Lost', parent_id: 'nothing' })
  await r.post('bob', '/api/v1/folders/', {
    name: 'Foreign file',
    data: { files: [{ type: 'file', id: ids['text'], name: 'x' }] },
  })
  Object.assign(ids, { outer: outer.id, inner_folder: inner.id })
  for (const who of ['carol', 'bob', 'admin']) {
    await r.get(who, '/api/v1/folders/')
    await r.get(who, `/api/v1/folders/${outer.id}`)
    await r.post(who, `/api/v1/folders/${outer.id}/update`, {
      name: 'Projekt X',
      data: { model_ids: ['test-echo'] },
      meta: { background_image_url: '/x.png' },
    })
    await r.post(who, `/api/v1/folders/${outer.id}/update`, { name: null })
    await r.post(who, `/api/v1/folders/${outer.id}/update/expanded`, { is_expanded: true })
    await r.post(who, `/api/v1/folders/${outer.id}/update/expanded`, {})
    await r.post(who, `/api/v1/folders/${inner.id}/update/parent`, { parent_id: null })
    await r.post(who, `/api/v1/folders/${inner.id}/update/parent`, { parent_id: outer.id })
    await r.post(who, `/api/v1/folders/${outer.id}/update/parent`, { parent_id: inner.id })
    await r.post(who, `/api/v1/chats/${ids['first']}/folder`, { folder_id: outer.id })
    await r.post(who, `/api/v1/chats/${ids['second']}/folder`, { folder_id: inner.id })
    await r.post(who, `/api/v1/chats/${ids['second']}/folder`, { folder_id: 'nothing' })
    await r.post(who, `/api/v1/folders/${outer.id}/access/update`, {
      access_grants: [grant('user', ids['carol']!, 'read')],
    })
    await r.post(who, `/api/v1/folders/${outer.id}/read`)
    await r.get(who, `/api/v1/folders/${outer.id}/shared/chats`)
    await r.get(who, `/api/v1/chats/folder/${outer.id}`)
    await r.get(who, `/api/v1/chats/folder/${outer.id}/list`)
    await r.get(who, '/api/v1/folders/shared')
    await r.get(who, '/api/v1/folders/nothing')
    await r.del(who, '/api/v1/folders/nothing')
    for (const action of ['update', 'update/expanded', 'update/parent', 'access/update', 'read'])
      await r.post(who, `/api/v1/folders/nothing/${action}`, {
        name: 'x',
        is_expanded: true,
        parent_id: null,
        access_grants: [],
      })
  }
  const gone = await r.post('bob', '/api/v1/folders/', { name: 'Gone' })
  const inGone = await r.post('bob', '/api/v1/chats/new', {
    chat: conversation('In gone', [['x', 'y']]),
    folder_id: gone.id,
  })
  await r.del('carol', `/api/v1/folders/${gone.id}`)
  await r.del('bob', `/api/v1/folders/${gone.id}?delete_contents=false`)
  await r.get('bob', `/api/v1/chats/${inGone.id}`)
}

async function workspace(r: Recorder, { ids }: Made): Promise<void> {
  for (const body of [{}, { command: 'x' }, { command: 'bad command!', name: 'x', content: 'y' }])
    await r.post('bob', '/api/v1/prompts/create', body)
  const prompt = await r.post('bob', '/api/v1/prompts/create', {
    command: 'gruss',
    name: 'Gruß',
    content: 'Sage {{name}} hallo',
    tags: ['eins'],
    access_grants: everyone('read'),
    data: { a: 1 },
    meta: { b: null },
  })
  await r.post('carol', '/api/v1/prompts/create', { command: 'gruss', name: 'Dup', content: 'x' })
  await r.post('admin', '/api/v1/prompts/create', {
    command: 'geheim',
    name: 'Geheim',
    content: 'x',
    access_grants: [],
  })
  ids['prompt'] = prompt.id
  for (const who of ['carol', 'bob', 'admin']) {
    await r.get(who, `/api/v1/prompts/id/${prompt.id}`)
    await r.post(who, `/api/v1/prompts/id/${prompt.id}/update`, {
      command: 'gruss',
      name: `Gruß ${who}`,
      content: `Neu von ${who}`,
      commit_message: 'Neu',
      is_production: true,
    })
    await r.post(who, `/api/v1/prompts/id/${prompt.id}/toggle`)
    await r.get(who, `/api/v1/prompts/id/${prompt.id}/history`)
    await r.get(who, '/api/v1/prompts/id/nothing')
    await r.post(who, '/api/v1/prompts/id/nothing/update', { command: 'y', name: 'x', content: 'x' })
    await r.del(who, '/api/v1/prompts/id/nothing/delete')
    await r.get(who, '/api/v1/prompts/')
  }
  for (const body of [{}, { name: 'x' }]) await r.post('bob', '/api/v1/knowledge/create', body)
  const knowledge = await r.post('bob', '/api/v1/knowledge/create', {
    name: 'Wissen',
    description: 'Alles',
    access_grants: [grant('group', ids['staff']!, 'read')],
  })
  await r.post('admin', '/api/v1/knowledge/create', {
    name: 'Admin’s',
    description: 'x',
    access_grants: everyone('read'),
  })
  ids['knowledge'] = knowledge.id
  for (const who of ['carol', 'bob', 'admin']) {
    await r.get(who, `/api/v1/knowledge/${knowledge.id}`)
    await r.post(who, `/api/v1/knowledge/${knowledge.id}/update`, {
      name: `Wissen ${who}`,
      description: 'Mehr',
      access_grants: null,
    })
    await r.get(who, `/api/v1/knowledge/${knowledge.id}/files`)
    await r.get(who, '/api/v1/knowledge/nothing')
    await r.post(who, '/api/v1/knowledge/nothing/update', { name: 'x', description: 'y' })
    await r.post(who, `/api/v1/knowledge/${knowledge.id}/file/add`, { file_id: ids['bobs-text'] })
    await r.post(who, `/api/v1/knowledge/${knowledge.id}/file/add`, { file_id: 'nothing' })
    await r.post(who, `/api/v1/knowledge/${knowledge.id}/file/add`, {})
    await r.post(who, `/api/v1/knowledge/${knowledge.id}/file/add`, { file_id: ids['text'] })
    await r.get(who, `/api/v1/knowledge/${knowledge.id}/files?page=1`)
    await r.del(who, '/api/v1/knowledge/nothing/delete')
  }
  await r.post('bob', `/api/v1/knowledge/${knowledge.id}/file/remove`, { file_id: ids['text'] })
  for (const body of [{}, { title: 1 }]) await r.post('bob', '/api/v1/notes/create', body)
  const note = await r.post('bob', '/api/v1/notes/create', {
    title: 'Notiz Ω',
    data: { content: { json: null, html: '<p>t</p>', md: 't' }, files: null },
    meta: { x: 1 },
    access_grants: [grant('user', ids['carol']!, 'read')],
  })
  ids['note'] = note.id
  for (const who of ['carol', 'bob', 'admin', 'dave']) {
    await r.get(who, `/api/v1/notes/${note.id}`)
    await r.post(who, `/api/v1/notes/${note.id}/update`, {
      title: `Notiz ${who}`,
      data: { content: { json: null, html: '<p>neu</p>', md: 'neu' }, versions: [] },
    })
    await r.post(who, `/api/v1/notes/${note.id}/pin`)
    await r.get(who, '/api/v1/notes/')
    await r.get(who, '/api/v1/notes/pinned')
    await r.get(who, '/api/v1/notes/nothing')
    await r.post(who, '/api/v1/notes/nothing/update', { title: 'x' })
    await r.del(who, '/api/v1/notes/nothing/delete')
  }
  for (const body of [{}, { content: 'Bob mag Tee' }, { content: 1 }])
    await r.post('bob', '/api/v1/memories/add', body)
  await r.get('bob', '/api/v1/memories/')
}

async function channels(r: Recorder, { ids }: Made): Promise<void> {
  for (const body of [{}, { name: 1 }, { name: 'ok', type: 'odd' }])
    await r.post('admin', '/api/v1/channels/create', body)
  await r.post('dave', '/api/v1/channels/create', { name: 'no' })
  const open = await r.post('admin', '/api/v1/channels/create', {
    name: 'All Gemein',
    description: 'Für alle',
    access_grants: everyone('read', 'write'),
    data: { a: 1 },
    meta: { b: 2 },
  })
  const closed = await r.post('admin', '/api/v1/channels/create', {
    name: 'closed',
    access_grants: [grant('user', ids['bob']!, 'read')],
  })
  const group = await r.post('bob', '/api/v1/channels/create', {
    name: 'gruppe',
    type: 'group',
    user_ids: [ids['carol']],
    group_ids: [],
  })
  const direct = await r.post('bob', '/api/v1/channels/create', {
    name: '',
    type: 'dm',
    user_ids: [ids['carol']],
  })
  await r.post('carol', '/api/v1/channels/create', { name: '', type: 'dm', user_ids: [ids['bob']] })
  Object.assign(ids, { open: open.id, closed: closed.id, group: group.id, direct: direct.id })
  await r.get('bob', `/api/v1/channels/users/${ids['admin']}`)
  await r.get('bob', '/api/v1/channels/users/nothing')
  for (const who of ['admin', 'bob', 'carol', 'dave']) {
    await r.get(who, '/api/v1/channels/')
    await r.get(who, '/api/v1/channels/list')
    for (const id of [open.id, closed.id, group.id, direct.id, 'nothing']) {
      await r.get(who, `/api/v1/channels/${id}`)
      await r.post(who, `/api/v1/channels/${id}/messages/post`, {
        content: `Hallo von ${who}`,
        temp_id: 'tmp-1',
      })
      await r.get(who, `/api/v1/channels/${id}/messages?skip=0&limit=2`)
      await r.get(who, `/api/v1/channels/${id}/members?page=1`)
      await r.post(who, `/api/v1/channels/${id}/members/mute`, { is_channel_muted: true })
      await r.post(who, `/api/v1/channels/${id}/members/active`, { is_active: true })
    }
  }
  const root = await r.post('bob', `/api/v1/channels/${open.id}/messages/post`, {
    content: `Wurzel <@U:${ids['carol']}|Carol>`,
    data: { files: [{ type: 'image', id: ids['image'], url: ids['image'], name: 'dot.png' }] },
    meta: { k: 'v' },
  })
  const reply = await r.post('carol', `/api/v1/channels/${open.id}/messages/post`, {
    content: 'Antwort',
    parent_id: root.id,
  })
  const quote = await r.post('carol', `/api/v1/channels/${open.id}/messages/post`, {
    content: 'Zitat',
    reply_to_id: root.id,
  })
  Object.assign(ids, { root: root.id, reply: reply.id, quote: quote.id })
  await r.post('carol', `/api/v1/channels/${open.id}/messages/post`, {})
  await r.post('carol', `/api/v1/channels/${open.id}/messages/post`, { content: '' })
  await r.post('carol', `/api/v1/channels/${open.id}/messages/post`, { content: 'x', parent_id: 'nothing' })
  await r.post('carol', `/api/v1/channels/${open.id}/messages/post`, { content: 'x', reply_to_id: 'nothing' })
  for (const who of ['carol', 'bob', 'admin', 'dave']) {
    for (const name of ['thumbsup', 'thumbsup', '🐝'])
      await r.post(who, `/api/v1/channels/${open.id}/messages/${root.id}/reactions/add`, { name })
    await r.post(who, `/api/v1/channels/${open.id}/messages/${root.id}/reactions/remove`, { name: '🐝' })
    await r.post(who, `/api/v1/channels/${open.id}/messages/${root.id}/reactions/remove`, { name: 'never' })
    await r.post(who, `/api/v1/channels/${open.id}/messages/${root.id}/reactions/add`, {})
    await r.post(who, `/api/v1/channels/${open.id}/messages/${root.id}/pin`, { is_pinned: true })
    await r.post(who, `/api/v1/channels/${open.id}/messages/${root.id}/update`, {
      content: `Geändert von ${who}`,
    })
    await r.post(who, `/api/v1/channels/${open.id}/messages/nothing/update`, { content: 'x' })
    await r.post(who, `/api/v1/channels/${open.id}/messages/nothing/pin`, { is_pinned: true })
    await r.post(who, `/api/v1/channels/${open.id}/messages/nothing/reactions/add`, { name: 'x' })
    await r.get(who, `/api/v1/channels/${open.id}/messages/${root.id}`)
    await r.get(who, `/api/v1/channels/${open.id}/messages/${root.id}/data`)
    await r.get(who, `/api/v1/channels/${open.id}/messages/${root.id}/thread?skip=0&limit=50`)
    await r.get(who, `/api/v1/channels/${open.id}/messages/nothing`)
    await r.get(who, `/api/v1/channels/${open.id}/messages/nothing/thread`)
    await r.get(who, `/api/v1/channels/${open.id}/messages/pinned`)
    await r.get(who, `/api/v1/channels/${open.id}/messages?skip=0&limit=50`)
    await r.del(who, `/api/v1/channels/${open.id}/messages/nothing/delete`)
    await r.post(who, `/api/v1/channels/${closed.id}/update`, { name: `closed-${who}`, description: 'neu' })
    await r.post(who, `/api/v1/channels/${closed.id}/update`, {})
    await r.post(who, `/api/v1/channels/${closed.id}/access/update`, {
      access_grants: [grant('user', ids['bob']!, 'read'), grant('user', ids['bob']!, 'write')],
    })
    await r.post(who, `/api/v1/channels/${group.id}/update/members/add`, { user_ids: [ids['admin']] })
    await r.post(who, `/api/v1/channels/${group.id}/update/members/remove`, { user_ids: [ids['admin']] })
    await r.get(who, `/api/v1/channels/${open.id}/webhooks`)
    const hook = await r.post(who, `/api/v1/channels/${open.id}/webhooks/create`, {
      name: `Haken ${who}`,
      profile_image_url: PNG,
    })
    const [hookId, token] = [hook?.id ?? 'none', hook?.token ?? 'none']
    await r.post(who, `/api/v1/channels/${open.id}/webhooks/${hookId}/update`, { name: 'Haken neu' })
    await r.post('nobody', `/api/v1/channels/webhooks/${hookId}/${token}`, { content: 'Von außen' })
    await r.post('nobody', `/api/v1/channels/webhooks/${hookId}/${token}`, {})
    await r.post('nobody', `/api/v1/channels/webhooks/${hookId}/wrong`, { content: 'x' })
    await r.del(who, `/api/v1/channels/${open.id}/webhooks/nothing/delete`)
  }
  const gone = await r.post('bob', `/api/v1/channels/${open.id}/messages/post`, { content: 'weg' })
  await r.del('carol', `/api/v1/channels/${open.id}/messages/${gone.id}/delete`)
  await r.del('bob', `/api/v1/channels/${open.id}/messages/${gone.id}/delete`)
  const extra = await r.post('admin', '/api/v1/channels/create', {
    name: 'weg',
    access_grants: everyone('read'),
  })
  await r.del('bob', `/api/v1/channels/${extra.id}/delete`)
  await r.del('admin', `/api/v1/channels/${extra.id}/delete`)
  await r.get('admin', `/api/v1/channels/${extra.id}`)
}

async function profile(r: Recorder, { ids }: Made): Promise<void> {
  for (const body of [
    {},
    { ui: { theme: 'dark', nested: { a: null } } },
    { ui: { theme: null, models: ['test-echo'] } },
    { ui: 'x' },
    { notifications: { webhook_url: 'http://127.0.0.1:9' }, ui: { notifications: {} } },
  ])
    await r.post('bob', '/api/v1/users/user/settings/update', body)
  await r.get('bob', '/api/v1/users/user/settings')
  await r.get('bob', '/api/v1/users/user/settings?raw=true')
  for (const body of [
    {},
    { status_emoji: '🐝', status_message: 'Beschäftigt', status_expires_at: null },
    { status_expires_at: 'soon' },
  ])
    await r.post('bob', '/api/v1/users/user/status/update', body)
  for (const body of [
    {},
    { variables: { NAME: 'Bob', 'bad name': 'x' } },
    { variables: { NAME: 'Bob' } },
    { variables: 'x' },
  ])
    await r.post('bob', '/api/v1/users/user/variables/update', body)
  for (const body of [{}, { location: { lat: 1.5 } }])
    await r.post('bob', '/api/v1/users/user/info/update', body)
  for (const part of ['info', 'settings', 'variables', 'status'])
    for (const who of ['bob', 'carol', 'dave', 'nobody']) await r.get(who, `/api/v1/users/user/${part}`)
  for (const who of ['bob', 'carol', 'dave', 'admin']) {
    await r.get(who, '/api/v1/auths/api_key')
    await r.post(who, '/api/v1/auths/api_key')
    await r.get(who, '/api/v1/auths/api_key')
  }
  await r.del('carol', '/api/v1/auths/api_key')
  await r.get('carol', '/api/v1/auths/api_key')
  await r.get('admin', `/api/v1/users/${ids['bob']}`)
  await r.get('admin', '/api/v1/configs/export')
}
