/** Redirects of links, pictures of teams, and public links to files. */
import { Elysia } from 'elysia'
import type { Uuid } from '../../../core/types.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { fromWire, toWire } from '../ids.ts'
import type { Call } from '../wire/call.ts'
import type { OpenCall } from '../wire/call.ts'
import { readForm } from '../wire/multipart.ts'

const HEAD_TIMEOUT_MS = 5_000

export const links = (face: Face) =>
  new Elysia({ name: 'mattermost.links' })
    .get(
      '/redirect_location',
      face.user((call) => redirect(face, call)),
    )
    .post(
      '/teams/:team_id/image',
      face.user((call) => setIcon(face, call)),
    )
    .delete(
      '/teams/:team_id/image',
      face.user(async (call) => {
        await face.mm.teamIcons.remove(call.actor, call.id('team_id'))
        return face.ok()
      }),
    )
    .get(
      '/teams/:team_id/image',
      face.user((call) => icon(face, call)),
    )

/** Outside `/api/v4`: files for whoever has the link. */
export const publicFiles = (face: Face) =>
  new Elysia({ name: 'mattermost.public-files' })
    .get(
      '/files/:file_id/public',
      face.open((call) => publicFile(face, call)),
    )
    .head(
      '/files/:file_id/public',
      face.open((call) => publicFile(face, call)),
    )

async function redirect(face: Face, call: Call): Promise<Response> {
  const url = call.text('url')
  if (url === '') throw refuse.urlParam('url')
  const location = await locationOf(face, url)
  return face.json({ location }, 200, { 'Cache-Control': 'max-age=3600, private' })
}

/** Whatever cannot be reached, or may not, redirects nowhere. */
async function locationOf(face: Face, url: string): Promise<string> {
  if (!face.config.value('ServiceSettings.EnableLinkPreviews', true)) return ''
  try {
    const answer = await face.mm.outside.send({ method: 'HEAD', url, timeoutMs: HEAD_TIMEOUT_MS })
    return answer.url === url ? '' : answer.url
  } catch {
    return ''
  }
}

async function setIcon(face: Face, call: Call): Promise<Response> {
  const form = await readForm(call, face.config.value('FileSettings.MaxFileSize', 104_857_600))
  const picture = form.files.find((one) => one.field === 'image')
  if (!picture) throw refuse.bodyParam('image')
  await face.mm.teamIcons.set(call.actor, call.id('team_id'), picture.file.bytes)
  return face.ok()
}

async function icon(face: Face, call: Call): Promise<Response> {
  const team = await face.core.teams.byId(call.actor, call.id('team_id'))
  const found = await face.mm.teamIcons.open(team.id)
  if (!found) throw refuse.notFound('api.team.get_team_icon.read_file.app_error', 'This team has no icon.')
  const headers = face.replies.headers(found.object.contentType, {
    'Cache-Control': 'private, max-age=86400',
  })
  return new Response(found.body, { headers })
}

export async function fileLink(face: Face, fileId: Uuid, request: Request): Promise<string> {
  const signature = await face.mm.publicLinks.sign(fileId)
  return `${face.siteUrl(request)}/files/${toWire(fileId)}/public?h=${signature}`
}

async function publicFile(face: Face, call: OpenCall): Promise<Response> {
  if (!face.config.value('FileSettings.EnablePublicLink', false)) {
    throw new MmError(403, 'api.file.get_file.public_disabled.app_error', 'Public links have been disabled.')
  }
  const id = fromWire(call.param('file_id'))
  if (id === null) throw refuse.urlParam('file_id')
  const file = await face.mm.publicLinks.open(id, call.text('h'))
  const found = await face.core.files.open(file, 'original')
  if (!found) throw refuse.notFound('app.file_info.get.app_error', 'The file is gone.')
  const safe = /^image\/(png|jpeg|gif|webp)$/.test(file.contentType)
  const headers = face.replies.headers(file.contentType, {
    'Content-Disposition': `${safe ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'Content-Length': String(file.sizeBytes),
    'Content-Security-Policy': "default-src 'none'; sandbox",
  })
  return new Response(call.request.method === 'HEAD' ? null : found.body, { headers })
}
