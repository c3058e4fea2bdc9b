// Writes what is generated and checked in. `--check` writes nothing and fails when something would change; a test does
// the same through `stale`.
import { join } from 'node:path'
import { configPage } from '../src/config/docs.ts'
import { GROUP_TITLES, OPTIONS } from '../src/config/options/index.ts'
import { coveragePage } from './coverage.ts'
import { migrationsModule } from './generate-migrations.ts'
import { openapiText } from './openapi.ts'

const ROOT = join(import.meta.dir, '..')

/** Path inside the project → what makes its text. Add a generated file here and nowhere else. */
export const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/config.md': () => configPage(OPTIONS, GROUP_TITLES),
  'docs/coverage.md': coveragePage,
  'docs/openapi.json': openapiText,
  'src/db/migrations/generated.ts': migrationsModule,
}

/** The generated files whose text on disk is not what would be generated now. */
export async function stale(): Promise<string[]> {
  const out: string[] = []
  for (const [path, make] of Object.entries(GENERATED)) {
    const file = Bun.file(join(ROOT, path))
    if (!(await file.exists()) || (await file.text()) !== (await make())) out.push(path)
  }
  return out
}

async function main(): Promise<void> {
  const old = await stale()
  if (process.argv.includes('--check')) {
    for (const path of old) console.error(`${path} is out of date: run \`bun run generate\``)
    process.exitCode = old.length === 0 ? 0 : 1
    return
  }
  for (const path of old) {
    await Bun.write(join(ROOT, path), (await GENERATED[path]?.()) ?? '')
    console.log(`wrote ${path}`)
  }
}

if (import.meta.main) await main()
