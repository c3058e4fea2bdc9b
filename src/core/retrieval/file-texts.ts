/** The pieces of files: made when a file is read, and again when its text changed or another server read it. */
import { jsonOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { FileRow } from '../chats/rows.ts'
import type { DocumentPart } from '../ports.ts'
import type { CollectionRow } from './repositories.ts'

export type FileTexts = ReturnType<typeof createFileTexts>

/** Changes with the text; files of a server that kept no hash by their time. */
export function fileFingerprint({ hash, updatedAt }: Pick<FileRow, 'hash' | 'updatedAt'>): string {
  return hash ?? `at ${updatedAt}`
}

export function createFileTexts(context: OpenwebuiContext) {
  const inputOf = (row: Pick<FileRow, 'id' | 'userId' | 'hash' | 'updatedAt'>) => ({
    name: `file-${row.id}`,
    ownerId: row.userId ?? '',
    fingerprint: fileFingerprint(row),
  })
  const partsOf = (row: Pick<FileRow, 'id' | 'filename'>, parts: readonly DocumentPart[]) => {
    const name = row.filename ?? row.id
    return parts.map((part) => ({ ...part, meta: { file_id: row.id, name, source: name } }))
  }
  return {
    /** From the parts that were read just now, which know their pages. */
    make: (
      row: Pick<FileRow, 'id' | 'userId' | 'filename' | 'hash' | 'updatedAt'>,
      parts: readonly DocumentPart[],
    ) => context.own.textIndex.make({ ...inputOf(row), parts: partsOf(row, parts) }),

    /** Null for a file without a text. */
    async ensure(row: FileRow): Promise<CollectionRow | null> {
      const text = textOf(jsonOf(row.data)['content'])
      if (text === null) return null
      const made = () => Promise.resolve(partsOf(row, [{ text, page: null }]))
      return context.own.textIndex.ensure(inputOf(row), made)
    },
  }
}
