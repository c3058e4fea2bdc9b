/** The admin pages' forms: each reads and writes its own group of `config` keys (config-forms.ts). */
import { Elysia, t } from 'elysia'
import { CONFIG_DEFAULTS } from '../../../core/open-webui-config/defaults.ts'
import { isJson, listOf } from '../../../core/chats/context.ts'
import type { Json } from '../../../core/chats/rows.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { CONFIG_FORMS, type ConfigForm } from '../config-forms.ts'
import { OAUTH_DEFAULTS, storedValue } from '../config-values.ts'
import { typedForm, typedList } from '../config-fields.ts'
import { detail } from '../errors.ts'
import { dict, form } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

type Saving = { actor: Actor; body: Json }

export const configs = (face: FaceContext) => {
  const { core } = face
  const shown = (name: ConfigForm): Json => read(face, name)
  const show = (name: ConfigForm) => () => json(shown(name))
  const save =
    (name: ConfigForm) =>
    async ({ actor, body }: Saving) => {
      await write(face, actor, name, body)
      return json(shown(name))
    }
  const admin = { rank: 'admin' } as const
  const saving = { rank: 'admin', body: dict } as const
  const list = (key: string, field: string) => () => json({ [field]: listOf(face.setting(key)) })
  const saveList =
    (form: 'toolServer' | 'terminalServer', key: string, field: string) =>
    async ({ actor, body }: Saving) => {
      const connections = typedList(form, body, field).map((given) => ({
        ...CONNECTION_DEFAULTS[form],
        ...given,
      }))
      await core.openConfig.set(actor, { [key]: connections })
      return json({ [field]: listOf(face.setting(key)) })
    }
  return new Elysia({ name: 'openwebui.configs' })
    .use(openwebuiAuth(core))
    .get('/api/v1/configs/connections', show('connections'), admin)
    .post('/api/v1/configs/connections', save('connections'), saving)
    .get('/api/v1/configs/code_execution', show('codeExecution'), admin)
    .post('/api/v1/configs/code_execution', save('codeExecution'), saving)
    .get('/api/v1/configs/models', show('models'), admin)
    .post('/api/v1/configs/models', save('models'), saving)
    .get(
      '/api/v1/configs/models/defaults',
      () => json({ DEFAULT_MODEL_METADATA: face.setting('models.default_metadata') }),
      {
        rank: 'user',
      },
    )
    .get('/api/v1/configs/subagents', show('subagents'), admin)
    .post('/api/v1/configs/subagents', save('subagents'), saving)
    .get('/api/v1/configs/tool_servers', list('tool_server.connections', 'TOOL_SERVER_CONNECTIONS'), admin)
    .post(
      '/api/v1/configs/tool_servers',
      saveList('toolServer', 'tool_server.connections', 'TOOL_SERVER_CONNECTIONS'),
      saving,
    )
    .get(
      '/api/v1/configs/terminal_servers',
      list('terminal_server.connections', 'TERMINAL_SERVER_CONNECTIONS'),
      admin,
    )
    .post(
      '/api/v1/configs/terminal_servers',
      saveList('terminalServer', 'terminal_server.connections', 'TERMINAL_SERVER_CONNECTIONS'),
      saving,
    )
    .get('/api/v1/configs/banners', () => json(listOf(face.setting('ui.banners'))), { rank: 'user' })
    .post(
      '/api/v1/configs/banners',
      async ({ actor, body }) => {
        const banners = typedList('banner', body, 'banners')
        await core.openConfig.set(actor, {
          'ui.banners': banners.map((banner) => ({ i18n: null, title: null, ...banner })),
        })
        return json(listOf(face.setting('ui.banners')))
      },
      saving,
    )
    .post('/api/v1/configs/suggestions', ({ actor, body }) => saveSuggestions(face, actor, body), saving)
    .post(
      '/api/v1/configs/interface/visibility',
      async ({ actor, body }) => {
        await core.openConfig.set(actor, { 'ui.visibility': body.visibility })
        return json({ visibility: face.setting('ui.visibility') })
      },
      { rank: 'admin', body: form({ visibility: t.Record(t.String(), t.Boolean()) }) },
    )
    .get(
      '/api/v1/configs/namespace/:namespace',
      async ({ actor, params }) => {
        const all = Object.entries(await core.openConfig.all(actor))
        return json(Object.fromEntries(all.filter(([key]) => key.startsWith(`${params.namespace}.`))))
      },
      admin,
    )
    .get('/api/v1/configs/export', async ({ actor }) => json(await core.openConfig.all(actor)), admin)
    .post('/api/v1/configs/import', ({ actor, body }) => importAll(face, actor, body.config), {
      rank: 'admin',
      body: form({ config: dict }),
    })
    .get('/api/v1/auths/admin/config', show('admin'), admin)
    .post(
      '/api/v1/auths/admin/config',
      async ({ actor, body }) => {
        await store(face, actor, 'admin', withoutOddities(typedForm('admin', body)))
        return json({ ...shown('admin'), sessions_revoked: false })
      },
      saving,
    )
    .get('/api/v1/auths/admin/config/ldap', () => json({ ENABLE_LDAP: face.setting('ldap.enable') }), admin)
    .post(
      '/api/v1/auths/admin/config/ldap',
      async ({ actor, body }) => {
        await core.openConfig.set(actor, { 'ldap.enable': body['enable_ldap'] === true })
        return json({ ENABLE_LDAP: face.setting('ldap.enable') })
      },
      saving,
    )
    .get('/api/v1/auths/admin/config/ldap/server', show('ldapServer'), admin)
    .post('/api/v1/auths/admin/config/ldap/server', save('ldapServer'), saving)
    .get('/api/v1/auths/admin/config/oauth', () => json(singleSignOn(face)), admin)
    .get('/api/v1/tasks/config', show('tasks'), { rank: 'user' })
    .post('/api/v1/tasks/config/update', save('tasks'), saving)
    .get('/api/v1/chats/config', () => json(chats(face)), admin)
    .post(
      '/api/v1/chats/config',
      async ({ actor, body }) => {
        await write(face, actor, 'chats', body)
        return json(chats(face))
      },
      saving,
    )
    .get('/api/v1/evaluations/config', show('evaluations'), admin)
    .post('/api/v1/evaluations/config', save('evaluations'), saving)
    .get('/api/v1/images/config', show('images'), admin)
    .post('/api/v1/images/config/update', save('images'), saving)
    .get('/api/v1/audio/config', () => json(audio(face)), admin)
    .post(
      '/api/v1/audio/config/update',
      async ({ actor, body }) => {
        for (const name of ['tts', 'stt', 'realtime'] as const) {
          if (isJson(body[name])) await write(face, actor, name, body[name])
        }
        return json(audio(face))
      },
      saving,
    )
    .get('/api/v1/retrieval/config', () => json(retrieval(face)), admin)
    .post(
      '/api/v1/retrieval/config/update',
      async ({ actor, body }) => {
        await write(face, actor, 'retrieval', body)
        if (isJson(body['web'])) await write(face, actor, 'retrievalWeb', body['web'])
        return json(retrieval(face))
      },
      saving,
    )
    .get('/api/v1/retrieval/embedding', () => json(embedding(face)), admin)
    .post('/api/v1/retrieval/embedding/update', ({ actor, body }) => saveEmbedding(face, actor, body), saving)
}

