// A request of a face sent on to a provider as it is, for faces that imitate a model API: only the credentials are
// exchanged. Nothing of the answer is read here.
import type { ProxyInit } from './provider.ts'

/** Headers that belong to the caller's connection or name the caller. */
const CALLERS_OWN = [
  'host',
  'cookie',
  'connection',
  'content-length',
  'transfer-encoding',
  'authorization',
  'accept-encoding',
]

/** The address of `path` below `baseUrl`, or null when the path leads out of it. */
export function proxyTarget(baseUrl: string, path: string): URL | null {
  const base = URL.parse(baseUrl)
  const url = URL.parse(baseUrl + path)
  if (!path.startsWith('/') || base === null || url?.origin !== base.origin) return null
  return url.pathname.startsWith(`${base.pathname.replace(/\/$/, '')}/`) ? url : null
}

/** Sends it. The answer comes back undecoded, so that its headers still fit its body. */
export function passThrough(
  url: URL,
  init: ProxyInit,
  providerHeaders: Readonly<Record<string, string>>,
  apiKey: string | null,
): Promise<Response> {
  const headers = new Headers(init.headers)
  for (const name of CALLERS_OWN) headers.delete(name)
  for (const [name, value] of Object.entries(providerHeaders)) headers.set(name, value)
  if (apiKey) headers.set('authorization', `Bearer ${apiKey}`)
  headers.set('accept-encoding', 'identity')
  const { method, body, signal } = init
  return fetch(url, { method, headers, body, signal, redirect: 'manual', decompress: false })
}
