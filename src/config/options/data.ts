// Where rows and files lie, and how large they may be. See index.ts for the rules of the table.
import { option } from '../option.ts'
import { choice, integer, size, text, url } from '../parsers.ts'

const MB = 1024 * 1024

export const data = {
  dir: option({
    names: 'DATA_DIR',
    about: 'Folder of the database, uploads, backups and the secret.',
    as: text,
    or: './data',
  }),
  databaseUrl: option({
    names: 'DATABASE_URL',
    about:
      'Database: `sqlite:chat.db`, `sqlite:///chat.db`, `sqlite:////var/lib/chat.db`, `postgres://user:password@host/name`.',
    as: text,
    shown: '`webui.db` in `DATA_DIR` if there, else `hubbub.db`',
    secret: true,
  }),
  databaseType: option({
    names: 'DATABASE_TYPE',
    about: 'Instead of `DATABASE_URL`, with the parts below.',
    as: choice({ sqlite: 'sqlite', postgres: 'postgres', postgresql: 'postgres' }),
  }),
  databaseHost: option({ names: 'DATABASE_HOST', about: 'PostgreSQL host.', as: text }),
  databasePort: option({
    names: 'DATABASE_PORT',
    about: 'PostgreSQL port.',
    as: integer(1, 65_535),
    or: 5432,
  }),
  databaseName: option({ names: 'DATABASE_NAME', about: 'PostgreSQL database.', as: text }),
  databaseUser: option({ names: 'DATABASE_USER', about: 'PostgreSQL user.', as: text }),
  databasePassword: option({
    names: 'DATABASE_PASSWORD',
    about: 'PostgreSQL password.',
    as: text,
    secret: true,
  }),
  poolSize: option({
    names: 'DATABASE_POOL_SIZE DB_POOL_MAX_CONNECTIONS RUSTCHAT_DB_POOL__MAX_CONNECTIONS',
    about: 'PostgreSQL connections of one node.',
    as: integer(2, 500),
    or: 10,
  }),
  redisUrl: option({
    names: 'REDIS_URL RUSTCHAT_REDIS_URL',
    about: 'Redis that several nodes share. Alone, a node needs none.',
    as: url('redis', 'rediss'),
    secret: true,
  }),
  redisPrefix: option({
    names: 'REDIS_KEY_PREFIX',
    about: 'Begins every Redis key and channel.',
    as: text,
    or: 'hubbub',
  }),
}

export const files = {
  storage: option({
    names: 'STORAGE_PROVIDER',
    about: 'Where uploads lie.',
    as: choice({ local: 'disk', disk: 'disk', s3: 's3' }),
    shown: '`s3` with `S3_BUCKET_NAME`, else `local`',
  }),
  bucket: option({ names: 'S3_BUCKET_NAME S3_BUCKET RUSTCHAT_S3_BUCKET', about: 'Bucket.', as: text }),
  endpoint: option({
    names: 'S3_ENDPOINT_URL S3_ENDPOINT RUSTCHAT_S3_ENDPOINT',
    about: 'Address of an S3-compatible service.',
    as: url('http', 'https'),
    shown: 'AWS',
  }),
  region: option({
    names: 'S3_REGION_NAME S3_REGION RUSTCHAT_S3_REGION',
    about: 'Region.',
    as: text,
    or: 'us-east-1',
  }),
  accessKeyId: option({
    names: 'S3_ACCESS_KEY_ID S3_ACCESS_KEY RUSTCHAT_S3_ACCESS_KEY AWS_ACCESS_KEY_ID',
    about: 'Access key.',
    as: text,
    secret: true,
    firstWins: true,
  }),
  secretAccessKey: option({
    names: 'S3_SECRET_ACCESS_KEY S3_SECRET_KEY RUSTCHAT_S3_SECRET_KEY AWS_SECRET_ACCESS_KEY',
    about: 'Secret key.',
    as: text,
    secret: true,
    firstWins: true,
  }),
  keyPrefix: option({ names: 'S3_KEY_PREFIX', about: 'Begins every key in the bucket.', as: text, or: '' }),
  addressing: option({
    names: 'S3_ADDRESSING_STYLE',
    about: 'Bucket in the path or in the host name.',
    as: choice({ auto: 'path', path: 'path', virtual: 'virtual' }),
    or: 'path',
  }),
  fileBytes: option({
    names: 'UPLOAD_MAX_FILE',
    about: 'Largest file.',
    as: size,
    or: 100 * MB,
    shown: '100MB',
  }),
  imageBytes: option({
    names: 'UPLOAD_MAX_IMAGE',
    about: 'Largest image in a message.',
    as: size,
    or: 5 * MB,
    shown: '5MB',
  }),
  avatarBytes: option({
    names: 'UPLOAD_MAX_AVATAR',
    about: 'Largest avatar.',
    as: size,
    or: 2 * MB,
    shown: '2MB',
  }),
  imagePixels: option({
    names: 'UPLOAD_MAX_PIXELS',
    about: 'Most pixels of an image that is decoded (guards against decompression bombs).',
    as: integer(10_000),
    or: 50_000_000,
  }),
  bodyBytes: option({
    names: 'MAX_BODY_SIZE',
    about:
      'Largest JSON body. Open WebUI’s chats arrive whole, with their images, and may be as large as a file.',
    as: size,
    or: MB,
    shown: '1MB',
  }),
}
