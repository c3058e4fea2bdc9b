// The one test command: `bun run test [path…]`. Installs what is missing on a Debian machine, starts one PostgreSQL for
// all, runs the passes one after another, prints the slowest files, and ends with a line `N passed, N failed`.
import { existsSync } from 'node:fs'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { installMissing } from './support/packages.ts'
import { startPostgres } from './support/postgres-cluster.ts'

const ROOT = join(import.meta.dir, '..')
/** The whole command has ten minutes; what has not ended by then has failed. */
const DEADLINE_MS = 9.5 * 60_000

interface Pass {
  readonly name: string
  readonly flags: readonly string[]
  /** Does this test file (relative to the project) belong to it? */
  readonly holds: (file: string) => boolean
  /** What has to be made before it. */
  readonly prepare?: readonly string[]
}

const within = (dir: string) => (file: string) => file.startsWith(dir)

const PASSES: readonly Pass[] = [
  {
    name: 'unit and integration',
    flags: ['--parallel', '--timeout=20000'],
    holds: (file) => !within('test/e2e/')(file) && !within('test/binary/')(file),
  },
  // One at a time: browsers and a server that is measured need the machine to themselves.
  {
    name: 'browser',
    flags: ['--parallel=1', '--timeout=60000'],
    holds: within('test/e2e/'),
    prepare: ['bun', 'scripts/fetch-open-webui-frontend.ts'],
  },
  {
    name: 'binary',
    flags: ['--parallel=1', '--timeout=60000'],
    holds: within('test/binary/'),
    prepare: ['bun', 'scripts/build.ts'],
  },
]

interface Result {
  readonly passed: number
  readonly failed: number
}

async function main(filters: readonly string[]): Promise<Result> {
  const files = testFiles(filters)
  const passes = PASSES.map((pass) => ({ pass, files: files.filter(pass.holds) })).filter(
    (one) => one.files.length > 0,
  )
  await installMissing()
  const postgres = await startPostgres()
  const timings = mkdtempSync(join(tmpdir(), 'hubbub-timings-'))
  const startedAt = performance.now()
  const total = { passed: 0, failed: 0 }
  try {
    for (const [index, { pass, files: own }] of passes.entries()) {
      const leftMs = DEADLINE_MS - (performance.now() - startedAt)
      const env = { ...process.env, NODE_ENV: 'test', TEST_POSTGRES_URL: postgres.url }
      const result = await runPass(pass, own, join(timings, `${index}.json`), env, leftMs)
      total.passed += result.passed
      total.failed += result.failed
    }
    printTimings(passes.map((_, index) => join(timings, `${index}.json`)))
  } finally {
    await postgres.stop()
    rmSync(timings, { recursive: true, force: true })
  }
  return total
}

/** Test files under the given paths (files, folders or beginnings of names), or all. */
function testFiles(filters: readonly string[]): string[] {
  const wanted = filters.map((filter) => relative(ROOT, join(process.cwd(), filter)))
  return [...new Bun.Glob('{src,public,scripts,bench,test}/**/*.test.{ts,tsx}').scanSync(ROOT)]
    .filter((file) => wanted.length === 0 || wanted.some((start) => file.startsWith(start)))
    .toSorted()
}

async function runPass(
  pass: Pass,
  files: readonly string[],
  timings: string,
  env: NodeJS.ProcessEnv,
  leftMs: number,
): Promise<Result> {
  console.log(`\n== ${pass.name}: ${files.length} files`)
  const startedAt = performance.now()
  if (pass.prepare !== undefined && (await run(pass.prepare, env, leftMs)).code !== 0) {
    console.log(`${pass.prepare.join(' ')} failed`)
    return { passed: 0, failed: 1 }
  }
  const command = [
    'bun',
    'test',
    // Servers and browsers that a test started go when it goes, however that comes about.
    '--no-orphans',
    ...pass.flags,
    `--timings=${timings}`,
    '--update-timings',
    ...files.map((file) => `./${file}`),
  ]
  const { code, output } = await run(command, env, leftMs)
  const passed = count(output, 'pass')
  const failed = count(output, 'fail')
  console.log(`== ${pass.name}: ${seconds(performance.now() - startedAt)}`)
  // A run that ended badly without naming a failed test (a crash, the deadline) has failed all the same.
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed }
}

async function run(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  leftMs: number,
): Promise<{ code: number; output: string }> {
  const child = Bun.spawn([...command], { cwd: ROOT, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const timer = setTimeout(
    () => {
      console.log(`The tests have had their ${seconds(DEADLINE_MS)}: stopping`)
      child.kill('SIGKILL')
    },
    Math.max(0, leftMs),
  )
  const outputs = await Promise.all([tee(child.stdout), tee(child.stderr)])
  clearTimeout(timer)
  return { code: await child.exited, output: outputs.join('\n') }
}

/** Shows a stream as it comes and returns all of it. */
async function tee(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let all = ''
  for await (const chunk of stream) {
    process.stdout.write(chunk)
    all += decoder.decode(chunk, { stream: true })
  }
  return all
}

/** The number in the last line ` 12 pass` of bun's summary. */
function count(output: string, word: string): number {
  return Number(
    output
      .match(new RegExp(`^ *(\\d+) ${word}$`, 'gm'))
      ?.at(-1)
      ?.match(/\d+/)?.[0] ?? 0,
  )
}

function printTimings(paths: readonly string[]): void {
  const all = paths
    .filter((path) => existsSync(path))
    .flatMap((path) => Object.entries(durations(readFileSync(path, 'utf8'))))
  const slowest = all.toSorted(([, a], [, b]) => b - a).slice(0, 15)
  if (slowest.length > 0) console.log('\nSlowest files:')
  for (const [file, ms] of slowest) console.log(`${seconds(ms).padStart(8)}  ${file}`)
}

function durations(json: string): Record<string, number> {
  return (JSON.parse(json) as { files: Record<string, number> }).files
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/** What stops the tests from being run at all (no PostgreSQL, no rights to install it) counts as a failure. */
function cannotRun(error: unknown): Result {
  console.log(error instanceof Error ? error.message : String(error))
  return { passed: 0, failed: 1 }
}

const { passed, failed } = await main(process.argv.slice(2)).catch(cannotRun)
if (passed + failed === 0) console.log('No test was run')
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
