// Servers under measurement run in processes of their own, so that their CPU time and memory are theirs alone.
import { readdirSync, readFileSync } from 'node:fs'

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
  /** Of it and its children, what they share counted once. */
  pssBytes(): number
  stop(): Promise<void>
}

export interface StartOptions {
  command: string[]
  env: Record<string, string>
  port: number
  /** A path that answers 200 when the server is ready. */
  readyPath: string
  cwd?: string
  /** What it says of itself is not shown. */
  quiet?: boolean
  /** How long it may take to start. */
  patienceMs?: number
}

export async function startProcess(options: StartOptions): Promise<ServerProcess> {
  const { command, env, port, readyPath, cwd, quiet = false, patienceMs = 30_000 } = options
  const startedAt = performance.now()
  const child = Bun.spawn(command, {
    ...(cwd ? { cwd } : {}),
    env: { PATH: process.env['PATH'] ?? '', HOME: '/tmp', ...env },
    stdout: 'ignore',
    stderr: quiet ? 'ignore' : 'inherit',
  })
  const url = `http://127.0.0.1:${port}`
  const deadline = performance.now() + patienceMs
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
    pssBytes: () => treeOf(child.pid).reduce((sum, pid) => sum + pssOf(pid), 0),
    stop: async () => {
      child.kill('SIGTERM')
      await child.exited
    },
  }
}

function treeOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(treeOf)]
}

function pssOf(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1_024
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
