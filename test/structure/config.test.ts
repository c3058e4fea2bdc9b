// Every setting has an effect: what docs/config.md promises is read somewhere.
import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/index.ts'
import { readSource } from './source.ts'

/** Its effect is within src/config: everything else lies under it. */
const WITHIN = ['data.dir']

/** Read, checked, and without effect so far. Take a line away when it has one; add none. */
const NOT_YET = [
  'data.backupsDir',
  'data.poolSize',
  'data.redis',
  'auth.apiKeyHeader',
  'auth.cookie',
  'limits.userPerMinute',
  'limits.messagesPerMinute',
  'limits.aiPerMinute',
  'limits.socketsPerMinute',
  'openwebui.persistentConfig',
]

test('every part of the configuration is used outside src/config', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hubbub-structure-'))
  const { given: _given, notices: _notices, ...areas } = loadConfig({ WEBUI_SECRET_KEY: 'x'.repeat(32) }, dir)
  rmSync(dir, { recursive: true })
  const program = readSource().filter(
    ({ path, isTest }) => path.startsWith('src/') && !path.startsWith('src/config/') && !isTest,
  )
  const text = program.map((file) => file.text).join('\n')
  /** Named after its area or after `config`, taken out of its area, or handed on with the whole area. */
  const used = (area: string, key: string) =>
    [
      `\\b${area}\\.${key}\\b`,
      `\\bconfig\\b.*\\b${key}\\b`,
      `\\b${area}: \\{[^}]*\\b${key}\\b`,
      `\\bconfig\\.${area}\\s*[,)}]`,
    ].some((form) => new RegExp(form).test(text))
  const names = Object.entries(areas).flatMap(([area, values]) =>
    Object.keys(values ?? {}).map((key) => ({ area, key })),
  )
  const unused = names.filter(({ area, key }) => !used(area, key)).map(({ area, key }) => `${area}.${key}`)
  expect(unused.filter((name) => !WITHIN.includes(name) && !NOT_YET.includes(name))).toEqual([])
})
