/**
 * Generates SQL migrations for both dialects from the table definitions (drizzle-kit) and the module that
 * embeds them all. `bun scripts/generate-migrations.ts <name>`; without a name only the module is written.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dir, '..')
const dialects = ['sqlite', 'pg'] as const

/** The text of src/db/migrations/generated.ts for what lies in drizzle/. */
export async function migrationsModule(): Promise<string> {
  const lists = await Promise.all(dialects.map(async (dialect) => [dialect, await names(dialect)] as const))
  const imports = lists.flatMap(([dialect, list]) =>
    list.map(
      (name) =>
        `import ${variable(dialect, name)} from '../../../drizzle/${dialect}/${name}.sql' with { type: 'text' }`,
    ),
  )
  const tables = lists.map(
    ([dialect, list]) =>
      `export const ${dialect}Migrations: readonly Migration[] = [\n${list
        .map((name) => `  { name: '${name}', sql: ${variable(dialect, name)} },\n`)
        .join('')}]`,
  )
  return `${header}${imports.join('\n')}\nimport type { Migration } from './migration.ts'\n\n${tables.join('\n\n')}\n`
}

const header = `/**
 * All migrations, embedded. Written by scripts/generate-migrations.ts; a test compares it with drizzle/.
 */
`

async function names(dialect: string): Promise<string[]> {
  const files = await readdir(join(root, 'drizzle', dialect))
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort()
}

function variable(dialect: string, name: string): string {
  return `${dialect}${name.replace(/(?:^|_)(\w)/g, (_, first: string) => first.toUpperCase())}`
}

async function main(name: string | undefined): Promise<void> {
  if (name !== undefined) for (const dialect of dialects) await generate(dialect, name)
  await Bun.write(join(root, 'src/db/migrations/generated.ts'), await migrationsModule())
}

async function generate(dialect: string, name: string): Promise<void> {
  const run = Bun.spawn(
    ['bunx', 'drizzle-kit', 'generate', `--config=drizzle.config.${dialect}.ts`, `--name=${name}`],
    { cwd: root, stdio: ['inherit', 'inherit', 'inherit'] },
  )
  if ((await run.exited) !== 0) throw new Error(`drizzle-kit failed for ${dialect}.`)
}

if (import.meta.main) await main(process.argv[2])
