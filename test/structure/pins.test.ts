// Versions that stand in several places agree, and every dependency is pinned exactly.
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { readSource, ROOT } from './source.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const version = manifest.packageManager.replace('bun@', '')

test('Bun is the same in package.json, here, the Dockerfile and the README', () => {
  expect(Bun.version).toBe(version)
  expect(read('Dockerfile')).toContain(`FROM oven/bun:${version} AS build`)
  const named = [...read('README.md').matchAll(/bun@(\d+\.\d+\.\d+)/g)].map(([, found]) => found)
  expect(named.length).toBeGreaterThan(0)
  expect(new Set(named)).toEqual(new Set([version]))
})

test('dependencies are exact versions', () => {
  const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  expect(all.filter(([, pin]) => !/^\d+\.\d+\.\d+$/.test(pin))).toEqual([])
})

/** Packages that the given files import, by their name in package.json. */
function packagesOf(isOurs: (path: string) => boolean): string[] {
  const names = readSource()
    .filter((file) => isOurs(file.path))
    .flatMap((file) => file.imports.filter(({ typeOnly }) => !typeOnly).map(({ to }) => to))
    .filter((to) => !/^(src|public|test|scripts|bench|drizzle\/|node:|bun)/.test(to) && !to.endsWith('package.json'))
  return [
    ...new Set(
      names.map((to) =>
        to
          .split('/')
          .slice(0, to.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    ),
  ].toSorted()
}

test('the program needs no development dependency (start installs none)', () => {
  const used = packagesOf((path) => /^(src|public)\//.test(path) && !/\.test\.tsx?$/.test(path))
  expect(used.filter((name) => !Object.hasOwn(manifest.dependencies, name))).toEqual([])
})

test('the image runs without rights, says how it is, and takes along only what it needs', () => {
  const dockerfile = read('Dockerfile')
  const final = dockerfile.slice(dockerfile.lastIndexOf('FROM '))
  expect(final).toMatch(/^USER 65532/m)
  expect(final).toMatch(/^HEALTHCHECK /m)
  expect(final.match(/^COPY .*$/gm)).toHaveLength(2)
  expect(read('.dockerignore').split('\n')[0]).toBe('*')
})