export function read(face: FaceContext, name: ConfigForm): Json {
  return Object.fromEntries(
    Object.entries(CONFIG_FORMS[name]).map(([field, key]) => [field, face.setting(key)]),
  )
}

/** Fields that the form does not know are left alone. */
export const write = (face: FaceContext, actor: Actor, name: ConfigForm, body: Json): Promise<void> =>
  store(face, actor, name, typedForm(name, body))

async function store(face: FaceContext, actor: Actor, name: ConfigForm, body: Json): Promise<void> {
  const keys: Record<string, string> = CONFIG_FORMS[name]
  const values = Object.entries(body).flatMap(([field, value]) => {
    const key = keys[field]
    return key ? [[key, storedValue(key, value)]] : []
  })
  await face.core.openConfig.set(actor, Object.fromEntries(values) as Json)
}

/** What a connection holds when a form leaves it out. */
const CONNECTION_DEFAULTS = {
  toolServer: { type: 'openapi', forward_cookies: false, headers: null, info: null },
  terminalServer: {
    id: '',
    name: '',
    enabled: true,
    path: '/openapi.json',
    key: '',
    auth_type: 'bearer',
    forward_cookies: false,
    config: null,
    server_type: null,
    policy_id: null,
  },
} as const

/** An unknown role, expiry or mode is not stored and not refused either: the rest of the page is saved. */
function withoutOddities(body: Json): Json {
  const { DEFAULT_USER_ROLE: role, JWT_EXPIRES_IN: expiry, CHANNEL_MODEL_RESPONSE_MODE: mode } = body
  const shown = { ...body }
  const ignored = new Set<string>()
  if (!['pending', 'user', 'admin'].includes(String(role))) ignored.add('DEFAULT_USER_ROLE')
  if (!/^(-1|0|-?\d+(\.\d+)?(ms|s|m|h|d|w))$/.test(String(expiry))) ignored.add('JWT_EXPIRES_IN')
  if (!['thread', 'channel'].includes(String(mode))) ignored.add('CHANNEL_MODEL_RESPONSE_MODE')
  for (const field of ignored) delete shown[field]
  return shown
}

