// What the server is told about its surroundings: checked, complete, frozen. Nothing else reads the environment.
import type { DatabaseConfig } from './database.ts'
import type { FrontEndFolder, LogLevel, TrustProxy } from './parsers.ts'
import type { Secret } from './secret.ts'

export interface Config {
  readonly server: {
    readonly host: string
    readonly port: number
    /** Without a slash at its end; undefined: whatever address a request came to. */
    readonly publicUrl: string | undefined
    /** Exact origins, or `['*']`; empty: only our own. */
    readonly corsOrigins: readonly string[]
    readonly trustProxy: TrustProxy
    /** Foreign front ends, absolute folders; empty: our own client everywhere. */
    readonly frontEnds: readonly FrontEndFolder[]
    readonly shutdownMs: number
  }
  readonly data: {
    /** Absolute. It exists once the secret was made or the database was opened, not before. */
    readonly dir: string
    readonly uploadsDir: string
    readonly backupsDir: string
    readonly database: DatabaseConfig
    /** PostgreSQL connections. */
    readonly poolSize: number
    readonly redis: { readonly url: string; readonly prefix: string } | null
  }
  /** Null: no e-mail leaves this server. */
  readonly mail: MailConfig | null
  readonly files: {
    /** Null: files lie in `data.uploadsDir`. */
    readonly s3: S3Config | null
    readonly fileBytes: number
    readonly imageBytes: number
    readonly avatarBytes: number
    readonly imagePixels: number
    readonly bodyBytes: number
  }
  readonly auth: {
    readonly secret: Secret
    /** Life of a session; null: without end. */
    readonly sessionMs: number | null
    readonly passwordHash: 'argon2id' | 'bcrypt'
    /** Undefined where the environment does not say: then the settings decide. */
    readonly signup: boolean | undefined
    readonly defaultRole: 'pending' | 'user' | 'admin' | undefined
    readonly apiKeys: boolean | undefined
    /** Makes the first administrator of an empty server. */
    readonly admin: {
      readonly email: string | undefined
      readonly username: string
      readonly password: string
      readonly name: string
    } | null
    /** Lower case. */
    readonly apiKeyHeader: string
    readonly cookie: { readonly sameSite: 'lax' | 'strict' | 'none'; readonly secure: boolean }
  }
  readonly ai: {
    readonly required: boolean
    /** In the order of the environment; empty: AI is off, unless the settings name a provider. */
    readonly providers: readonly ProviderConfig[]
    readonly defaultModel: string | undefined
    readonly tokensPerDay: number | null
    readonly maxToolRounds: number
    readonly maxBotTurns: number
    readonly timeoutMs: number
    readonly idleTimeoutMs: number
    readonly modelsTtlMs: number
  }
  readonly web: {
    readonly search: {
      readonly provider: 'tavily' | 'brave'
      readonly apiKey: string
      readonly baseUrl: string
    } | null
    /** `host:port` in lower case. */
    readonly fetchAllowHosts: readonly string[]
  }
  readonly limits: {
    readonly enabled: boolean
    /** Count requests from this machine itself. */
    readonly local: boolean
    readonly ipPerMinute: number
    readonly userPerMinute: number
    readonly authPerMinute: number
    readonly messagesPerMinute: number
    readonly aiPerMinute: number
    readonly socketsPerMinute: number
  }
  readonly operations: {
    readonly logLevel: LogLevel
    readonly logFormat: 'json' | 'pretty'
    /** A line for each request at level info; else at debug. */
    readonly accessLog: boolean
    readonly metrics: { readonly enabled: boolean; readonly token: string | undefined }
  }
  readonly openwebui: {
    readonly name: string
    readonly persistentConfig: boolean
    readonly websocket: boolean
    readonly openaiPassthrough: boolean
  }
  /** First names (docs/config.md) of the options that were set, where "set to the default" differs from "not set". */
  readonly given: readonly string[]
  /** What to say once in the log at start. Holds no secrets. */
  readonly notices: readonly string[]
}

export interface S3Config {
  readonly bucket: string
  readonly endpoint: string | undefined
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly keyPrefix: string
  readonly virtualHosted: boolean
}

export interface ProviderConfig {
  readonly kind: 'openrouter' | 'openai' | 'ollama'
  /** Without a slash at its end; for Ollama without `/api` or `/v1`. */
  readonly baseUrl: string
  readonly apiKey: string | undefined
}

export interface MailConfig {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'tls' | 'none'
  readonly login: { readonly username: string; readonly password: string } | null
  readonly from: string
  readonly fromName: string
  readonly skipVerify: boolean
}
