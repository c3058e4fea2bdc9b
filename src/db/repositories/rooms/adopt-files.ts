/** Files that a message of Open WebUI's own server names get a row of ours, so that all faces can show them. */
import { and, eq, inArray } from 'drizzle-orm'
import type { Conn } from '../../conn.ts'

export async function adoptFiles(conn: Conn, messageId: string, roomId: string): Promise<number> {
  const { message, file, hbFile } = conn.tables
  const [row] = await conn.db
    .select({ data: message.data, userId: message.userId })
    .from(message)
    .where(and(eq(message.id, messageId), eq(message.channelId, roomId)))
    .limit(1)
  const ids = fileIdsOf(row?.data)
  if (!row || ids.length === 0) return 0
  // Only the writer's own: a message may name any id, and must not open a stranger's file by that.
  const files = await conn.db
    .select()
    .from(file)
    .where(and(inArray(file.id, ids), eq(file.userId, row.userId ?? '')))
  if (files.length === 0) return 0
  await conn.db
    .insert(hbFile)
    .values(
      files.map((found) => {
        const meta = (found.meta ?? {}) as Record<string, unknown>
        return {
          fileId: found.id,
          ownerId: found.userId ?? '',
          roomId,
          messageId,
          kind: 'attachment' as const,
          storeKey: keyOf(found.path, found.id, found.filename),
          name: text(meta['name']) ?? found.filename ?? found.id,
          contentType: text(meta['content_type']) ?? 'application/octet-stream',
          size: typeof meta['size'] === 'number' ? meta['size'] : 0,
          sha256: text(meta['file_hash']) ?? '',
          createdAt: (found.createdAt ?? 0) * 1000,
        }
      }),
    )
    .onConflictDoUpdate({ target: hbFile.fileId, set: { roomId, messageId } })
  return files.length
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Its uploads lie flat in the folder that is also our file store's. */
function keyOf(path: string | null, id: string, filename: string | null): string {
  const last = path?.split('/').at(-1)
  return last && last !== '' ? last : `${id}_${filename ?? ''}`
}

function fileIdsOf(data: unknown): string[] {
  const files = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)['files'] : null
  if (!Array.isArray(files)) return []
  return files.flatMap((entry: unknown) => {
    const id = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)['id'] : null
    return typeof id === 'string' ? [id] : []
  })
}
