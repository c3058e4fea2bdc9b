/** The whole route map on one screen: operations, three faces, the API's own page, the web client. */
import { Elysia } from 'elysia'
import { assetResponse, clientAssets } from './assets.ts'
import { type Face as MattermostFace, mattermostFace } from './faces/mattermost/index.ts'
import { mailPage } from './faces/mattermost/mail-pages.ts'
import { apiDocument, type DocumentedRoute } from './faces/native/api-docs.ts'
import { toResponse } from './faces/native/errors.ts'
import { nativeFace, type NativeOptions } from './faces/native/index.ts'
import { openwebuiFace, type OpenwebuiOptions } from './faces/openwebui/index.ts'
import { docsPage } from './http/docs-page.ts'
import type { FrontEnds } from './http/front-ends.ts'
import { operations, type OperationsOptions } from './http/operations.ts'
import { peerOf } from './realtime/peer.ts'
import { VERSION } from './version.ts'

export interface AppOptions {
  native: NativeOptions
  openwebui: OpenwebuiOptions
  mattermost: MattermostFace
  operations: OperationsOptions
  frontEnds: FrontEnds
}

/** Scripts of ours only; styles also inline, because KaTeX and highlighting set them. */
const clientPolicy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "script-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

export const createApp = (options: AppOptions) => {
  const native = nativeFace(options.native)
  // The default drops unknown fields before it checks, and so makes a list of objects of a text ("xyz" → [{}, {}, {}]).
  return new Elysia({ name: 'hubbub', normalize: 'typebox' })
    .use(docsPage(() => nativeDocument(native.routes)))
    .use(operations(options.operations))
    .use(native)
    .use(openwebuiFace(options.openwebui))
    .use(mattermostFace(options.mattermost))
    .all('/*', ({ request }) => page(request, options))
    .onError(({ error, code, request }) =>
      toResponse(error, code, (unknown) =>
        options.native.log.error('a request failed', {
          request_id: peerOf(request).requestId,
          error: unknown,
        }),
      ),
    )
}

/** The OpenAPI document of the native face, as /docs/json and docs/openapi.json have it. */
export function nativeDocument(routes: readonly unknown[]): object {
  return apiDocument(routes as readonly DocumentedRoute[], VERSION)
}

/** Whatever is no route: a foreign front end where one is configured, else our client and its pages. */
async function page(request: Request, { frontEnds, mattermost }: AppOptions): Promise<Response> {
  const foreign = frontEnds.of(request)
  // Mattermost's front end has pages of its own for the links in e-mail.
  const linked = foreign?.kind === 'mattermost' ? null : await mailPage(mattermost, request)
  if (linked) return linked
  if (foreign) return foreign.respond(request)
  const { pathname } = new URL(request.url)
  if ((request.method !== 'GET' && request.method !== 'HEAD') || pathname.startsWith('/api/')) {
    return toResponse(null, 'NOT_FOUND', () => {})
  }
  const assets = await clientAssets()
  const asset = assets.get(pathname) ?? (/\.\w{1,8}$/.test(pathname) ? undefined : assets.get('/index.html'))
  if (!asset) return toResponse(null, 'NOT_FOUND', () => {})
  return assetResponse(asset, request, { 'content-security-policy': clientPolicy })
}
