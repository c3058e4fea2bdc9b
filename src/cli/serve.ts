/** `hubbub serve`: runs until it is told to stop, then stops in order. */
import type { Config } from '../config/index.ts'
import { createLogger } from '../drivers/log.ts'
import { startServer } from '../compose.ts'

/** Resolves with the exit code once the server has stopped. */
export async function serve(config: Config): Promise<number> {
  const log = createLogger({ level: logLevel(config), format: config.operations.logFormat })
  for (const notice of config.notices) log.info(notice)
  const running = await startServer(config, log)
  log.info(`Hubbub is ready: ${running.url}`)
  const signal = await stopSignal()
  log.info('stopping', { signal })
  // Whatever hangs must not keep the process: what was acknowledged is in the database already.
  const deadline = setTimeout(() => process.exit(1), config.server.shutdownMs)
  deadline.unref()
  await running.stop()
  log.info('stopped')
  return 0
}

/** Names of RUST_LOG that our log does not have. */
function logLevel({ operations: { logLevel: level } }: Config) {
  if (level === 'off') return 'silent' as const
  return level === 'trace' ? ('debug' as const) : level
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}
