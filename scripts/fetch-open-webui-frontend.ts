// Puts Open WebUI's front end into the cache for the browser tests, once. With pip where there is one (it knows this
// machine's mirror and certificates), else from the package index.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cachedFrontEnd, OPEN_WEBUI_VERSION } from '../src/cli/open-webui-fetch/cache.ts'
import { openWebuiFetch } from '../src/cli/open-webui-fetch/index.ts'

const folder = process.env['OPEN_WEBUI_FRONTEND'] ?? cachedFrontEnd()
if (!existsSync(join(folder, 'index.html'))) {
  const scratch = mkdtempSync(join(tmpdir(), 'hubbub-pip-'))
  try {
    await openWebuiFetch({ wheel: await pipDownload(scratch), to: folder })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The wheel that pip brought, if there is a pip and it can. */
async function pipDownload(scratch: string): Promise<string | undefined> {
  const pip = Bun.which('pip3') ?? Bun.which('pip')
  if (pip === null) return undefined
  const wanted = ['--no-deps', '--python-version', '3.12', '--only-binary=:all:', '--dest', scratch]
  const child = Bun.spawn([pip, 'download', ...wanted, `open-webui==${OPEN_WEBUI_VERSION}`], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
  })
  if ((await child.exited) !== 0) return undefined
  const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'))
  return wheel && join(scratch, wheel)
}
