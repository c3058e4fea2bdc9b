/** Files: a row in Open WebUI's `file`, so that its server finds them, and one of ours with what it lacks. */
import { and, desc, eq, inArray, isNull } from 'drizzle-orm'
import type { FileRepository } from '../../../core/rooms/repositories.ts'
import { NAMESPACES, uuidV5 } from '../../../core/support/uuid.ts'
import type { StoredFile } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'
import type { Row } from '../../schema/index.ts'

export function fileRepository(conn: Conn): FileRepository {
  const { hbFile, file: table, channelFile } = conn.tables
  const alive = isNull(hbFile.deletedAt)

  return {
    async get(id) {
      const [row] = await conn.db
        .select()
        .from(hbFile)
        .where(and(eq(hbFile.fileId, id), alive))
        .limit(1)
      return row ? toFile(row) : null
    },
    async getMany(ids) {
      if (ids.length === 0) return []
      const rows = await conn.db
        .select()
        .from(hbFile)
        .where(and(inArray(hbFile.fileId, [...ids]), alive))
      const byId = new Map(rows.map((row) => [row.fileId, toFile(row)]))
      return ids.flatMap((id) => byId.get(id) ?? [])
    },
    async byKey(key) {
      const [row] = await conn.db
        .select()
        .from(hbFile)
        .where(and(eq(hbFile.storeKey, key), alive))
        .limit(1)
      return row ? toFile(row) : null
    },
    async insert(file, path) {
      const { id, key, sizeBytes, ...rest } = file
      const seconds = Math.floor(file.createdAt / 1000)
      await conn.db.insert(hbFile).values({ ...rest, fileId: id, storeKey: key, size: sizeBytes })
      await conn.db.insert(table).values({
        id,
        userId: file.ownerId,
        filename: file.name,
        meta: {
          name: file.name,
          content_type: file.contentType,
          size: sizeBytes,
          file_hash: file.sha256,
          data: {},
        },
        createdAt: seconds,
        updatedAt: seconds,
        hash: null,
        data: {},
        path,
      })
    },
    async attach(files, roomId, messageId, now) {
      const ids = files.map((file) => file.id)
      const rows = await conn.db
        .update(hbFile)
        .set({ roomId, messageId })
        .where(and(inArray(hbFile.fileId, ids), isNull(hbFile.messageId), alive))
        .returning({ id: hbFile.fileId })
      const seconds = Math.floor(now / 1000)
      await conn.db
        .insert(channelFile)
        .values(
          files.map((file) => ({
            id: uuidV5(`channel_file:${roomId}:${file.id}`, NAMESPACES.name),
            userId: file.ownerId,
            channelId: roomId,
            fileId: file.id,
            createdAt: seconds,
            updatedAt: seconds,
            messageId,
          })),
        )
        .onConflictDoNothing()
      return rows.length
    },
    async detach(fileIds) {
      if (fileIds.length === 0) return
      const ids = [...fileIds]
      await conn.db.update(hbFile).set({ messageId: null, roomId: null }).where(inArray(hbFile.fileId, ids))
      await conn.db.delete(channelFile).where(inArray(channelFile.fileId, ids))
    },
    async ofRoom(roomId, { offset, limit }) {
      const rows = await conn.db
        .select()
        .from(hbFile)
        .where(and(eq(hbFile.roomId, roomId), alive))
        .orderBy(desc(hbFile.createdAt), desc(hbFile.fileId))
        .limit(limit)
        .offset(offset)
      return rows.map(toFile)
    },
    async remove(fileIds) {
      if (fileIds.length === 0) return
      const ids = [...fileIds]
      await conn.db.delete(channelFile).where(inArray(channelFile.fileId, ids))
      await conn.db.delete(hbFile).where(inArray(hbFile.fileId, ids))
      await conn.db.delete(table).where(inArray(table.id, ids))
    },
  }
}

function toFile(row: Row<'hbFile'>): StoredFile {
  const { fileId, storeKey, size, props: _props, deletedAt: _deletedAt, ...rest } = row
  return { ...rest, id: fileId, key: storeKey, sizeBytes: size }
}
