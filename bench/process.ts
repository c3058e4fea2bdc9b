// Servers under measurement run in processes of their own, so that their CPU time and memory are theirs alone.
import { readFileSync } from 'node:fs'

/** Clock ticks of /proc/<pid>/stat a second (`getconf CLK_TCK`; 100 on every Linux we know). */
const ticksPerSecond = 100

export interface ServerProcess {
  pid: number
  url: string
  /** From spawn to the first 200. */
  startMs: number
  /** User and system time so far, in seconds. */
  cpuS(): number
  /** Resident memory. */
  rssBytes(): number
  stop(): Promise<void>
}

export interface StartOptions {
  command: string[]
  env: Record<string, string>
  port: number
  /** A path that answers 200 when the server is ready. */
  readyPath: string
}

export async function startProcess({ command, env, port, readyPath }: StartOptions): Promise<ServerProcess> {
  const startedAt = performance.now()
  const child = Bun.spawn(command, {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/tmp', ...env },
    stdout: 'ignore',
    stderr: 'inherit',
  })
  const url = `http://127.0.0.1:${port}`
  const deadline = performance.now() + 30_000
  for (;;) {
    const ready = await fetch(`${url}${readyPath}`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) break
    if (performance.now() > deadline || child.exitCode !== null)
      throw new Error(`did not start: ${command.join(' ')}`)
    await Bun.sleep(2)
  }
  return {
    pid: child.pid,
    url,
    startMs: performance.now() - startedAt,
    cpuS: () => cpuSeconds(child.pid),
    rssBytes: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024,
    stop: async () => {
      child.kill('SIGTERM')
      await child.exited
    },
  }
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Fields 14 and 15 of proc(5), counted from after the name.
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

export function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = probe
  probe.stop(true)
  return port
}
