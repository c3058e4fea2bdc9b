/** Settings whose value on the wire is not what lies in `config`: what a form shows without a row, and how its fields are read. */
import type { Json } from '../../core/chats/rows.ts'

/** Single sign-on has no rows until an administrator saves it: what its form shows before. */
export const OAUTH_DEFAULTS: Json = {
  ENABLE_OAUTH: true,
  ENABLE_OAUTH_GROUP_CREATION: false,
  ENABLE_OAUTH_GROUP_MANAGEMENT: false,
  ENABLE_OAUTH_ROLE_MANAGEMENT: false,
  ENABLE_OAUTH_SIGNUP: false,
  OAUTH_ADMIN_ROLES: ['admin'],
  OAUTH_ALLOWED_DOMAINS: ['*'],
  OAUTH_ALLOWED_ROLES: ['user', 'admin'],
  OAUTH_AUDIENCE: '',
  OAUTH_AUTO_REDIRECT: false,
  OAUTH_BLOCKED_GROUPS: '[]',
  OAUTH_CLIENT_ID: '',
  OAUTH_CLIENT_SECRET: '',
  OAUTH_CLIENT_TIMEOUT: null,
  OAUTH_CODE_CHALLENGE_METHOD: null,
  OAUTH_EMAIL_CLAIM: 'email',
  OAUTH_GROUP_CLAIM: 'groups',
  OAUTH_GROUP_DEFAULT_SHARE: true,
  OAUTH_MERGE_ACCOUNTS_BY_EMAIL: false,
  OAUTH_PICTURE_CLAIM: 'picture',
  OAUTH_PROVIDER_NAME: 'SSO',
  OAUTH_REFRESH_TOKEN_INCLUDE_SCOPE: false,
  OAUTH_ROLES_CLAIM: 'roles',
  OAUTH_SCOPES: 'openid email profile',
  OAUTH_SUB_CLAIM: null,
  OAUTH_TIMEOUT: '',
  OAUTH_TOKEN_ENDPOINT_AUTH_METHOD: null,
  OAUTH_UPDATE_EMAIL_ON_LOGIN: false,
  OAUTH_UPDATE_NAME_ON_LOGIN: false,
  OAUTH_UPDATE_PICTURE_ON_LOGIN: false,
  OAUTH_USERNAME_CLAIM: 'name',
  OPENID_END_SESSION_ENDPOINT: '',
  OPENID_PROVIDER_URL: '',
  OPENID_REDIRECT_URI: '',
}

/** An emptied field means that there is no limit. */
const NO_LIMIT = new Set([
  'rag.file.max_size',
  'rag.file.max_count',
  'file.image_compression_width',
  'file.image_compression_height',
])

/** Forms send what was typed, a text; stored are numbers, and an emptied field as it is. */
const NUMBERS = new Set([
  'web.loader.playwright_timeout',
  'folders.max_file_count',
  'automations.max_count',
  'automations.min_interval',
])

export function storedValue(key: string, value: unknown): unknown {
  if (NO_LIMIT.has(key)) return value === '' ? null : value
  if (NUMBERS.has(key) && typeof value === 'string' && /^\d+$/.test(value)) return Number(value)
  return value
}
