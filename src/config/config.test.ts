import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, type Env, loadConfig } from './index.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'hubbub-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const SECRET = 'x'.repeat(32)
const load = (env: Env = {}) => loadConfig({ WEBUI_SECRET_KEY: SECRET, ...env }, cwd)

/** The variables that are complained about. */
function complaints(env: Env): string[] {
  try {
    load(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ variable }) => variable)
    throw error
  }
}

describe('as a whole', () => {
  test('nothing has to be set', () => {
    const config = loadConfig({}, cwd)
    expect(config.server).toMatchObject({ host: '0.0.0.0', port: 8080, trustProxy: { hops: 0 } })
    expect(config.data.database).toMatchObject({ dialect: 'sqlite', path: join(cwd, 'data', 'hubbub.db') })
    expect(config.auth).toMatchObject({
      sessionMs: 28 * 86_400_000,
      signup: undefined,
      defaultRole: undefined,
    })
    expect(config.notices).toHaveLength(2)
  })

  test('it is frozen all the way down', () => {
    const config = load({ OPENAI_API_KEY: 'k' })
    expect(() => Object.assign(config.server, { port: 1 })).toThrow()
    expect(() => Object.assign(config.ai.providers[0] ?? {}, { apiKey: 'x' })).toThrow()
  })

  test('all problems are reported together, with what would be valid', () => {
    const env = {
      PORT: 'abc',
      JWT_EXPIRES_IN: 'soon',
      DATABASE_URL: 'mysql://root:hunter2@h/d',
      REQUIRE_AI: 'true',
    }
    expect(complaints(env)).toEqual(['PORT', 'JWT_EXPIRES_IN', 'DATABASE_URL', 'OPENROUTER_API_KEY'])
    expect(() => load(env)).toThrow('PORT "abc" is not valid; expected a whole number from 0 to 65535')
    expect(() => load(env)).not.toThrow('hunter2')
  })

  test('nothing is written when something is wrong', () => {
    expect(() => loadConfig({ PORT: 'abc' }, cwd)).toThrow(ConfigError)
    expect(existsSync(join(cwd, 'data'))).toBe(false)
  })

  test('an empty variable counts as not set', () => {
    expect(load({ PORT: '', OPENAI_API_KEY: ' ' })).toMatchObject({
      server: { port: 8080 },
      ai: { providers: [] },
    })
  })

  test('an option knows whether it was given', () => {
    expect(load({ RUST_LOG: 'info' }).given.toSorted()).toEqual(['LOG_LEVEL', 'WEBUI_SECRET_KEY'])
  })
})

describe('.env', () => {
  test('is read, and the environment wins', () => {
    writeFileSync(join(cwd, '.env'), 'PORT=9000\nHOST=127.0.0.1\nWEBUI_NAME="Our place"\n')
    const config = load({ PORT: '9001', HOST: '' })
    expect(config).toMatchObject({
      server: { host: '127.0.0.1', port: 9001 },
      openwebui: { name: 'Our place' },
    })
  })

  test('a misspelt name in it is noticed, a foreign one is not', () => {
    writeFileSync(
      join(cwd, '.env'),
      'OPENROUTR_API_KEY=k\nDATABSE_URL=x\nVITE_API_URL=y\nPART=1\nJWT_SECRET_FILE=\n',
    )
    const said = load().notices.filter((notice) => notice.startsWith('.env'))
    expect(said.map((notice) => notice.match(/[A-Z_]{6,}/g))).toEqual([
      ['OPENROUTR_API_KEY', 'OPENROUTER_API_KEY'],
      ['DATABSE_URL', 'DATABASE_URL'],
    ])
  })

  test('its mistakes are reported with all others', () => {
    writeFileSync(join(cwd, '.env'), 'what is this\n')
    expect(complaints({ PORT: 'abc' })).toEqual(['.env', 'PORT'])
  })
})

