/** Which routes of Open WebUI are built, and the 501 of those that are not. */
import { Elysia } from 'elysia'
import { openwebuiAuth } from './auth.ts'
import { detailResponse } from './errors.ts'
import type { FaceContext } from './module.ts'
import { builtModules } from './modules/index.ts'
import { KNOWN_ROUTES, type KnownRoute } from './known-routes.ts'

export interface RouteState {
  method: string
  path: string
  tier: KnownRoute['tier']
  state: 'done' | '501' | 'n/a'
  note?: string
}

interface BuiltRoute {
  method: string
  path: string
}

/** Answered elsewhere: by the front end's files, the operations routes, the socket. */
const ELSEWHERE: Record<string, string> = {
  'GET /': 'front end files',
  'GET /{any}': 'front end files',
  'GET /{any}?shared=': 'front end files',
  'GET /watch': 'front end files',
  'GET /static/{path}': 'front end files',
  'GET /pyodide/{path}': 'front end files',
  'GET /health': 'operations',
  'GET /ws/socket.io/': 'socket',
}

/** Built as far as the front end's pages open; the note says what is missing. */
const PARTLY: Record<string, string> = {
  'POST /api/v1/images/edit': "by OpenAI's dialect; other engines are not built",
  'POST /api/v1/images/generations': "by OpenAI's dialect; other engines are not built",
  'POST /api/v1/audio/transcriptions': "by OpenAI's dialect; other engines are not built",
  'POST /api/v1/audio/speech': "by OpenAI's dialect; other engines are not built",
  'GET /api/v1/calendars/events': 'a series stands at its first date; no runs of automations',
  'GET /api/v1/automations/list': 'always empty: automations are not built',
  'GET /api/v1/terminals/': 'always empty: there are no terminal servers',
  'GET /api/v1/pipelines/list': 'always empty: pipelines need Python',
  'GET /api/v1/knowledge/external/connections': 'always empty: external knowledge is not built',
  'GET /api/events': 'no events to subscribe to yet',
  'GET /api/events/webhooks': 'no events to subscribe to yet',
  'GET /api/v1/auths/mfa/status': 'always off: MFA is not built',
  'POST /api/v1/configs/tool_servers': 'servers that want OAuth are only stored',
  'POST /api/v1/configs/tool_servers/verify': 'not for servers that want OAuth',
  'POST /api/v1/configs/terminal_servers': 'stored; terminal servers are not called',
  'POST /api/v1/files/': 'text in pictures is not read, nor are Office files before 2007',
  'POST /api/chat/completed': 'gives back what it is given: filters need Python',
}

/** Never part of this server: pages of FastAPI itself. */
const NOT_APPLICABLE = new Set(['/docs', '/openapi.json', '/docs/oauth2-redirect', '/redoc'])

/** `/chats/{id}` and `/chats/:id` are one path; a path that takes slashes ends in `*`. */
function keyOf(method: string, path: string): string {
  const plain = path
    .replace(/\{path(:path)?\}$|\*$/, '*')
    .replace(/\{[^}]+\}|:[A-Za-z_]+\??/g, ':')
    .replace(/\/$/, '')
  return `${method} ${plain || '/'}`
}

function statesOf(routes: readonly BuiltRoute[]): RouteState[] {
  const built = new Set(routes.map((route) => keyOf(route.method, route.path)))
  return KNOWN_ROUTES.map(({ method, path, tier }) => {
    const note = ELSEWHERE[`${method} ${path}`]
    if (NOT_APPLICABLE.has(path)) return { method, path, tier, state: 'n/a' as const }
    if (note) return { method, path, tier, state: 'done' as const, note }
    // HEAD comes with GET in Elysia.
    const key = keyOf(method === 'HEAD' ? 'GET' : method, path)
    const partly = PARTLY[`${method} ${path}`]
    return {
      method,
      path,
      tier,
      state: built.has(key) ? ('done' as const) : ('501' as const),
      ...(partly && built.has(key) ? { note: partly } : {}),
    }
  })
}

/** The router wants one name for a parameter that several routes have in the same place. */
class ParameterNames {
  readonly #byPlace = new Map<string, string>()

  constructor(routes: readonly BuiltRoute[]) {
    for (const { path } of routes) this.adopt(path)
  }

  /** The path with the names that are in use already. */
  adopt(path: string): string {
    let place = ''
    const parts = path.split('/').map((part) => {
      if (!part.startsWith(':')) {
        place += `/${part}`
        return part
      }
      const name = this.#byPlace.get(place) ?? part
      this.#byPlace.set(place, name)
      place += '/:'
      return name
    })
    return parts.join('/')
  }
}

/** Registers every known route that no module has, each behind its own rank. */
export function notBuilt(face: FaceContext, routes: readonly BuiltRoute[]) {
  const app = new Elysia({ name: 'openwebui.not-built' }).use(openwebuiAuth(face.core))
  const missing = new Set(
    statesOf(routes)
      .filter(({ state, method }) => state === '501' && method !== 'HEAD' && method !== 'WEBSOCKET')
      .map(({ method, path }) => `${method} ${path}`),
  )
  const names = new ParameterNames(routes)
  for (const route of KNOWN_ROUTES) {
    if (!missing.has(`${route.method} ${route.path}`)) continue
    const path = names.adopt(
      route.path.replace(/\{path(:path)?\}$/, '*').replace(/\{([^}:]+)(:path)?\}/g, ':$1'),
    )
    const answer = () =>
      detailResponse(501, `${route.method} ${route.path} is not built in this version of Hubbub.`)
    if (route.auth === 'public') app.route(route.method, path, answer)
    else app.route(route.method, path, answer, { rank: route.auth })
  }
  return app
}

/** The state of all known routes, for docs/coverage.md. Handlers are made, none is called. */
export function routeStates(): RouteState[] {
  return statesOf(builtModules({ core: {}, config: {} } as FaceContext).routes)
}
