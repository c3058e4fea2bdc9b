/** Deletes messages for good, with all that hangs on them. Files stay in the store; their rows lose the message. */
import { inArray, or } from 'drizzle-orm'
import type { Conn } from '../../conn.ts'

const chunk = 500

export async function purgeMessages(conn: Conn, ids: readonly string[]): Promise<void> {
  const t = conn.tables
  for (let at = 0; at < ids.length; at += chunk) {
    const some = ids.slice(at, at + chunk)
    await conn.db.delete(t.messageReaction).where(inArray(t.messageReaction.messageId, some))
    await conn.db.delete(t.channelFile).where(inArray(t.channelFile.messageId, some))
    await conn.db.delete(t.hbMessageEdit).where(inArray(t.hbMessageEdit.messageId, some))
    await conn.db.delete(t.hbThreadMember).where(inArray(t.hbThreadMember.rootId, some))
    await conn.db.delete(t.hbRun).where(inArray(t.hbRun.messageId, some))
    await conn.db.update(t.hbFile).set({ messageId: null }).where(inArray(t.hbFile.messageId, some))
    await conn.db.delete(t.message).where(or(inArray(t.message.id, some)))
    await conn.db.delete(t.hbMessage).where(inArray(t.hbMessage.messageId, some))
  }
}
