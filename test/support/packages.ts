// Debian packages that the tests need and a bare machine lacks. As root they are installed; otherwise a clear message
// says what to install, and the tests fail: none is skipped.
import { existsSync } from 'node:fs'
import { postgresBin } from './postgres-cluster.ts'

interface Need {
  readonly package: string
  readonly there: () => boolean
}

const NEEDS: readonly Need[] = [
  { package: 'postgresql', there: () => postgresBin() !== null },
  { package: 'chromium', there: () => chromiumPath() !== null },
]

/** Chromium for browser tests, or null. `CHROMIUM` names another one. */
export function chromiumPath(): string | null {
  const named = process.env['CHROMIUM']
  if (named !== undefined && existsSync(named)) return named
  return Bun.which('chromium') ?? Bun.which('chromium-browser') ?? Bun.which('google-chrome')
}

export async function installMissing(): Promise<void> {
  const missing = NEEDS.filter((need) => !need.there()).map((need) => need.package)
  if (missing.length === 0) return
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() !== 0 || Bun.which('apt-get') === null) {
    throw new Error(`The tests need ${missing.join(' and ')}. Install them, on Debian as root: ${command}`)
  }
  console.log(`Installing ${missing.join(', ')} …`)
  await apt(['update', '-q'])
  await apt(['install', '-y', '-q', '--no-install-recommends', ...missing])
  const still = NEEDS.filter((need) => !need.there()).map((need) => need.package)
  if (still.length > 0)
    throw new Error(`apt-get installed ${still.join(', ')}, but what it should bring is not there`)
}

async function apt(args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const child = Bun.spawn(['apt-get', ...args], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(`apt-get ${args[0]} failed:\n${out}\n${err}`)
}
