/** The doctor's look at the disk and at where uploads go. */
import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../../config/index.ts'
import { systemClock } from '../../drivers/clock.ts'
import { createFileStore } from '../../drivers/files/index.ts'
import { createIds } from '../../drivers/ids.ts'
import { type Finding, finding } from './index.ts'

const SCARCE_BYTES = 1_000_000_000
const TOO_FEW_BYTES = 100_000_000

export async function diskSpace({ data: { dir } }: Config): Promise<Finding[]> {
  const { bavail, bsize } = statfsSync(nearest(dir))
  const free = bavail * bsize
  const verdict = free < TOO_FEW_BYTES ? 'WRONG' : free < SCARCE_BYTES ? 'note' : 'ok'
  return [finding('disk', verdict, `${(free / 1e9).toFixed(1)} GB free for ${dir}`)]
}

/** The folder itself, or what it will be made in. */
function nearest(folder: string): string {
  return existsSync(folder) ? folder : nearest(dirname(folder))
}

/** Writes, reads and removes a few bytes, by the store that the server would use. */
export async function fileStore({ data, files }: Config): Promise<Finding[]> {
  const where = files.s3 === null ? data.uploadsDir : `bucket ${files.s3.bucket}`
  const ids = createIds(systemClock())
  const store = createFileStore({ folder: data.uploadsDir, s3: files.s3 }, ids)
  const key = `doctor/${ids.next()}`
  const bytes = new TextEncoder().encode('hubbub')
  try {
    await store.put(key, bytes, 'text/plain')
    const found = await store.stat(key)
    await store.delete(key)
    if (found?.sizeBytes !== bytes.length) throw new Error('what was written is not what was read')
    return [finding('uploads', 'ok', `${where} can be written and read.`)]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [finding('uploads', 'WRONG', `${where} cannot be used: ${reason}`)]
  }
}
