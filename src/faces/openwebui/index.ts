/**
 * Open WebUI's API, for its unmodified front end and for programs written against it. Its supported
 * subset is in README.md; what is known and not built answers 501 (coverage.ts).
 */
import { Elysia } from 'elysia'
import type { Config } from '../../config/index.ts'
import type { OpenwebuiCore } from '../../core/chats/core-part.ts'
import type { Core } from '../../core/core.ts'
import { CONFIG_DEFAULTS } from '../../core/open-webui-config/defaults.ts'
import type { Logger } from '../../core/ports.ts'
import { peerOf } from '../../realtime/peer.ts'
import { notBuilt } from './coverage.ts'
import { toResponse } from './errors.ts'
import { faceCore } from './face-core.ts'
import type { FaceContext } from './module.ts'
import { builtModules } from './modules/index.ts'
import type { OpenwebuiSockets } from './socket/index.ts'

export interface OpenwebuiOptions {
  core: Core
  openwebui: OpenwebuiCore
  log: Logger
  config: Pick<Config, 'auth' | 'openwebui' | 'server' | 'files'>
  sockets: OpenwebuiSockets
}

export function openwebuiFace(options: OpenwebuiOptions) {
  const { core, openwebui, log, config, sockets } = options
  const face: FaceContext = {
    core: faceCore(core, openwebui),
    log,
    config,
    sockets,
    setting: <T>(key: string): T => core.settings.get<unknown>(key, CONFIG_DEFAULTS[key] ?? null) as T,
  }
  const built = builtModules(face)
  return new Elysia({ name: 'openwebui' })
    .onError(({ error, code, request }) =>
      toResponse(error, code, new URL(request.url).pathname, (unknown) =>
        log.error('an openwebui request failed', { request_id: peerOf(request).requestId, error: unknown }),
      ),
    )
    .use(built)
    .use(notBuilt(face, built.routes))
}
