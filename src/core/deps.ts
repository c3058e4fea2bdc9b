/** What createCore is given: the ports and the few settings that rules depend on. */
import type {
  Clock,
  Connections,
  DocumentReader,
  Embedder,
  EventSink,
  FileStore,
  Ids,
  ImageTool,
  Logger,
  Mailer,
  ModelDialect,
  ModelProviders,
  NostrVerifier,
  PageReader,
  PasswordHasher,
  RateLimiter,
  ServerClient,
  Store,
  TokenCounter,
  TokenSigner,
  WebSearch,
} from './ports.ts'
import type { UserRole } from './types.ts'

export interface CoreDeps {
  store: Store
  clock: Clock
  ids: Ids
  log: Logger
  events: EventSink
  connections: Connections
  files: FileStore
  images: ImageTool
  models: ModelProviders
  dialect: ModelDialect
  /** null = no search provider is configured. */
  webSearch: WebSearch | null
  pages: PageReader
  documents: DocumentReader
  embedder: Embedder
  /** Tool servers and the like. */
  servers: ServerClient
  tokens: TokenCounter
  passwords: PasswordHasher
  signer: TokenSigner
  limiter: RateLimiter
  nostr: NostrVerifier
  /** null or absent = no e-mail leaves this server. */
  mailer?: Mailer | null
  settings: CoreSettings
}

/** Rules that the environment may set; everything has a default in src/config. */
export interface CoreSettings {
  /** undefined = not set explicitly: Open WebUI sign-ups wait for approval, the others do not. */
  defaultRole: UserRole | undefined
  signupEnabled: boolean
  /** Seconds; null = never expires. */
  sessionTtlS: number | null
  /** Said by the environment: then no setting changes it. */
  sessionTtlGiven?: boolean
  /** Model that `@ai` means where a room names none. */
  defaultModel: string | null
  /** Why AI is off, or null when it is on. */
  aiOffReason: string | null
  aiTokensPerDay: number | null
  aiMaxToolRounds: number
  aiTimeoutMs: number
  aiIdleTimeoutMs: number
  /** Replies of bots to bots before a person must go on. */
  aiLoopLimit: number
  avatarMaxBytes: number
  imageMaxBytes: number
  fileMaxBytes: number
  messageMaxChars: number
  /** Folder of the file store when it is a disk: what Open WebUI's server is told to look in. */
  uploadsPath?: string
  /** Failed log-ins before an account waits. */
  loginMaxFailures: number
  /** Sign-ups and Nostr sign-ins of one address a minute; null or absent = no limit. */
  authPerMinute?: number | null
  /** Messages that one account may post a minute; null or absent = no limit. */
  messagesPerMinute?: number | null
  /** Answers of models that one account may ask for a minute; null or absent = no limit. */
  aiPerMinute?: number | null
  /** Settings that the environment says, by key: they win over what is stored, and nobody can change them. */
  fixed?: Readonly<Record<string, unknown>>
}
