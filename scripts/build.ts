// Builds dist/hubbub, the whole program in one file: server, workers and web client (each file of it also packed as gzip
// and zstd). Migrations are imported as text and need no care here.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { buildClient } from '../public/build.ts'
import { CLIENT_DIR, compress, DOCS_DIR, DOCS_FILES } from '../src/assets.ts'

const ROOT = join(import.meta.dir, '..')
const DIST = join(ROOT, 'dist')
const OUTFILE = join(DIST, 'hubbub')
/** Each worker script is an entry of its own; `workerUrl` in src/assets.ts finds it. */
const WORKERS = ['src/**/*.worker.ts', 'src/**/*-worker.ts'].map((pattern) => new Bun.Glob(pattern))

/** Is this file (inside the project) built as a worker? */
export function isWorker(path: string): boolean {
  return WORKERS.some((glob) => glob.match(path))
}

async function main(): Promise<void> {
  process.chdir(ROOT)
  const startedAt = performance.now()
  await packClient(join(DIST, CLIENT_DIR))
  await packDocs(join(DIST, DOCS_DIR))
  await compile()
  const megabytes = statSync(OUTFILE).size / 1e6
  console.log(
    `dist/hubbub: ${megabytes.toFixed(1)} MB in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
  )
}

async function packClient(dir: string): Promise<void> {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  await buildClient(dir)
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => extname(name) !== '')
  for (const name of names) {
    const { gzip, zstd } = await compress(name, new Uint8Array(readFileSync(join(dir, name))), true)
    if (gzip !== null) writeFileSync(join(dir, `${name}.gz`), gzip)
    if (zstd !== null) writeFileSync(join(dir, `${name}.zst`), zstd)
  }
}

/** Swagger UI for /docs. Packed only: a page for the few need not be in the binary twice. */
async function packDocs(dir: string): Promise<void> {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  for (const name of DOCS_FILES) {
    const bytes = new Uint8Array(readFileSync(join(ROOT, 'node_modules/swagger-ui-dist', name)))
    const { gzip } = await compress(name, bytes, true)
    if (gzip === null) throw new Error(`${name} cannot be packed`)
    writeFileSync(join(dir, `${name}.gz`), gzip)
  }
}

async function compile(): Promise<void> {
  const workers = [...new Bun.Glob('src/**/*.ts').scanSync(ROOT)].filter(isWorker).toSorted()
  const result = await Bun.build({
    entrypoints: ['src/main.ts', ...workers],
    root: 'src',
    format: 'esm',
    // Halves the time to the first answer (115 instead of 210 ms) for 11 MB. A source map would cost 3.6 MB more, of the
    // 130 MB that the file may have: instead, names and lines stay readable in traces, as Elysia wants its handlers anyway.
    bytecode: true,
    sourcemap: 'none',
    minify: { syntax: true },
    define: { 'process.env.NODE_ENV': '"production"' },
    compile: {
      outfile: OUTFILE,
      assets: [join('dist', CLIENT_DIR), join('dist', DOCS_DIR)],
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  })
  for (const log of result.logs) console.error(log)
  if (!result.success) throw new Error('The build failed')
}

if (import.meta.main) await main()
