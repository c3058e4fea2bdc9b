// The file store of the configuration: a bucket when one is named, else a folder.
import type { FileStore, Ids } from '../../core/ports.ts'
import { DiskFileStore } from './disk.ts'
import { S3FileStore, type S3Options } from './s3.ts'

export function createFileStore(
  options: { folder: string; s3: S3Options | null },
  ids: Pick<Ids, 'secret'>,
): FileStore {
  return options.s3 === null ? new DiskFileStore(options.folder, ids) : new S3FileStore(options.s3, ids)
}
