// Runs the command line as a person would, in a process of its own.
import { join } from 'node:path'

export interface CliResult {
  code: number
  out: string
  err: string
}

const MAIN = join(import.meta.dir, '../../src/main.ts')

/** `env` is all that the command sees besides PATH; `input` is its standard input. */
export async function hubbub(
  args: readonly string[],
  env: Record<string, string>,
  input = '',
): Promise<CliResult> {
  const child = Bun.spawn(['bun', MAIN, ...args], {
    cwd: env['DATA_DIR'],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}
