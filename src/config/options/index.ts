// Every option there is. docs/config.md is generated from this table; assemble.ts turns it into the Config that the
// server is given. Of the names of an option, those after the first are Open WebUI's, RustChat's, Mattermost's and the
// GroupChat family's; each option here is used by the server.
import { ai, web } from './ai.ts'
import { auth } from './auth.ts'
import { data, files } from './data.ts'
import { mail } from './mail.ts'
import { limits, openwebui, operations } from './operations.ts'
import { server } from './server.ts'

export const OPTIONS = { server, data, files, auth, mail, ai, web, limits, operations, openwebui }

/** Headings of the documentation, in its order. */
export const GROUP_TITLES: Readonly<Record<keyof typeof OPTIONS, string>> = {
  server: 'Server and addresses',
  data: 'Database and data',
  files: 'Files and sizes',
  auth: 'Accounts and sessions',
  mail: 'E-mail',
  ai: 'AI',
  web: 'Web search and pages',
  limits: 'Rate limits (per minute)',
  operations: 'Logs and metrics',
  openwebui: 'Open WebUI',
}
