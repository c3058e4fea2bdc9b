/** A picture of a person over HTTP: for everyone, cacheable for ever since a new one has a new name. */
import type { Core } from '../../../../core/core.ts'
import { fault } from '../../../../core/faults.ts'

export async function avatarResponse(core: Core, file: string, request: Request): Promise<Response> {
  const found = await core.accounts.openAvatar(`avatars/${file}`)
  if (!found) throw fault.notFound('file.not_found', 'There is no such picture.')
  const { object, body } = found
  const headers = {
    'content-type': object.contentType,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    etag: object.etag,
  }
  if (request.headers.get('if-none-match') === object.etag)
    return new Response(null, { status: 304, headers })
  return new Response(body, { headers })
}
