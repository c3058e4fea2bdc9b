/**
 * `hubbub open-webui fetch`: takes the built front end out of Open WebUI's wheel, one that the person has or that is
 * downloaded from the Python package index, and puts it where STATIC_DIR can point. Nothing of the wheel is run.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize, sep } from 'node:path'
import { cachedFrontEnd, OPEN_WEBUI_VERSION } from './cache.ts'
import { withZip } from '../../drivers/zip.ts'

const FRONT_END = 'open_webui/frontend/'
const INDEX = 'https://pypi.org/pypi/open-webui'

export interface FetchOptions {
  /** A wheel that is there already; without it one is downloaded. */
  readonly wheel: string | undefined
  /** Where the front end goes; the cache of this user by default. */
  readonly to: string | undefined
  /** Package index, for tests. */
  readonly index?: string
}

/** Resolves with the exit code. */
export async function openWebuiFetch({ wheel, to, index = INDEX }: FetchOptions): Promise<number> {
  const folder = to ?? cachedFrontEnd()
  if (wheel === undefined && existsSync(join(folder, 'index.html'))) return tell(folder)
  if (wheel !== undefined) {
    extractFrontEnd(wheel, folder)
    return tell(folder)
  }
  const scratch = mkdtempSync(join(tmpdir(), 'hubbub-wheel-'))
  try {
    extractFrontEnd(await download(index, scratch), folder)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return tell(folder)
}

function tell(folder: string): number {
  process.stdout.write(
    `The front end of Open WebUI is in ${folder}\nStart the server with STATIC_DIR=${folder}\n`,
  )
  return 0
}

/** Puts the wheel's front end into the folder, whole or not at all. Only a front end that was there before goes. */
export function extractFrontEnd(wheel: string, folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, '_app')))
    throw new Error(`${folder} holds something else: name an empty or a new folder`)
  const partial = `${folder}.${process.pid}.partial`
  rmSync(partial, { recursive: true, force: true })
  try {
    const files = withZip(wheel, (entries) => {
      const wanted = entries.filter(({ name }) => name.startsWith(FRONT_END) && !name.endsWith('/'))
      for (const entry of wanted) {
        const path = join(partial, normalize(entry.name.slice(FRONT_END.length)))
        // A name with `..` must not lead out of the folder.
        if (!path.startsWith(partial + sep))
          throw new Error(`${wheel} holds a file outside of itself: ${entry.name}`)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, entry.read())
      }
      return wanted.map(({ name }) => name)
    })
    if (!files.includes(`${FRONT_END}index.html`))
      throw new Error(`${wheel} holds no front end of Open WebUI`)
    mkdirSync(dirname(folder), { recursive: true })
    rmSync(folder, { recursive: true, force: true })
    renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

interface Release {
  urls?: { packagetype: string; filename: string; url: string; digests: { sha256: string } }[]
}

/** Downloads the wheel of the version this server speaks, and checks it against the index's sum. */
async function download(index: string, scratch: string): Promise<string> {
  const answer = await fetch(`${index}/${OPEN_WEBUI_VERSION}/json`)
  if (!answer.ok)
    throw new Error(`The package index answered ${answer.status}; give the wheel's path instead`)
  const { urls = [] } = (await answer.json()) as Release
  const release = urls.find(({ packagetype }) => packagetype === 'bdist_wheel')
  if (release === undefined) throw new Error(`There is no wheel of open-webui ${OPEN_WEBUI_VERSION}`)
  console.error(`Downloading ${release.filename} …`)
  const wheel = await fetch(release.url)
  if (!wheel.ok) throw new Error(`The download answered ${wheel.status}`)
  const path = join(scratch, 'open-webui.whl')
  await Bun.write(path, wheel)
  const sum = new Bun.CryptoHasher('sha256').update(await Bun.file(path).arrayBuffer()).digest('hex')
  if (sum !== release.digests.sha256) throw new Error(`${release.filename} is not what the index describes`)
  return path
}
