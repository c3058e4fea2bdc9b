// A whole server for a test, on a free port with a folder of its own, as main.ts would start it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, type Running } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/index.ts'
import type { CoreDeps } from '../../src/core/deps.ts'
import type { Logger } from '../../src/core/ports.ts'
import { createLogger } from '../../src/drivers/log.ts'

export interface TestServer extends Running {
  /** Without a slash at its end. */
  readonly url: string
  readonly dataDir: string
  /** Log entries of level error: most tests end with none. */
  readonly errors: string[]
  /** Stops it; the folder goes too unless `keep`. */
  stop(keep?: boolean): Promise<void>
}

export interface TestServerOptions {
  /** Environment as a person would set it; limits are off unless given. */
  env?: Record<string, string>
  /** A folder used before: the server starts again on what is there. */
  dataDir?: string
  overrides?: Partial<CoreDeps>
  /** Instead of the one that keeps errors. */
  log?: Logger
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'hubbub-test-'))
  const errors: string[] = []
  const env = {
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    WEBUI_SECRET_KEY: 'a secret for tests only, long enough',
    RATE_LIMIT_ENABLED: 'false',
    ...options.env,
  }
  const running = await startServer(
    loadConfig(env, dataDir),
    options.log ?? testLog(errors),
    options.overrides,
  )
  return {
    ...running,
    url: `http://127.0.0.1:${running.server.port}`,
    dataDir,
    errors,
    stop: async (keep = false) => {
      await running.stop()
      if (!keep) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Keeps errors for the test to look at; shows everything with TEST_LOG=debug. */
function testLog(errors: string[]): Logger {
  const shown = process.env['TEST_LOG'] === undefined ? 'silent' : 'debug'
  const log = createLogger({ level: shown, format: 'pretty' })
  const keep = createLogger({ level: 'error', format: 'json', write: (line) => void errors.push(line) })
  return { ...log, error: (message, fields) => (log.error(message, fields), keep.error(message, fields)) }
}
