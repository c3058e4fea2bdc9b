/** Deletes messages for good, with all that hangs on them. Whose bytes the caller then deletes. */
import { inArray } from 'drizzle-orm'
import type { Conn } from '../../conn.ts'
import { forgetHashes } from './message-hashes.ts'

const chunk = 500

interface Bytes {
  key: string
  thumbKey: string | null
}

export async function purgeMessages(conn: Conn, ids: readonly string[]): Promise<Bytes[]> {
  const t = conn.tables
  const gone: Bytes[] = []
  for (let at = 0; at < ids.length; at += chunk) {
    const some = ids.slice(at, at + chunk)
    await conn.db.delete(t.messageReaction).where(inArray(t.messageReaction.messageId, some))
    await conn.db.delete(t.channelFile).where(inArray(t.channelFile.messageId, some))
    await conn.db.delete(t.hbMessageEdit).where(inArray(t.hbMessageEdit.messageId, some))
    await conn.db.delete(t.hbThreadMember).where(inArray(t.hbThreadMember.rootId, some))
    await conn.db.delete(t.hbRun).where(inArray(t.hbRun.messageId, some))
    gone.push(...(await purgeFiles(conn, some)))
    await conn.db.delete(t.message).where(inArray(t.message.id, some))
    const rows = await conn.db
      .delete(t.hbMessage)
      .where(inArray(t.hbMessage.messageId, some))
      .returning({ seq: t.hbMessage.seq, hash: t.hbMessage.hash })
    await forgetHashes(conn, rows)
  }
  return gone
}

async function purgeFiles(conn: Conn, messageIds: readonly string[]): Promise<Bytes[]> {
  const { hbFile, file } = conn.tables
  const rows = await conn.db
    .delete(hbFile)
    .where(inArray(hbFile.messageId, [...messageIds]))
    .returning({ id: hbFile.fileId, key: hbFile.storeKey, thumbKey: hbFile.thumbKey })
  const ids = rows.map((row) => row.id)
  if (ids.length > 0) await conn.db.delete(file).where(inArray(file.id, ids))
  return rows
}
