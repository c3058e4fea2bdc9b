import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findSecret } from './secret.ts'

let cwd: string
let data: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'hubbub-secret-'))
  data = join(cwd, 'data')
})
afterEach(() => rmSync(cwd, { recursive: true }))

test('the environment wins and no file is made', () => {
  expect(findSecret('from env', cwd, data)).toEqual({ value: 'from env', source: 'environment', path: null })
  expect(readdirSync(cwd)).toEqual([])
})

test('a missing secret is made once, for its owner only', () => {
  const made = findSecret(undefined, cwd, data)
  expect(made.source).toBe('generated')
  expect(made.value).toHaveLength(64)
  expect(statSync(join(data, '.hubbub_secret')).mode & 0o777).toBe(0o600)
  expect(readdirSync(data)).toEqual(['.hubbub_secret'])
  expect(findSecret(undefined, cwd, data)).toEqual({ ...made, source: 'file' })
})

test("Open WebUI's file in the working folder counts before ours", () => {
  mkdirSync(data)
  writeFileSync(join(data, '.hubbub_secret'), 'ours')
  writeFileSync(join(cwd, '.webui_secret_key'), 'theirs\n')
  expect(findSecret(undefined, cwd, data).value).toBe('theirs')
})

test('an empty file is an error rather than a reason for a new secret', () => {
  writeFileSync(join(cwd, '.webui_secret_key'), '')
  expect(() => findSecret(undefined, cwd, data)).toThrow('is empty')
})

test('servers that start at once agree on one secret', async () => {
  const script = `import { findSecret } from ${JSON.stringify(join(import.meta.dir, 'secret.ts'))}
    console.log(findSecret(undefined, ${JSON.stringify(cwd)}, ${JSON.stringify(data)}).value)`
  const runs = Array.from({ length: 4 }, () => Bun.spawn(['bun', '-e', script], { stdout: 'pipe' }))
  const secrets = await Promise.all(runs.map((run) => new Response(run.stdout).text()))
  expect(new Set(secrets).size).toBe(1)
  expect(secrets[0]).toBe(readFileSync(join(data, '.hubbub_secret'), 'utf8'))
})
