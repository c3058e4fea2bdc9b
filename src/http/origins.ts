/** Which web pages may talk to us with a person's cookies or sockets: our own, and those of CORS_ALLOW_ORIGIN. */

export interface Origins {
  /** Same host as the request, or allowed by name. No Origin: not a browser, or one's own page. */
  allowed(origin: string | null, request: Request): boolean
  /** The value for Access-Control-Allow-Origin, or null when a foreign page gets none. */
  allowHeader(origin: string | null): string | null
  /** Allowed by its own name, so that it may come with cookies; `*` lets nobody's cookies in. */
  isNamed(origin: string): boolean
}

export function originRules(corsOrigins: readonly string[], publicUrl: string | undefined): Origins {
  const any = corsOrigins.includes('*')
  const named = new Set(corsOrigins.map((origin) => origin.toLowerCase()))
  if (publicUrl) named.add(new URL(publicUrl).origin.toLowerCase())
  return {
    allowed(origin, request) {
      if (origin === null) return true
      return named.has(origin.toLowerCase()) || hostOf(origin) === request.headers.get('host')?.toLowerCase()
    },
    allowHeader(origin) {
      if (origin === null || origin === 'null') return null
      return any || named.has(origin.toLowerCase()) ? origin : null
    },
    isNamed: (origin) => named.has(origin.toLowerCase()),
  }
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null
}
