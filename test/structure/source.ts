// The project's source as data, for the rules in this folder.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const ROOT = join(import.meta.dir, '../..')

export interface SourceFile {
  /** Inside the project: `src/core/types.ts`. */
  readonly path: string
  readonly text: string
  /** Files of the project by their path, packages by their name (`bun:sqlite`, `drizzle-orm/pg-core`). */
  readonly imports: readonly Import[]
  readonly isTest: boolean
}

export interface Import {
  readonly to: string
  readonly typeOnly: boolean
}

const FILES = new Bun.Glob('{src,public,test,scripts,bench}/**/*.{ts,tsx}')

export function readSource(): SourceFile[] {
  return [...FILES.scanSync(ROOT)].toSorted().map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    return {
      path,
      text,
      imports: importsOf(path, text),
      isTest: /\.test\.tsx?$/.test(path) || path.startsWith('test/'),
    }
  })
}

const STATIC = /^(?:import|export)\s+(type\s+)?[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gm
const BARE = /^import\s+['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
const WORKER = /\bworkerUrl\(\s*['"]([^'"]+)['"]/g

/** Exported for its own test. */
export function importsOf(path: string, text: string): Import[] {
  const found = [...text.matchAll(STATIC)].map(([, type, to]) => ({
    to: to ?? '',
    typeOnly: type !== undefined,
  }))
  for (const pattern of [BARE, DYNAMIC]) {
    for (const [, to] of text.matchAll(pattern)) found.push({ to: to ?? '', typeOnly: false })
  }
  const resolved = found.map((one) => ({
    ...one,
    to: one.to.startsWith('.') ? join(dirname(path), one.to) : one.to,
  }))
  const workers = [...text.matchAll(WORKER)].map(([, to]) => ({ to: join('src', to ?? ''), typeOnly: false }))
  return [...resolved, ...workers]
}

/** `path:line` of every place that a pattern matches and that `excused` does not let pass. */
export function places(
  file: SourceFile,
  pattern: RegExp,
  excused: (line: string) => boolean = () => false,
): string[] {
  return file.text
    .split('\n')
    .map((line, index) => ({ line, at: `${file.path}:${index + 1}` }))
    .filter(({ line }) => pattern.test(line) && !excused(line))
    .map(({ at, line }) => `${at} ${line.trim()}`)
}
