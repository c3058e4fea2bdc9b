/** /docs: Swagger UI from our own files, so that it works without the internet and under our content policy. */
import { Elysia } from 'elysia'
import { assetResponse, docsAssets, type Asset } from '../assets.ts'

/** Swagger UI sets styles inline and draws its icons from data: URIs; scripts are files of ours only. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hubbub API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`

/** After a log-in or sign-up that was tried on the page, its token goes with all further calls. */
const START = `window.ui = SwaggerUIBundle({
  url: '/docs/json',
  dom_id: '#swagger-ui',
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
  deepLinking: true,
  tryItOutEnabled: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  responseInterceptor: (response) => {
    const token = /\\/api\\/auth\\/(login|register|nostr\\/verify)$/.test(response.url) && response.ok && response.body?.token
    if (token) window.ui.preauthorizeApiKey('bearer', token)
    return response
  },
})
`

/** `document` is made at the first request: most servers never hear one. */
export function docsPage(document: () => object) {
  let json: string | undefined
  return new Elysia({ name: 'docs' })
    .get('/docs', () => text(PAGE, 'text/html; charset=utf-8'), { detail: { hide: true } })
    .get('/docs/json', () => text((json ??= JSON.stringify(document())), 'application/json'), {
      detail: { hide: true },
    })
    .get('/docs/start.js', () => text(START, 'text/javascript; charset=utf-8'), { detail: { hide: true } })
    .get('/docs/swagger-ui.css', ({ request }) => file('/swagger-ui.css', request), {
      detail: { hide: true },
    })
    .get('/docs/swagger-ui-bundle.js', ({ request }) => file('/swagger-ui-bundle.js', request), {
      detail: { hide: true },
    })
}

function text(body: string, type: string): Response {
  return new Response(body, {
    headers: { 'content-type': type, 'cache-control': 'no-cache', 'content-security-policy': POLICY },
  })
}

async function file(name: string, request: Request): Promise<Response> {
  const asset: Asset | undefined = (await docsAssets()).get(name)
  if (!asset) throw new Error(`${name} is missing in the files of Swagger UI.`)
  return assetResponse(asset, request)
}
