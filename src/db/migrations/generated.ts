/**
 * All migrations, embedded. Written by scripts/generate-migrations.ts; a test compares it with drizzle/.
 */
import sqlite0000Hubbub from '../../../drizzle/sqlite/0000_hubbub.sql' with { type: 'text' }
import sqlite0001OpenwebuiIndexes from '../../../drizzle/sqlite/0001_openwebui_indexes.sql' with { type: 'text' }
import sqlite0002Search from '../../../drizzle/sqlite/0002_search.sql' with { type: 'text' }
import sqlite0003Integrations from '../../../drizzle/sqlite/0003_integrations.sql' with { type: 'text' }
import sqlite0004ShortWords from '../../../drizzle/sqlite/0004_short_words.sql' with { type: 'text' }
import sqlite0005DeletedMessages from '../../../drizzle/sqlite/0005_deleted_messages.sql' with { type: 'text' }
import sqlite0006PostIndexes from '../../../drizzle/sqlite/0006_post_indexes.sql' with { type: 'text' }
import sqlite0007Retrieval from '../../../drizzle/sqlite/0007_retrieval.sql' with { type: 'text' }
import sqlite0008KeyDisabled from '../../../drizzle/sqlite/0008_key_disabled.sql' with { type: 'text' }
import sqlite0009Mail from '../../../drizzle/sqlite/0009_mail.sql' with { type: 'text' }
import pg0000Hubbub from '../../../drizzle/pg/0000_hubbub.sql' with { type: 'text' }
import pg0001OpenwebuiIndexes from '../../../drizzle/pg/0001_openwebui_indexes.sql' with { type: 'text' }
import pg0002Search from '../../../drizzle/pg/0002_search.sql' with { type: 'text' }
import pg0003Integrations from '../../../drizzle/pg/0003_integrations.sql' with { type: 'text' }
import pg0004ShortWords from '../../../drizzle/pg/0004_short_words.sql' with { type: 'text' }
import pg0005DeletedMessages from '../../../drizzle/pg/0005_deleted_messages.sql' with { type: 'text' }
import pg0006PostIndexes from '../../../drizzle/pg/0006_post_indexes.sql' with { type: 'text' }
import pg0007Retrieval from '../../../drizzle/pg/0007_retrieval.sql' with { type: 'text' }
import pg0008KeyDisabled from '../../../drizzle/pg/0008_key_disabled.sql' with { type: 'text' }
import pg0009Mail from '../../../drizzle/pg/0009_mail.sql' with { type: 'text' }
import type { Migration } from './migration.ts'

export const sqliteMigrations: readonly Migration[] = [
  { name: '0000_hubbub', sql: sqlite0000Hubbub },
  { name: '0001_openwebui_indexes', sql: sqlite0001OpenwebuiIndexes },
  { name: '0002_search', sql: sqlite0002Search },
  { name: '0003_integrations', sql: sqlite0003Integrations },
  { name: '0004_short_words', sql: sqlite0004ShortWords },
  { name: '0005_deleted_messages', sql: sqlite0005DeletedMessages },
  { name: '0006_post_indexes', sql: sqlite0006PostIndexes },
  { name: '0007_retrieval', sql: sqlite0007Retrieval },
  { name: '0008_key_disabled', sql: sqlite0008KeyDisabled },
  { name: '0009_mail', sql: sqlite0009Mail },
]

export const pgMigrations: readonly Migration[] = [
  { name: '0000_hubbub', sql: pg0000Hubbub },
  { name: '0001_openwebui_indexes', sql: pg0001OpenwebuiIndexes },
  { name: '0002_search', sql: pg0002Search },
  { name: '0003_integrations', sql: pg0003Integrations },
  { name: '0004_short_words', sql: pg0004ShortWords },
  { name: '0005_deleted_messages', sql: pg0005DeletedMessages },
  { name: '0006_post_indexes', sql: pg0006PostIndexes },
  { name: '0007_retrieval', sql: pg0007Retrieval },
  { name: '0008_key_disabled', sql: pg0008KeyDisabled },
  { name: '0009_mail', sql: pg0009Mail },
]
