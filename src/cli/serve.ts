/** `hubbub serve`: runs until it is told to stop, then stops in order. */
import { heapSize } from 'bun:jsc'
import type { Config } from '../config/index.ts'
import { createLogger } from '../drivers/log.ts'
import { type Running, startServer } from '../compose.ts'

/** Resolves with the exit code once the server has stopped. */
export async function serve(config: Config): Promise<number> {
  const log = createLogger({ level: logLevel(config), format: config.operations.logFormat })
  for (const notice of config.notices) log.info(notice)
  const running = await startServer(config, log)
  log.info(`Hubbub is ready: ${running.url}`)
  giveBack(running)
  keepHeapSmall()
  const signal = await stopSignal()
  log.info('stopping', { signal })
  // Whatever hangs must not keep the process: what was acknowledged is in the database already.
  const deadline = setTimeout(() => process.exit(1), config.server.shutdownMs)
  deadline.unref()
  await running.stop()
  log.info('stopped')
  return 0
}

/** How long after the start, or after the last time that it was busy. */
const GIVE_BACK_MS = 3_000

/** A start leaves code and garbage behind that is not needed again, a tenth of all memory: given back in a quiet moment. */
function giveBack(running: Pick<Running, 'server'>): void {
  setTimeout(() => {
    if (running.server.pendingRequests > 0) return giveBack(running)
    Bun.gc(true)
    Bun.shrink()
  }, GIVE_BACK_MS).unref()
}

const LOOK_AT_HEAP_MS = 10_000
/** More than what was left after the last collection. */
const GROWN = 1.2

/**
 * Left alone, the engine lets garbage pile up to several times what lives: 250 people kept 35 MB alive and had
 * 150 MB. Collecting every 20 s while there is something to collect runs beside the program, not in its way.
 */
function keepHeapSmall(): void {
  let settled = heapSize()
  let collected = false
  setInterval(() => {
    const size = heapSize()
    if (collected) settled = size
    collected = !collected && size > settled * GROWN
    if (collected) Bun.gc(false)
  }, LOOK_AT_HEAP_MS).unref()
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
