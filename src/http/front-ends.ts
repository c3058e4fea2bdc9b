/**
 * Which built front end answers at `/` when a foreign one is configured: by host name, by port, or for
 * all. Its kind is told by its files; how each kind is served is its face's business.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FrontEndFolder } from '../config/index.ts'

export interface FrontEnd {
  readonly kind: 'openwebui' | 'mattermost'
  readonly dir: string
  respond(request: Request): Promise<Response>
}

export type FrontEndKinds = Record<FrontEnd['kind'], (dir: string) => Omit<FrontEnd, 'kind' | 'dir'>>

export interface FrontEnds {
  /** null = our own client answers this host and port. */
  of(request: Request): FrontEnd | null
}

export function openFrontEnds(folders: readonly FrontEndFolder[], kinds: FrontEndKinds): FrontEnds {
  const entries = folders.map(({ host, port, dir }) => {
    // Mattermost's web build begins at root.html; Open WebUI's at index.html.
    const kind = existsSync(join(dir, 'root.html')) ? 'mattermost' : 'openwebui'
    return {
      host: host?.toLowerCase() ?? null,
      port,
      frontEnd: { ...kinds[kind](dir), kind, dir } as FrontEnd,
    }
  })
  return {
    of(request) {
      if (entries.length === 0) return null
      const { hostname, port } = new URL(request.url)
      const match = entries.find((entry) => {
        const hostFits = entry.host === null || entry.host === hostname.toLowerCase()
        return hostFits && (entry.port === null || String(entry.port) === port)
      })
      return match?.frontEnd ?? null
    },
  }
}
