/** What a browser asks before anything else: configuration, version, changelog, manifest. */
import { Elysia } from 'elysia'
import type { Actor } from '../../../core/types.ts'
import { peerOf } from '../../../realtime/peer.ts'
import { openwebuiAuth, tokenOf } from '../auth.ts'
import { json } from '../json.ts'
import { OPEN_WEBUI_VERSION, type FaceContext } from '../module.ts'

export const boot = (face: FaceContext) =>
  new Elysia({ name: 'openwebui.boot' })
    .use(openwebuiAuth(face.core))
    .get('/api/config', async ({ visitor, request }) => json(await appConfig(face, visitor, request)), {
      visitor: true,
    })
    .get('/api/version', () => json({ version: OPEN_WEBUI_VERSION, deployment_id: '' }))
    .get('/api/version/updates', () => json({ current: OPEN_WEBUI_VERSION, latest: OPEN_WEBUI_VERSION }), {
      rank: 'user',
    })
    .get('/api/changelog', () => json(changelog))
    .get('/manifest.json', () => json(manifest(face.config.openwebui.name)))
    .get('/opensearch.xml', ({ request }) => openSearch(face, request))
    .get('/api/usage', async ({ actor }) => json(await usage(face, actor)), { rank: 'user' })
    // Long polling. Upgrades never come here: the server takes them.
    .get('/ws/socket.io/', ({ request }) => face.sockets.transports.request(request, peerOf(request)))
    .post('/ws/socket.io/', ({ request }) => face.sockets.transports.request(request, peerOf(request)), {
      parse: 'none',
    })
    .get('/ready', () => json({ status: true }))
    .get('/health/db', async () => {
      await face.core.users.count()
      return json({ status: true })
    })
    .get('/api/events', () => json({ schema: 'open-webui.event.v1', events: [] }), { rank: 'admin' })
    .get('/api/events/webhooks', () => json([]), { rank: 'admin' })

const changelog = {
  [OPEN_WEBUI_VERSION]: {
    date: '2026-08-01',
    added: [
      {
        title: 'Hubbub',
        content: 'This server is Hubbub, which speaks the protocol of Open WebUI.',
        raw: '',
      },
    ],
  },
}

function manifest(name: string): Record<string, unknown> {
  return {
    name,
    short_name: name,
    description: `${name} is an open, extensible, user-friendly interface for AI that adapts to your workflow.`,
    start_url: '/',
    display: 'standalone',
    background_color: '#343541',
    icons: [
      { src: '/static/logo.png', type: 'image/png', sizes: '500x500', purpose: 'any' },
      { src: '/static/logo.png', type: 'image/png', sizes: '500x500', purpose: 'maskable' },
    ],
    share_target: { action: '/', method: 'GET', params: { text: 'shared' } },
  }
}

