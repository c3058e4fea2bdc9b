/** Each route of Mattermost with its state here, found by asking the face itself what it has. */
import type { Core } from '../../core/core.ts'
import type { MattermostCore } from '../../core/mattermost/create-mattermost.ts'
import type { Logger } from '../../core/ports.ts'
import { Face } from './face.ts'
import { mattermostFace } from './index.ts'
import { type KnownRoute, knownRoutes } from './routes-data.ts'
import { refusalState } from './unbuilt.ts'

export interface CoveredRoute {
  method: string
  path: string
  tier: string
  /** `done`, `501`, `404`, `403` or `n/a`. */
  state: string
  note?: string
}

/** Answered outside of the router: by the socket, the server's own pages, or a front end that is served. */
const ELSEWHERE: Record<string, string> = {
  'GET /api/v4/websocket': 'socket/index.ts',
  'GET /{anything}': 'front-end.ts, when STATIC_DIR holds a Mattermost build',
  'GET /robots.txt': 'front-end.ts, when STATIC_DIR holds a Mattermost build',
}

/** Routes that refuse by design: the feature is off, and the answer is the one of Mattermost with it off. */
const OFF: Record<string, string> = {
  'POST /api/v4/users/password/reset/send': '501 until SMTP_HOST is set',
  'POST /api/v4/users/email/verify/send': '501 until SMTP_HOST is set',
  'POST /api/v4/teams/{team_id}/invite/email': '501 until SMTP_HOST is set',
  'GET /api/v4/files/{file_id}/link': '403 until EnablePublicLink is on',
  'GET /files/{file_id}/public': '403 until EnablePublicLink is on',
  'HEAD /files/{file_id}/public': '403 until EnablePublicLink is on',
  'GET /api/v4/jobs': 'there are none',
  'GET /api/v4/jobs/type/{job_type}': 'there are none',
  'GET /api/v4/imports': 'there are none',
  'GET /api/v4/exports': 'there are none',
  'GET /api/v4/plugins': 'there are none',
  'GET /api/v4/plugins/statuses': 'there are none',
  'GET /api/v4/plugins/webapp': 'there are none',
  'GET /api/v4/agents': 'models are bot accounts, not agents of a plugin',
  'GET /api/v4/llmservices': 'models are bot accounts, not services of a plugin',
  'GET /api/v4/system/notices/{team_id}': 'there are none',
  'GET /api/v4/logs': 'the log goes to standard output',
  'POST /api/v4/logs/query': 'the log goes to standard output',
  'POST /api/v4/client_perf': 'taken and dropped: EnableClientMetrics is off',
}

export const mattermostRoutes: readonly CoveredRoute[] = covered()

function covered(): CoveredRoute[] {
  // Routes are only listed, never called: the core is not needed.
  const options = {
    core: {} as Core,
    mattermost: {} as MattermostCore,
    log: {} as Logger,
    siteUrl: '',
    build: '',
  }
  const built = new Set(
    mattermostFace(new Face(options)).routes.map(({ method, path }) => keyOf(method, path)),
  )
  return knownRoutes.map((route) => stateOf(route, built))
}

function stateOf(route: KnownRoute, built: ReadonlySet<string>): CoveredRoute {
  const { method, path, tier } = route
  const key = `${method} ${path}`
  const elsewhere = ELSEWHERE[key]
  if (elsewhere) return { method, path, tier, state: 'done', note: elsewhere }
  if (!built.has(keyOf(method, path))) {
    return { method, path, tier, state: refusalState(route), ...(route.licensed ? { note: 'licence' } : {}) }
  }
  const note = OFF[key]
  return { method, path, tier, state: 'done', ...(note ? { note } : {}) }
}

/** Names of parameters do not matter. */
function keyOf(method: string, path: string): string {
  return `${method} ${path.replaceAll(/\{[^}]+\}|:[a-z_]+/g, '*').replace(/(.)\/$/, '$1')}`
}
