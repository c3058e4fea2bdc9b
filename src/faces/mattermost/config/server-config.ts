/**
 * The server's configuration in Mattermost's words: the full one of the system console, which must
 * round-trip with secrets masked, and the flat map of strings that clients boot from. Stored is only
 * what an administrator changed; what Hubbub's own environment decides is laid over it.
 */
import { createHash } from 'node:crypto'
import type { Core } from '../../../core/core.ts'
import { SIGNUP_KEY } from '../../../core/mattermost/lookups.ts'
import type { Actor } from '../../../core/types.ts'
import { toWire } from '../ids.ts'
import { isRecord, type Json } from '../wire/fields.ts'
import clientKeys from './client-keys.json'
import defaults from './defaults.json'

const SETTING = 'hubbub.mattermost.config'
const SIGNUP = 'TeamSettings.EnableUserCreation'
export const MASK = '*'.repeat(32)
export const SERVER_VERSION = '11.6.0'
export const MAX_POST_SIZE = 16_383

/** Values that never leave the server. */
const SECRETS = [
  'SqlSettings.DataSource',
  'SqlSettings.AtRestEncryptKey',
  'FileSettings.PublicLinkSalt',
  'FileSettings.AmazonS3SecretAccessKey',
  'FileSettings.ExportAmazonS3SecretAccessKey',
  'EmailSettings.SMTPPassword',
  'GitLabSettings.Secret',
  'GoogleSettings.Secret',
  'Office365Settings.Secret',
  'OpenIdSettings.Secret',
  'LdapSettings.BindPassword',
  'ElasticsearchSettings.Password',
  'CacheSettings.RedisPassword',
  'MessageExportSettings.GlobalRelaySettings.SMTPPassword',
  'ServiceSettings.GoogleDeveloperKey',
  'ServiceSettings.GiphySdkKey',
  'ImageProxySettings.RemoteImageProxyOptions',
]

/** How e-mail leaves this server, as far as the system console shows it. */
export interface MailFacts {
  host: string
  port: number
  security: 'starttls' | 'tls' | 'none'
  login: { username: string } | null
  from: string
  fromName: string
  skipVerify: boolean
}

export interface ConfigFacts {
  siteUrl: string
  mail: MailFacts | null
  build: string
  /** What is stored of the configuration, read anew. */
  stored: (key: string) => Promise<unknown>
  signupOpen: () => boolean
}

export class ServerConfig {
  readonly #core: Core
  readonly #facts: ConfigFacts
  #full: Json | null = null
  #client: { full: string; anonymous: string; hash: string } | null = null
  #identity = { diagnosticId: '', installedAt: 0 }
  #hasAccounts = false
  #stored: unknown = undefined

  constructor(core: Core, facts: ConfigFacts) {
    this.#core = core
    this.#facts = facts
  }

