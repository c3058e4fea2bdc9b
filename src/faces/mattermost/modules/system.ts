/** What clients ask before and right after signing in: configuration, licence, roles, ping, notices. */
import { Elysia } from 'elysia'
import { actorOf } from '../auth.ts'
import { SERVER_VERSION } from '../config/server-config.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { roleById, roleByName, ROLES } from '../present/roles.ts'
import { isRecord } from '../wire/fields.ts'

const UNLICENSED = '{"IsLicensed":"false"}'

export const system = (face: Face) =>
  new Elysia({ name: 'mattermost.system' })
    .get(
      '/config/client',
      face.open(async (call) => {
        const actor = await actorOf(face.core, call.request.headers, call.ip)
        return face.raw(await face.config.clientJson(actor === null))
      }),
    )
    .get(
      '/license/client',
      face.open((call) => {
        if (call.text('format') === '') {
          throw new MmError(400, 'api.license.client.old_format.app_error', 'New format is not supported.')
        }
        return face.raw(UNLICENSED)
      }),
    )
    .get(
      '/license/load_metric',
      // Of the people that a licence allows: without one there is no such number.
      face.user(() => face.json({ load: 0 })),
    )
    .get(
      '/system/ping',
      face.open((call) => ping(face, call.flag('get_server_status'), call.text('device_id'))),
    )
    .head(
      '/system/ping',
      face.open(() => ping(face, false, '')),
    )
    .get(
      '/system/timezones',
      face.user(() => face.json(Intl.supportedValuesOf('timeZone'))),
    )
    .get(
      '/system/notices/:team_id',
      face.user(() => face.json([])),
    )
    .put(
      '/system/notices/view',
      face.user(() => face.ok()),
    )
    .get(
      '/system/schema/version',
      face.user(() => face.json([])),
    )
    .get(
      '/system/onboarding/complete',
      face.admin(() => face.json({ name: 'FirstAdminSetupComplete', value: 'true' })),
    )
    .post(
      '/system/onboarding/complete',
      face.admin(() => face.ok()),
    )
    .get(
      '/limits/server',
      face.user(() => face.json(LIMITS)),
    )
    .get(
      '/plugins/webapp',
      face.open(() => face.json([])),
    )
    .post(
      '/client_perf',
      face.user(() => face.ok()),
    )
    .get(
      '/roles',
      face.admin(() => face.json(ROLES)),
    )
    .post(
      '/roles/names',
      face.user(async (call) => {
        const names = await call.list('role_names', 100)
        return face.json(names.flatMap((name) => (typeof name === 'string' ? (roleByName(name) ?? []) : [])))
      }),
    )
    .get(
      '/roles/name/:role_name',
      face.user((call) => role(face, roleByName(call.param('role_name')))),
    )
    .get(
      '/roles/:role_id',
      face.user((call) => role(face, roleById(call.param('role_id')))),
    )
    .get(
      '/config',
      face.admin(() => face.json(face.config.masked())),
    )
    .put(
      '/config',
      face.admin(async (call) => {
        const sent = await call.json()
        if (!isRecord(sent)) throw refuse.bodyParam('config')
        return face.json(await face.config.update(call.actor, sent, 'replace'))
      }),
    )
    .put(
      '/config/patch',
      face.admin(async (call) => {
        const sent = await call.json()
        if (!isRecord(sent)) throw refuse.bodyParam('config')
        return face.json(await face.config.update(call.actor, sent, 'patch'))
      }),
    )
    .get(
      '/config/environment',
      face.admin(() => face.json(fromEnvironment(face))),
    )
    .post(
      '/config/reload',
      face.admin(() => face.ok()),
    )
    .post(
      '/caches/invalidate',
      face.admin(() => face.ok()),
    )

/** Without limits: everything nought. */
const LIMITS = {
  maxUsersLimit: 0,
  maxUsersHardLimit: 0,
  activeUserCount: 0,
  singleChannelGuestCount: 0,
  singleChannelGuestLimit: 0,
  postHistoryLimit: 0,
  lastAccessiblePostTime: 0,
}

async function ping(face: Face, withParts: boolean, deviceId: string): Promise<Response> {
  const body: Record<string, unknown> = {
    status: 'OK',
    ActiveSearchBackend: 'database',
    AndroidLatestVersion: '',
    AndroidMinVersion: '',
    IosLatestVersion: '',
    IosMinVersion: '',
    Version: SERVER_VERSION,
  }
  if (deviceId) body.CanReceiveNotifications = 'unknown'
  if (withParts) Object.assign(body, { database_status: await databaseState(face), filestore_status: 'OK' })
  return face.json(body)
}

async function databaseState(face: Face): Promise<string> {
  try {
    await face.core.users.count()
    return 'OK'
  } catch {
    return 'UNHEALTHY'
  }
}

function role(face: Face, found: unknown): Response {
  if (!found) throw refuse.notFound('app.role.get_by_name.app_error', 'There is no such role.')
  return face.json(found)
}

/** Which settings the environment decides; the system console greys them out. */
function fromEnvironment(face: Face): Record<string, unknown> {
  return face.options.siteUrl ? { ServiceSettings: { SiteURL: true } } : {}
}
