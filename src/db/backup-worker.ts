/** The thread of backupInWorker: copies one database and answers null, or what went wrong. */
import { copyDatabase } from './backup.ts'
import { reasonOf } from './errors.ts'

declare const self: Worker

self.onmessage = ({ data }: MessageEvent<{ from: string; to: string }>) => {
  try {
    copyDatabase(data.from, data.to)
    postMessage(null)
  } catch (error) {
    postMessage(reasonOf(error))
  }
}
