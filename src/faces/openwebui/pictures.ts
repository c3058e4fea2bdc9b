/** Pictures of people and models: stored bytes, data: URIs, or the front end's own default. */
import type { FaceContext } from './module.ts'

const DEFAULT_USER = '/user.png'
const INLINE = /^data:(image\/(?:png|jpeg|gif|webp|svg\+xml|x-icon));base64,(.+)$/s

/** SVG may hold scripts: shown as a picture only, never as a page. */
const SAFE = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'x-content-type-options': 'nosniff',
}

/** An image from a data: URI, or null when it is none. */
export function inlineImage(url: string | null): Response | null {
  const parts = url ? INLINE.exec(url) : null
  if (!parts) return null
  const bytes = Buffer.from(parts[2] ?? '', 'base64')
  return new Response(bytes, {
    headers: { 'content-type': parts[1] ?? '', 'content-disposition': 'inline', ...SAFE },
  })
}

/** A path of our own or an address that the browser may follow itself; null when it is neither. */
export function redirectTo(url: string | null): Response | null {
  if (!url || !/^(https?:\/\/|\/[^/\\])/.test(url)) return null
  return new Response(null, { status: 302, headers: { location: url } })
}

export async function userPicture(face: FaceContext, userId: string, request: Request): Promise<Response> {
  const user = await face.core.users.byId(userId)
  if (user?.avatarKey) {
    const stored = await face.core.roomReads.avatar(user.avatarKey)
    if (stored)
      return new Response(stored.body, { headers: { 'content-type': stored.object.contentType, ...SAFE } })
  }
  const own = inlineImage(user?.profileImageUrl ?? null)
  if (own) return own
  const self = new URL(request.url).pathname
  const address = user?.profileImageUrl ?? null
  return (address === self ? null : redirectTo(address)) ?? toDefault(DEFAULT_USER)
}

/** `meta.profile_image_url` of a model's row. */
export function modelPicture(url: string | null): Response {
  return inlineImage(url) ?? redirectTo(url) ?? toDefault('/static/favicon.png')
}

const toDefault = (path: string): Response => new Response(null, { status: 302, headers: { location: path } })
