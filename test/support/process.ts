// The real program in a process of its own, for what only a process can show: signals, kills, full disks.
import { join } from 'node:path'
import { freePort } from './free-port.ts'

export interface ServerProcess {
  readonly url: string
  readonly child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>
  /** Everything on standard error, once the process has ended. */
  readonly log: Promise<string>
  /** Exit code; null when a signal ended it. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>
}

const MAIN = join(import.meta.dir, '../../src/main.ts')
const START_MS = 15_000

/** `bun src/main.ts` with this environment and limits off, as soon as it answers. */
export async function startProcess(env: Record<string, string>): Promise<ServerProcess> {
  const port = await freePort()
  const child = Bun.spawn(['bun', MAIN], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      HOST: '127.0.0.1',
      PORT: String(port),
      WEBUI_SECRET_KEY: 'a secret for tests only, long enough',
      RATE_LIMIT_ENABLED: 'false',
      ...env,
    },
    cwd: env['DATA_DIR'],
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const log = new Response(child.stderr).text()
  const url = `http://127.0.0.1:${port}`
  const deadline = performance.now() + START_MS
  for (;;) {
    const answer = await fetch(`${url}/health`).catch(() => null)
    if (answer?.status === 200) break
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`The server did not start:\n${await log}`)
    }
    await Bun.sleep(10) // between two looks; the deadline is above
  }
  return {
    url,
    child,
    log,
    async end(signal) {
      child.kill(signal)
      await child.exited
      return child.signalCode === null ? child.exitCode : null
    },
  }
}
