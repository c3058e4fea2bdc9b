// A sweep asks every route of a router with somebody else's ids in each place that takes one.

export interface BuiltRoute {
  method: string
  path: string
}

export const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** The router's own list: `ALL` and the wildcards that catch what is no route are left out. */
export function sweepable(routes: readonly BuiltRoute[]): BuiltRoute[] {
  const seen = new Set<string>()
  return routes.filter(({ method, path }) => {
    const key = `${method} ${path}`
    if (!METHODS.has(method) || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** The path with `value(name)` in the place of each parameter. */
export function fill(path: string, value: (name: string) => string): string {
  return path.replace(/:([A-Za-z_]+)\??|\*$/g, (_all, name: string | undefined) => value(name ?? '*'))
}

/** Everything in an answer that could tell a secret, with what it was said in. */
export async function ask(
  url: string,
  route: { method: string; path: string },
  headers: Record<string, string>,
  body?: unknown,
): Promise<{ status: number; text: string; type: string }> {
  const sent = body === undefined || route.method === 'GET' ? undefined : body
  const raw = typeof sent === 'string' || sent instanceof FormData
  const answer = await fetch(url + route.path, {
    method: route.method,
    redirect: 'manual',
    headers: {
      ...(sent === undefined || sent instanceof FormData ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: raw ? (sent as BodyInit) : JSON.stringify(sent) }),
    signal: AbortSignal.timeout(5_000),
  })
  const type = answer.headers.get('content-type') ?? ''
  if (type.startsWith('text/event-stream')) {
    await answer.body?.cancel()
    return { status: answer.status, text: '', type }
  }
  return { status: answer.status, text: await answer.text(), type }
}