function openSearch(face: FaceContext, request: Request): Response {
  const base = escapeXml(face.config.server.publicUrl ?? new URL(request.url).origin)
  const name = escapeXml(face.config.openwebui.name)
  const xml =
    `<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n<ShortName>${name}</ShortName>\n` +
    `<Description>Search ${name}</Description>\n<InputEncoding>UTF-8</InputEncoding>\n` +
    `<Image width="16" height="16" type="image/x-icon">${base}/static/favicon.png</Image>\n` +
    `<Url type="text/html" method="get" template="${base}/?q={searchTerms}"/>\n</OpenSearchDescription>\n`
  return new Response(xml, { headers: { 'content-type': 'application/xml' } })
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

async function usage(face: FaceContext, actor: Actor): Promise<Record<string, unknown>> {
  const { active } = await face.core.users.count()
  const all = face.sockets.usage.models()
  if (actor.user.role === 'admin') return { model_ids: all, user_count: active }
  const visible = new Set((await face.core.catalogue.list(actor)).map(({ id }) => id))
  return { model_ids: all.filter((id) => visible.has(id)), user_count: active }
}

/** Three answers: to strangers, to people, and (through their own permissions) to administrators. */
async function appConfig(
  face: FaceContext,
  visitor: Actor | null,
  request: Request,
): Promise<Record<string, unknown>> {
  const actor = visitor ?? (await anyActor(face, request))
  const onboarding = actor === null && (await face.core.accounts.isEmpty())
  const setting = face.setting
  const base = {
    ...(onboarding ? { onboarding: true } : {}),
    status: true,
    name: face.config.openwebui.name,
    version: OPEN_WEBUI_VERSION,
    default_locale: setting<string>('ui.default_locale'),
    i18n: setting('ui.i18n') ?? {},
    oauth: { providers: {}, auto_redirect: setting('oauth.auto_redirect') || false },
    features: { ...publicFeatures(face), ...(actor ? privateFeatures(face) : {}) },
  }
  if (actor?.user.role === 'pending') return { ...base, ui: pendingTexts(face) }
  return actor ? { ...base, ...privateConfig(face) } : base
}

async function anyActor(face: FaceContext, request: Request): Promise<Actor | null> {
  const token = tokenOf(request)
  return token === null
    ? null
    : (face.core.sessions.cachedActor(token) ?? (await face.core.sessions.actorByToken(token, null)))
}

function publicFeatures({ setting, config }: FaceContext): Record<string, unknown> {
  return {
    slim: false,
    auth: true,
    auth_trusted_header: false,
    enable_signup_password_confirmation: false,
    enable_ldap: setting('ldap.enable'),
    enable_signup: setting('ui.enable_signup'),
    enable_login_form: setting('ui.enable_login_form'),
    enable_websocket: config.openwebui.websocket,
  }
}

/** Feature names by the setting that switches them. */
const SWITCHES: Record<string, string> = {
  enable_api_keys: 'auth.enable_api_keys',
  enable_password_change_form: 'ui.enable_password_change_form',
  enable_direct_connections: 'direct.enable',
  enable_direct_integrations: 'direct.integrations.enable',
  enable_folders: 'folders.enable',
  folder_max_file_count: 'folders.max_file_count',
  enable_channels: 'channels.enable',
  enable_encrypted_channels: 'channels.encryption.enable',
  enable_apps: 'apps.enable',
  enable_calendar: 'calendar.enable',
  enable_automations: 'automations.enable',
  enable_notes: 'notes.enable',
  enable_context_compaction: 'chat.context_compaction.enable',
  enable_tool_permissions: 'chat.tool_permissions.enable',
  enable_web_search: 'web.search.enable',
  enable_web_search_confirmation: 'web.search.confirmation.enable',
  web_search_confirmation_content: 'web.search.confirmation.content',
  enable_code_execution: 'code_execution.enable',
  enable_code_interpreter: 'code_interpreter.enable',
  enable_image_generation: 'image_generation.enable',
  enable_autocomplete_generation: 'task.autocomplete.enable',
  enable_title_generation: 'task.title.enable',
  enable_follow_up_generation: 'task.follow_up.enable',
  enable_tags_generation: 'task.tags.enable',
  enable_community_sharing: 'ui.enable_community_sharing',
  enable_message_rating: 'ui.enable_message_rating',
  enable_user_webhooks: 'ui.enable_user_webhooks',
  enable_user_status: 'users.enable_status',
  enable_google_drive_integration: 'google_drive.enable',
  enable_onedrive_integration: 'onedrive.enable',
  enable_memories: 'memories.enable',
  enable_subagents: 'subagents.enable',
}

function privateFeatures({ setting }: FaceContext): Record<string, unknown> {
  return {
    enable_version_update_check: false,
    enable_pyodide_file_persistence: false,
    enable_public_active_users_count: true,
    enable_easter_eggs: true,
    enable_plugins: true,
    enable_tools: true,
    enable_functions: true,
    enable_tool_servers: true,
    enable_terminal_servers: false,
    enable_admin_export: true,
    enable_admin_chat_access: true,
    enable_admin_analytics: true,
    ...(setting('onedrive.enable')
      ? { enable_onedrive_personal: false, enable_onedrive_business: false }
      : {}),
    ...Object.fromEntries(Object.entries(SWITCHES).map(([name, key]) => [name, setting(key)])),
  }
}

const pendingTexts = ({ setting }: FaceContext): Record<string, unknown> => ({
  pending_user_overlay_title: setting('ui.pending_user_overlay_title'),
  pending_user_overlay_content: setting('ui.pending_user_overlay_content'),
})

function privateConfig(face: FaceContext): Record<string, unknown> {
  const { setting, core } = face
  return {
    default_models: setting('ui.default_models'),
    default_pinned_models: setting('ui.default_pinned_models'),
    default_prompt_suggestions: setting('ui.prompt_suggestions'),
    default_prompt_suggestions_i18n: setting('ui.prompt_suggestions_i18n'),
    code: {
      engine: setting('code_execution.engine'),
      interpreter_engine: setting('code_interpreter.engine'),
    },
    audio: {
      realtime: {
        enabled: setting('audio.realtime.enabled'),
        model: setting('audio.realtime.model'),
        voice: setting('audio.realtime.voice'),
      },
      tts: {
        engine: setting('audio.tts.engine'),
        voice: setting('audio.tts.voice'),
        split_on: setting('audio.tts.split_on'),
      },
      stt: { engine: setting('audio.stt.engine') },
    },
    file: {
      max_size: setting('rag.file.max_size'),
      max_count: setting('rag.file.max_count'),
      image_compression: {
        width: setting('file.image_compression_width'),
        height: setting('file.image_compression_height'),
      },
    },
    permissions: core.permissions.defaults(),
    google_drive: { client_id: setting('google_drive.client_id'), api_key: setting('google_drive.api_key') },
    onedrive: {
      client_id_personal: '',
      client_id_business: '',
      sharepoint_url: setting('onedrive.sharepoint_url'),
      sharepoint_tenant_id: setting('onedrive.sharepoint_tenant_id'),
    },
    ui: {
      default_interface_settings: setting('ui.default_interface_settings') ?? {},
      visibility: setting('ui.visibility') ?? {},
      ...pendingTexts(face),
      response_watermark: setting('ui.watermark'),
      iframe_csp: '',
    },
    license_metadata: null,
  }
}