describe('names', () => {
  test.each<[string, Env, object]>([
    ['BIND_ADDR', { BIND_ADDR: '127.0.0.1:81' }, { server: { host: '127.0.0.1', port: 81 } }],
    ['HOST and PORT', { HOST: '::1', PORT: '82' }, { server: { host: '::1', port: 82 } }],
    [
      'JWT_SECRET',
      { WEBUI_SECRET_KEY: '', JWT_SECRET: 'a secret' },
      { auth: { secret: { value: 'a secret' } } },
    ],
    ['RUST_LOG', { RUST_LOG: 'groupchat=debug,warn' }, { operations: { logLevel: 'warn' } }],
    ['WEBUI_URL', { WEBUI_URL: 'https://a.example/' }, { server: { publicUrl: 'https://a.example' } }],
    ['JWT_EXPIRY_HOURS', { JWT_EXPIRY_HOURS: '24' }, { auth: { sessionMs: 86_400_000 } }],
    ['JWT_EXPIRES_IN=-1', { JWT_EXPIRES_IN: '-1' }, { auth: { sessionMs: null } }],
    [
      'PASSWORD_HASH_ALGORITHM',
      { PASSWORD_HASH_ALGORITHM: 'argon2' },
      { auth: { passwordHash: 'argon2id' } },
    ],
    ['DATA_DIR', { DATA_DIR: '/srv/chat' }, { data: { dir: '/srv/chat', uploadsDir: '/srv/chat/uploads' } }],
    [
      'REDIS_URL',
      { REDIS_URL: 'redis://h:1/2' },
      { data: { redis: { url: 'redis://h:1/2', prefix: 'hubbub' } } },
    ],
  ])('%s', (_, env, expected) => {
    expect(load(env)).toMatchObject(expected)
  })

  test('two names of one option may agree', () => {
    expect(load({ WEBUI_SECRET_KEY: SECRET, JWT_SECRET: SECRET }).auth.secret.value).toBe(SECRET)
  })

  test('two names of one option may not disagree', () => {
    expect(complaints({ WEBUI_SECRET_KEY: SECRET, JWT_SECRET: 'another' })).toEqual(['JWT_SECRET'])
    expect(complaints({ BIND_ADDR: '0.0.0.0:1', PORT: '2' })).toEqual(['BIND_ADDR'])
    expect(complaints({ BIND_ADDR: '0.0.0.0:2', PORT: '2' })).toEqual([])
  })

  test('a secret may lie in a file that NAME_FILE names', () => {
    writeFileSync(join(cwd, 'key'), 'from file\n')
    expect(load({ OPENROUTER_API_KEY_FILE: 'key' }).ai.providers[0]?.apiKey).toBe('from file')
    expect(complaints({ OPENROUTER_API_KEY_FILE: 'nowhere' })).toEqual(['OPENROUTER_API_KEY_FILE'])
  })
})

describe('database', () => {
  test('an Open WebUI database in DATA_DIR is used', () => {
    mkdirSync(join(cwd, 'data'))
    writeFileSync(join(cwd, 'data', 'webui.db'), '')
    expect(load().data.database).toMatchObject({ path: join(cwd, 'data', 'webui.db') })
  })

  test('PostgreSQL by parts', () => {
    const parts = {
      DATABASE_TYPE: 'postgresql',
      DATABASE_HOST: 'h',
      DATABASE_NAME: 'n',
      DATABASE_USER: 'u',
      DATABASE_PASSWORD: 'p@/',
    }
    expect(load(parts).data.database).toEqual({ dialect: 'postgres', url: 'postgres://u:p%40%2F@h:5432/n' })
    expect(complaints({ DATABASE_TYPE: 'postgresql', DATABASE_HOST: 'h' })).toEqual([
      'DATABASE_NAME',
      'DATABASE_USER',
    ])
  })
})

