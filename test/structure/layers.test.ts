// faces → core ← db, realtime, drivers: which part may import which, and which package belongs to which part.
import { describe, expect, test } from 'bun:test'
import { isWorker } from '../../scripts/build.ts'
import { importsOf, places, readSource, type SourceFile } from './source.ts'

const files = readSource()
const source = files.filter((file) => file.path.startsWith('src/') && !file.isTest)

/** The part a file of ours belongs to: a folder of src, a face by its name, or `root` for src/*.ts. */
function partOf(path: string): string {
  const [, first = '', second] = path.split('/')
  if (second === undefined) return 'root'
  return first === 'faces' && path.split('/').length > 3 ? `faces/${second}` : first
}

/** What a part may import of ours, besides itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  config: [],
  core: [],
  db: ['core'],
  realtime: ['core'],
  drivers: ['core'],
  'faces/native': ['core', 'realtime', 'faces'],
  'faces/openwebui': ['core', 'realtime', 'faces'],
  'faces/mattermost': ['core', 'realtime', 'faces'],
  'faces/shared': ['core', 'realtime', 'faces'],
  faces: ['core', 'realtime'],
}

/** Files of src/*.ts that hold no behaviour of the program and may be imported from anywhere. */
const COMMON = ['src/assets.ts', 'src/version.ts']

function wrongImports(file: SourceFile): string[] {
  const part = partOf(file.path)
  const allowed = ALLOWED[part]
  if (allowed === undefined) return []
  return file.imports
    .filter(({ to, typeOnly }) => {
      if (!to.startsWith('src/') || (COMMON.includes(to) && part !== 'core')) return false
      const target = partOf(to)
      const fine =
        target === part || (target === 'faces/shared' && part.startsWith('faces')) || allowed.includes(target)
      // What the configuration looks like may be known below main; where it comes from may not.
      return !fine && !(target === 'config' && typeOnly && part !== 'core')
    })
    .map(({ to }) => `${file.path} → ${to}`)
}

/** Packages that only these places may import. */
const RESERVED: Readonly<Record<string, readonly string[]>> = {
  'drizzle-orm': ['src/db/'],
  'bun:sqlite': ['src/db/'],
  postgres: ['src/db/'],
  elysia: ['src/faces/', 'src/http/', 'src/app.ts', 'src/server.ts'],
  '@elysiajs/': ['src/faces/', 'src/http/', 'src/app.ts', 'src/server.ts'],
  ioredis: ['src/realtime/', 'src/drivers/'],
  openai: ['src/drivers/'],
  '@mozilla/readability': ['src/drivers/'],
  linkedom: ['src/drivers/'],
}

const isOf = (to: string, name: string) =>
  to === name || to.startsWith(name.endsWith('/') ? name : `${name}/`)

describe('imports', () => {
  test('follow the direction of the layers, and no face knows another', () => {
    expect(source.flatMap(wrongImports)).toEqual([])
  })

  test.each(Object.entries(RESERVED))('of %s stay where they belong', (name, places) => {
    const wrong = source
      .filter((file) => !places.some((place) => file.path.startsWith(place)))
      .filter((file) => file.imports.some(({ to }) => isOf(to, name)))
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  test('of source never name a test or its support', () => {
    const wrong = source.filter((file) =>
      file.imports.some(({ to }) => to.startsWith('test/') || to.includes('.test.')),
    )
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  test('are all seen by this test', () => {
    const text = `import a, { type B } from './a.ts'\nexport type { C } from '../c.ts'\nimport {\n  d,\n} from "d"\nimport 'e'\nawait import('./f.ts')\nworkerUrl('g/h.worker.ts')`
    expect(importsOf('src/x/y.ts', text)).toEqual([
      { to: 'src/x/a.ts', typeOnly: false },
      { to: 'src/c.ts', typeOnly: true },
      { to: 'd', typeOnly: false },
      { to: 'e', typeOnly: false },
      { to: 'src/x/f.ts', typeOnly: false },
      { to: 'src/g/h.worker.ts', typeOnly: false },
    ])
  })
})

describe('workers', () => {
  test('are named by workerUrl, which finds them in the binary too, and are built', () => {
    const direct = source.flatMap((file) => places(file, /new Worker\((?!workerUrl\()/))
    const named = source
      .flatMap((file) => file.imports.map(({ to }) => to))
      .filter((to) => /worker/.test(to) && to.endsWith('.ts'))
    expect([...direct, ...named.filter((path) => /[.-]worker\.ts$/.test(path) && !isWorker(path))]).toEqual(
      [],
    )
  })
})

describe('files', () => {
  /** What only tests, tools or the compiler read. A file here needs a reason. */
  const FOR_TESTS: readonly string[] = [
    'src/db/schema/kit.pg.ts', // drizzle-kit reads these two (drizzle.config.*.ts)
    'src/db/schema/kit.sqlite.ts',
    'src/db/schema/proof.ts', // its types are the test
    'src/db/sql-text.d.ts',
  ]

  test('are all reached from the program, a script or a benchmark', () => {
    const byPath = new Map(files.map((file) => [file.path, file]))
    const entries = files.filter(
      ({ path, isTest }) => path === 'src/main.ts' || (!isTest && /^(scripts|bench)\//.test(path)),
    )
    const reached = new Set<string>(FOR_TESTS)
    const queue = [...entries.map(({ path }) => path), ...FOR_TESTS]
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (reached.has(path) && !FOR_TESTS.includes(path)) continue
      reached.add(path)
      queue.push(
        ...(byPath.get(path)?.imports ?? [])
          .map(({ to }) => to)
          .filter((to) => to.startsWith('src/') && !reached.has(to)),
      )
    }
    expect(source.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([])
  })
})
