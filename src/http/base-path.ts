/** A server that people reach below a path (PUBLIC_URL=https://example.com/chat) answers there as it does at the root. */

/** The path of that address: '' at the root, else '/chat'. */
export function basePathOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')
}

/** The same request as though it had come to the root; one that is not below the path stays as it is. */
export function belowBase(request: Request, base: string): Request {
  if (base === '') return request
  const url = new URL(request.url)
  if (url.pathname !== base && !url.pathname.startsWith(`${base}/`)) return request
  url.pathname = url.pathname.slice(base.length) || '/'
  return new Request(url, request)
}