describe('AI', () => {
  test('providers of all kinds, keys aligned with addresses', () => {
    const env = {
      OPENROUTER_API_KEY: 'r',
      OPENAI_API_BASE_URLS: 'http://a/v1;http://b/v1/',
      OPENAI_API_KEYS: ';kb',
      OLLAMA_API_BASE_URL: 'http://o:11434/api',
    }
    expect(load(env).ai.providers).toEqual([
      { kind: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1', apiKey: 'r' },
      { kind: 'openai', baseUrl: 'http://a/v1', apiKey: undefined },
      { kind: 'openai', baseUrl: 'http://b/v1', apiKey: 'kb' },
      { kind: 'ollama', baseUrl: 'http://o:11434', apiKey: undefined },
    ])
  })

  test('a key alone means OpenAI itself', () => {
    expect(load({ OPENAI_API_KEY: 'k' }).ai.providers).toEqual([
      { kind: 'openai', baseUrl: 'https://api.openai.com/v1', apiKey: 'k' },
    ])
  })

  test('a kind of provider can be switched off', () => {
    expect(load({ OPENAI_API_KEY: 'k', ENABLE_OPENAI_API: 'False' }).ai.providers).toEqual([])
  })

  test('without a provider the server starts and says so; with REQUIRE_AI it does not start', () => {
    expect(load().notices[0]).toStartWith('AI is off')
    expect(complaints({ REQUIRE_AI: 'true', SEARCH_PROVIDER: 'brave' })).toEqual([
      'OPENROUTER_API_KEY',
      'BRAVE_API_KEY',
    ])
  })

  test('web search: the provider that has a key, or the named one', () => {
    expect(load().web.search).toBeNull()
    expect(load({ BRAVE_SEARCH_API_KEY: 'b' }).web.search).toMatchObject({ provider: 'brave', apiKey: 'b' })
    expect(
      load({ BRAVE_API_KEY: 'b', TAVILY_API_KEY: 't', SEARCH_PROVIDER: 'brave' }).web.search?.provider,
    ).toBe('brave')
    expect(complaints({ SEARCH_PROVIDER: 'tavily', BRAVE_API_KEY: 'b' })).toEqual(['TAVILY_API_KEY'])
  })
})

describe('combinations', () => {
  test('S3 needs a bucket and both keys', () => {
    expect(complaints({ STORAGE_PROVIDER: 's3' })).toEqual([
      'S3_BUCKET_NAME',
      'S3_ACCESS_KEY_ID',
      'S3_SECRET_ACCESS_KEY',
    ])
    const s3 = { S3_BUCKET: 'b', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 's' }
    expect(load(s3).files.s3).toMatchObject({ bucket: 'b', region: 'us-east-1', virtualHosted: false })
    expect(load({ ...s3, STORAGE_PROVIDER: 'local' }).files.s3).toBeNull()
  })

  test('SameSite=None needs a secure cookie', () => {
    expect(complaints({ WEBUI_AUTH_COOKIE_SAME_SITE: 'none' })).toEqual(['WEBUI_AUTH_COOKIE_SECURE'])
    const https = { WEBUI_AUTH_COOKIE_SAME_SITE: 'none', PUBLIC_URL: 'https://a.example' }
    expect(load(https).auth.cookie).toEqual({ sameSite: 'none', secure: true })
  })

  test('a first administrator needs a name and a password', () => {
    expect(complaints({ WEBUI_ADMIN_EMAIL: 'a@b.c' })).toEqual(['WEBUI_ADMIN_PASSWORD'])
    expect(complaints({ ADMIN_PASSWORD: 'p' })).toEqual(['WEBUI_ADMIN_EMAIL'])
    const admin = load({ WEBUI_ADMIN_EMAIL: 'ann@b.c', WEBUI_ADMIN_PASSWORD: 'p' }).auth.admin
    expect(admin).toEqual({ email: 'ann@b.c', username: 'ann', password: 'p', name: 'Admin' })
  })

  test('a front end must be a built one', () => {
    mkdirSync(join(cwd, 'build'))
    expect(complaints({ STATIC_DIR: 'build' })).toEqual(['FRONTEND_BUILD_DIR'])
    writeFileSync(join(cwd, 'build', 'index.html'), '')
    expect(load({ STATIC_DIR: 'build' }).server.frontEnds).toEqual([
      { host: null, port: null, dir: join(cwd, 'build') },
    ])
  })

  test('a header name is a header name', () => {
    expect(complaints({ CUSTOM_API_KEY_HEADER: 'my header' })).toEqual(['CUSTOM_API_KEY_HEADER'])
    expect(load({ CUSTOM_API_KEY_HEADER: 'X-My-Key' }).auth.apiKeyHeader).toBe('x-my-key')
  })
})
