// Accounts, sessions, passwords. See index.ts for the rules of the table.
import { option } from '../option.ts'
import { boolean, choice, duration, integer, text } from '../parsers.ts'

export const auth = {
  secret: option({
    names: 'WEBUI_SECRET_KEY JWT_SECRET WEBUI_JWT_SECRET_KEY RUSTCHAT_JWT_SECRET',
    about:
      'Signs tokens and seals stored secrets. At least 32 characters, unless an Open WebUI already uses a shorter one.',
    as: text,
    shown: '`.webui_secret_key` in the working folder if there, else made once as `DATA_DIR/.hubbub_secret`',
    secret: true,
  }),
  sessionMs: option({
    names: 'JWT_EXPIRES_IN',
    about: 'How long a log-in lasts.',
    as: duration,
    or: 28 * 86_400_000,
    shown: '4w',
  }),
  sessionHours: option({
    names: 'JWT_EXPIRY_HOURS RUSTCHAT_JWT_EXPIRY_HOURS',
    about: 'The same in hours, where `JWT_EXPIRES_IN` is not set.',
    as: integer(1, 87_600),
  }),
  passwordHash: option({
    names: 'PASSWORD_HASH_ALGORITHM',
    about: 'How new passwords are stored. Both kinds are always accepted.',
    as: choice({ argon2: 'argon2id', argon2id: 'argon2id', bcrypt: 'bcrypt' }),
    or: 'argon2id',
  }),
  signup: option({
    names: 'ENABLE_SIGNUP',
    about: 'Whether people may make accounts. The first account is always possible.',
    as: boolean(),
    shown: 'as the settings say; at first true',
  }),
  defaultRole: option({
    names: 'DEFAULT_USER_ROLE',
    about: 'Role of a new account, on every face.',
    as: choice({ pending: 'pending', user: 'user', admin: 'admin' }),
    shown: '`pending` for Open WebUI sign-ups, else `user`',
  }),
  adminEmail: option({
    names: 'WEBUI_ADMIN_EMAIL',
    about: 'With the password: makes the first administrator when there is no account yet.',
    as: text,
  }),
  adminUsername: option({
    names: 'ADMIN_USER RUSTCHAT_ADMIN_USER',
    about: 'User name of that administrator.',
    as: text,
    shown: 'the part of the address before @, or `admin`',
  }),
  adminPassword: option({
    names: 'WEBUI_ADMIN_PASSWORD ADMIN_PASSWORD RUSTCHAT_ADMIN_PASSWORD',
    about: 'Password of that administrator.',
    as: text,
    secret: true,
  }),
  adminName: option({
    names: 'WEBUI_ADMIN_NAME',
    about: 'Display name of that administrator.',
    as: text,
    or: 'Admin',
  }),
  apiKeys: option({
    names: 'ENABLE_API_KEYS ENABLE_API_KEY',
    about: 'Whether Open WebUI’s `sk-` keys may be made. Our own keys always may.',
    as: boolean(),
    shown: 'as the settings say; at first false',
  }),
  apiKeyHeader: option({
    names: 'CUSTOM_API_KEY_HEADER',
    about: 'Another header that may carry an API key.',
    as: text,
    or: 'x-api-key',
  }),
  cookieSameSite: option({
    names: 'WEBUI_AUTH_COOKIE_SAME_SITE WEBUI_SESSION_COOKIE_SAME_SITE',
    about: 'SameSite of the session cookie.',
    as: choice({ lax: 'lax', strict: 'strict', none: 'none' }),
    or: 'lax',
    firstWins: true,
  }),
  cookieSecure: option({
    names: 'WEBUI_AUTH_COOKIE_SECURE WEBUI_SESSION_COOKIE_SECURE',
    about: 'Whether the session cookie travels over HTTPS only.',
    as: boolean(),
    shown: 'true when `PUBLIC_URL` is https',
    firstWins: true,
  }),
}
