// Looks at the server from outside while a soak runs: memory, handles, the database's files, stalls, its log.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Sample {
  atS: number
  rssMb: number
  handles: number
  walMb: number
  dbMb: number
}

export interface Stalls {
  /** Answers to /health that took longer than 200 ms while our own loop was on time. */
  theirs: number
  worstMs: number
  /** Probes that say nothing: this process was late itself, or the server waited for a core of a busy machine. */
  ours: number
  probes: number
}

const SAMPLE_MS = 5_000
const PROBE_MS = 100
const STALL_MS = 200

export class Watch {
  readonly samples: Sample[] = []
  readonly stalls: Stalls = { theirs: 0, worstMs: 0, ours: 0, probes: 0 }
  readonly #pid: number
  readonly #dataDir: string
  readonly #url: string
  readonly #startedAt = performance.now()
  readonly #timers: ReturnType<typeof setInterval>[] = []
  #probing = false

  constructor(pid: number, dataDir: string, url: string) {
    this.#pid = pid
    this.#dataDir = dataDir
    this.#url = url
  }

  start(): void {
    this.#timers.push(setInterval(() => this.samples.push(this.sample()), SAMPLE_MS))
    let due = performance.now() + PROBE_MS
    let late = 0
    this.#timers.push(
      setInterval(() => {
        late = performance.now() - due
        due = performance.now() + PROBE_MS
        if (late > STALL_MS / 2) this.#lateAt = performance.now()
        if (!this.#probing) void this.#probe()
      }, PROBE_MS),
    )
  }

  #lateAt = 0

  async #probe(): Promise<void> {
    this.#probing = true
    const startedAt = performance.now()
    const waitedBefore = waitedMs(this.#pid)
    await fetch(`${this.#url}/health`).then(
      (response) => response.text(),
      () => null,
    )
    // Let our own timers show whether this process was the slow one.
    await Bun.sleep(PROBE_MS)
    const ms = performance.now() - startedAt - PROBE_MS
    this.stalls.probes++
    if (ms > STALL_MS) {
      const waited = waitedMs(this.#pid) - waitedBefore
      if (this.#lateAt > startedAt || waited > ms / 2) this.stalls.ours++
      else {
        this.stalls.theirs++
        this.stalls.worstMs = Math.max(this.stalls.worstMs, ms)
      }
    }
    this.#probing = false
  }

  sample(): Sample {
    const files = readdirSync(this.#dataDir)
    const size = (end: string) =>
      files
        .filter((name) => name.endsWith(end))
        .reduce((sum, name) => sum + statSync(join(this.#dataDir, name)).size / 1e6, 0)
    return {
      atS: Math.round((performance.now() - this.#startedAt) / 1_000),
      rssMb: Math.round(rssMb(this.#pid)),
      handles: readdirSync(`/proc/${this.#pid}/fd`).length,
      walMb: Number(size('-wal').toFixed(1)),
      dbMb: Number(size('.db').toFixed(1)),
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Medians of memory in the thirds of the time after the warm-up. */
  thirds(fromS: number): number[] {
    const warm = this.samples.filter(({ atS }) => atS >= fromS).map(({ rssMb: mb }) => mb)
    const length = Math.floor(warm.length / 3)
    return [0, 1, 2].map((n) => {
      const part = warm.slice(n * length, (n + 1) * length).toSorted((a, b) => a - b)
      return part[Math.floor(part.length / 2)] ?? 0
    })
  }
}

export function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
}

/** How long the main thread was ready to run and had no core, so far (schedstat: nanoseconds). */
function waitedMs(pid: number): number {
  const [, waited] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')
  return Number(waited) / 1e6
}