  /** Loads what never changes; before it the client map has no DiagnosticId and mobile refuses the server. */
  async load(): Promise<void> {
    if (this.#identity.diagnosticId) return
    const team = await this.#core.teams.first()
    this.#identity = { diagnosticId: toWire(`diagnostic:${team.id}`), installedAt: team.createdAt }
    this.#client = null
  }

  /** Something that the configuration depends on has changed. */
  invalidate(): void {
    this.#full = null
    this.#client = null
  }

  /** Somebody changed a setting, perhaps on another node: reads what is stored now. */
  async refresh(): Promise<void> {
    this.#stored = (await this.#facts.stored(SETTING)) ?? null
    this.invalidate()
  }

  /** `X-Version-Id`: clients reload their configuration when it changes. */
  versionId(): string {
    return `${SERVER_VERSION}.${this.#facts.build}.${this.#texts().hash}.false`
  }

  /** JSON text of the client configuration. */
  async clientJson(anonymous: boolean): Promise<string> {
    await this.load()
    await this.#noticeAccounts()
    const texts = this.#texts()
    return anonymous ? texts.anonymous : texts.full
  }

  /** One value of the full configuration by its dotted path. */
  value<T extends string | number | boolean>(path: string, fallback: T): T {
    const value = at(this.#all(), path)
    return typeof value === typeof fallback ? (value as T) : fallback
  }

  /** The full configuration as an administrator may see it. */
  masked(): Json {
    const out = structuredClone(this.#all())
    for (const path of SECRETS) if (at(out, path)) put(out, path, MASK)
    return out
  }

  /** Takes a whole or partial configuration; masked secrets stay as they were. */
  async update(actor: Actor, sent: Json, mode: 'replace' | 'patch'): Promise<Json> {
    const base = mode === 'replace' ? (structuredClone(defaults) as Json) : structuredClone(this.#all())
    const next = merge(base, sent)
    for (const path of SECRETS) if (at(next, path) === MASK) put(next, path, at(this.#all(), path))
    const changed = difference(defaults as Json, next)
    const signup = at(next, SIGNUP)
    const opens = typeof signup === 'boolean' && signup !== this.#facts.signupOpen()
    await this.#core.settings.set(actor, { [SETTING]: changed, ...(opens ? { [SIGNUP_KEY]: signup } : {}) })
    await this.refresh()
    return this.masked()
  }

  #all(): Json {
    if (this.#full) return this.#full
    const stored = this.#stored === undefined ? this.#core.settings.get<unknown>(SETTING, null) : this.#stored
    const full = merge(structuredClone(defaults) as Json, isRecord(stored) ? stored : {})
    put(full, SIGNUP, this.#facts.signupOpen())
    if (this.#facts.siteUrl) put(full, 'ServiceSettings.SiteURL', this.#facts.siteUrl)
    for (const [path, value] of Object.entries(mailSettings(this.#facts.mail))) put(full, path, value)
    this.#full = full
    return full
  }

  #texts(): { full: string; anonymous: string; hash: string } {
    if (this.#client) return this.#client
    const all: Record<string, string> = {}
    const anonymous: Record<string, string> = {}
    for (const entry of this.#entries()) {
      all[entry.key] = entry.value
      if (entry.anonymous) anonymous[entry.key] = entry.value
    }
    const full = JSON.stringify(all)
    const hash = createHash('md5').update(full).digest('hex')
    this.#client = { full, anonymous: JSON.stringify(anonymous), hash }
    return this.#client
  }

  *#entries(): Iterable<{ key: string; value: string; anonymous: boolean }> {
    const full = this.#all()
    for (const { key, anonymous, path, value } of clientKeys as ClientKey[]) {
      yield { key, anonymous, value: path ? worded(at(full, path)) : (value ?? '') }
    }
    for (const [name, value] of Object.entries((full.FeatureFlags ?? {}) as Json)) {
      yield { key: `FeatureFlag${name}`, value: worded(value), anonymous: true }
    }
    for (const [key, value] of Object.entries(this.#computed())) yield { key, value, anonymous: true }
  }

  #computed(): Record<string, string> {
    const { build } = this.#facts
    return {
      Version: SERVER_VERSION,
      BuildNumber: build,
      BuildHash: build,
      BuildDate: build,
      BuildHashEnterprise: 'none',
      BuildEnterpriseReady: 'false',
      DiagnosticId: this.#identity.diagnosticId,
      TelemetryId: this.#identity.diagnosticId,
      DiagnosticsEnabled: 'false',
      InstallationDate: String(this.#identity.installedAt),
      NoAccounts: String(!this.#hasAccounts),
      MaxPostSize: String(MAX_POST_SIZE),
      UpgradedFromTE: 'false',
      SchemaVersion: '140',
    }
  }

  async #noticeAccounts(): Promise<void> {
    if (this.#hasAccounts) return
    const { people } = await this.#core.users.count()
    if (people === 0) return
    this.#hasAccounts = true
    this.#client = null
  }
}

/** What the environment says of e-mail: not to be changed here. Notifications do not go by e-mail. */
function mailSettings(mail: MailFacts | null): Record<string, unknown> {
  const security = mail?.security ?? 'none'
  return {
    'EmailSettings.SendEmailNotifications': false,
    'EmailSettings.RequireEmailVerification': false,
    'EmailSettings.SMTPServer': mail?.host ?? '',
    'EmailSettings.SMTPPort': mail ? String(mail.port) : '',
    'EmailSettings.ConnectionSecurity': security === 'none' ? '' : security.toUpperCase(),
    'EmailSettings.EnableSMTPAuth': Boolean(mail?.login),
    'EmailSettings.SMTPUsername': mail?.login?.username ?? '',
    'EmailSettings.SMTPPassword': mail?.login ? MASK : '',
    'EmailSettings.SkipServerCertificateVerification': mail?.skipVerify ?? false,
    'EmailSettings.FeedbackEmail': mail?.from ?? '',
    'EmailSettings.FeedbackName': mail?.fromName ?? '',
    'ServiceSettings.EnableEmailInvitations': mail !== null,
  }
}

interface ClientKey {
  key: string
  anonymous: boolean
  path?: string
  value?: string
}

function worded(value: unknown): string {
  if (Array.isArray(value)) return value.join(',')
  return value === null || value === undefined ? '' : String(value)
}

function at(root: Json, path: string): unknown {
  let here: unknown = root
  for (const step of path.split('.')) here = isRecord(here) ? here[step] : undefined
  return here
}

function put(root: Json, path: string, value: unknown): void {
  const steps = path.split('.')
  const last = steps.pop()!
  let here = root
  for (const step of steps) {
    const next = here[step]
    if (!isRecord(next)) here[step] = {}
    here = here[step] as Json
  }
  here[last] = value
}

/** Objects merge, everything else replaces; null means "not sent". Prototype keys are no settings. */
export function merge(base: Json, over: Json): Json {
  for (const [key, value] of Object.entries(over)) {
    if (value === null || value === undefined || key === '__proto__') continue
    const old = base[key]
    base[key] = isRecord(value) && isRecord(old) ? merge(old, value) : value
  }
  return base
}

/** What `next` says otherwise than `base`. */
export function difference(base: Json, next: Json): Json {
  const out: Json = {}
  for (const [key, value] of Object.entries(next)) {
    const old = base[key]
    if (isRecord(value) && isRecord(old)) {
      const inner = difference(old, value)
      if (Object.keys(inner).length > 0) out[key] = inner
    } else if (!Bun.deepEquals(old, value)) {
      out[key] = value
    }
  }
  return out
}