/** Lists are one text with commas, as the form edits them. */
function singleSignOn(face: FaceContext): Json {
  const values = Object.entries(read(face, 'oauth')).map(([field, value]) => [
    field,
    asText(value ?? OAUTH_DEFAULTS[field]),
  ])
  return { ...(Object.fromEntries(values) as Json), ENABLE_OAUTH_PERSISTENT_CONFIG: false }
}

const asText = (value: unknown): unknown => (Array.isArray(value) ? value.join(',') : (value ?? null))

/** Without a cap of its own, a chat is cut where it would be summed up. */
function chats(face: FaceContext): Json {
  const shown = read(face, 'chats')
  return {
    ...shown,
    CONTEXT_COMPACTION_TOKEN_CAP:
      shown['CONTEXT_COMPACTION_TOKEN_CAP'] ?? shown['CONTEXT_COMPACTION_TOKEN_THRESHOLD'],
  }
}

const audio = (face: FaceContext): Json => ({
  tts: read(face, 'tts'),
  stt: read(face, 'stt'),
  realtime: read(face, 'realtime'),
})

const retrieval = (face: FaceContext): Json => ({
  status: true,
  ...read(face, 'retrieval'),
  web: { ...read(face, 'retrievalWeb'), YOUTUBE_LOADER_TRANSLATION: null },
})

/** Where embeddings come from, by engine: field of the form → prefix of its keys. */
const EMBEDDING_SOURCES = {
  openai_config: { url: 'rag.openai.api_base_url', key: 'rag.openai.api_key' },
  ollama_config: { url: 'rag.ollama.base_url', key: 'rag.ollama.api_key' },
  azure_openai_config: {
    url: 'rag.azure_openai.base_url',
    key: 'rag.azure_openai.api_key',
    version: 'rag.azure_openai.api_version',
  },
} as const

function embedding(face: FaceContext): Json {
  const sources = Object.entries(EMBEDDING_SOURCES).map(([name, keys]) => [
    name,
    Object.fromEntries(Object.entries(keys).map(([field, key]) => [field, face.setting(key)])),
  ])
  return { status: true, ...read(face, 'embedding'), ...(Object.fromEntries(sources) as Json) }
}

async function saveEmbedding(face: FaceContext, actor: Actor, body: Json): Promise<Response> {
  await write(face, actor, 'embedding', body)
  for (const [name, keys] of Object.entries(EMBEDDING_SOURCES)) {
    const given = body[name]
    if (!isJson(given)) continue
    const values = Object.entries(keys).flatMap(([field, key]) =>
      field in given ? [[key, given[field]]] : [],
    )
    await face.core.openConfig.set(actor, Object.fromEntries(values) as Json)
  }
  return json(embedding(face))
}

async function saveSuggestions(face: FaceContext, actor: Actor, body: Json): Promise<Response> {
  const suggestions = body['suggestions'] === null ? null : typedList('suggestion', body, 'suggestions')
  await face.core.openConfig.set(actor, {
    'ui.prompt_suggestions': suggestions,
    ...(isJson(body['i18n']) ? { 'ui.prompt_suggestions_i18n': body['i18n'] } : {}),
  })
  return json({
    suggestions: face.setting('ui.prompt_suggestions'),
    i18n: face.setting('ui.prompt_suggestions_i18n'),
  })
}

/** Only keys that Open WebUI knows: an import is no way to write settings of other faces. */
async function importAll(face: FaceContext, actor: Actor, config: Json): Promise<Response> {
  const known = Object.entries(config).filter(([key]) => key in CONFIG_DEFAULTS || key.startsWith('oauth.'))
  if (known.length === 0) throw detail.bad('There is no setting of Open WebUI in this file.')
  await face.core.openConfig.set(actor, Object.fromEntries(known))
  return json(await face.core.openConfig.all(actor))
}
