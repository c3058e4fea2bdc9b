/** What every module of this face is made with. */
import type { Config } from '../../config/index.ts'
import type { Logger } from '../../core/ports.ts'
import type { FaceCore } from './face-core.ts'
import type { OpenwebuiSockets } from './socket/index.ts'

export interface FaceContext {
  core: FaceCore
  log: Logger
  config: Pick<Config, 'auth' | 'openwebui' | 'server' | 'files'>
  sockets: OpenwebuiSockets
  /** A value of Open WebUI's `config` table. */
  setting<T>(key: string): T
}

/** The release whose front end this face serves; a change makes browsers reload. */
export const OPEN_WEBUI_VERSION = '0.12.4'
