/**
 * What is answered on routes that exist in Mattermost and not here. Those that its own server keeps for
 * licences answer as an unlicensed one; the others say honestly that they are not built.
 */
import { MmError, refuse } from './errors.ts'
import { type KnownRoute, knownRoutes } from './routes-data.ts'

/** Where the recorded unlicensed server answers neither 501 nor 404. */
const FORBIDDEN =
  /^\/api\/v4\/(trial-license\/prev$|custom_profile_attributes|users\/[^/]+\/custom_profile_attributes)/

const PREFIX = '/api/v4'
const bySize = new Map<string, KnownRoute[]>()
for (const route of knownRoutes) {
  if (!route.path.startsWith(PREFIX)) continue
  const key = `${route.method} ${route.path.split('/').length}`
  const list = bySize.get(key)
  if (list) list.push(route)
  else bySize.set(key, [route])
}

/** The refusal for a path that no module has. */
export function refusalOf(method: string, path: string): MmError {
  const route = knownRouteOf(method, path)
  if (!route) return refuse.path()
  if (FORBIDDEN.test(path)) return forbidden()
  if (route.licensed) return refuse.licence()
  return new MmError(501, 'api.not_built.app_error', `${method} ${route.path} is not built in this server.`)
}

export function knownRouteOf(method: string, path: string): KnownRoute | null {
  const parts = path.replace(/\/+$/, '').split('/')
  const fits = (route: KnownRoute) =>
    route.path.split('/').every((part, index) => part.startsWith('{') || part === parts[index])
  return bySize.get(`${method} ${parts.length}`)?.find(fits) ?? null
}

/** `501`, `403` or `404`, for the table of what is covered. */
export function refusalState(route: KnownRoute): string {
  if (!route.path.startsWith(PREFIX)) return '404'
  return FORBIDDEN.test(route.path) ? '403' : '501'
}

function forbidden(): MmError {
  return new MmError(403, 'api.license_error', 'Your license does not support this feature.')
}
