// The program under soak: the binary on loopback with a folder of its own, and a model provider beside it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProcess, type ServerProcess } from './process.ts'

export interface SoakServer {
  server: ServerProcess
  dataDir: string
  /** What it logged of warn and above. */
  log(): string[]
  stop(): Promise<void>
}

export async function startSoakServer(binary: string): Promise<SoakServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hubbub-soak-'))
  const logPath = join(dataDir, 'soak.log')
  const upstreamPort = freePort()
  const upstream = await startProcess({
    command: ['bun', join(import.meta.dir, 'upstream.ts')],
    env: { PORT: String(upstreamPort) },
    port: upstreamPort,
    readyPath: '/v1/models',
  })
  const port = freePort()
  const server = await startProcess({
    // The shell gives way to the program, so the process id is the program's.
    command: ['sh', '-c', 'exec "$SOAK_BINARY" 2>"$SOAK_LOG"'],
    env: {
      SOAK_BINARY: binary,
      SOAK_LOG: logPath,
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'warn',
      RATE_LIMIT_ENABLED: 'false',
      WEBUI_SECRET_KEY: 'only for the soak, only for the soak',
      OPENAI_API_BASE_URL: `${upstream.url}/v1`,
      OPENAI_API_KEY: 'none',
      DEFAULT_MODEL: 'test-echo',
      DEFAULT_USER_ROLE: 'user',
    },
    port,
    readyPath: '/health',
  })
  return {
    server,
    dataDir,
    log: () =>
      readFileSync(logPath, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    stop: async () => {
      await Promise.all([server.stop(), upstream.stop()])
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
