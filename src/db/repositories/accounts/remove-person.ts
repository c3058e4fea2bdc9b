/** Deletes what belongs to a person alone; `hb_account` stays, so that their messages keep an author. */
import { eq } from 'drizzle-orm'
import type { Millis, Uuid } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'

export async function removePerson(conn: Conn, id: Uuid, newUsername: string, at: Millis): Promise<void> {
  const t = conn.tables
  const { db } = conn
  // SQLite does not cascade for Open WebUI's tables, so each is named here.
  await db.delete(t.hbSession).where(eq(t.hbSession.userId, id))
  await db.delete(t.hbApiKey).where(eq(t.hbApiKey.userId, id))
  await db.delete(t.hbNostrKey).where(eq(t.hbNostrKey.userId, id))
  await db.delete(t.hbPreference).where(eq(t.hbPreference.userId, id))
  await db.delete(t.hbStatus).where(eq(t.hbStatus.userId, id))
  await db.delete(t.hbTeamMember).where(eq(t.hbTeamMember.userId, id))
  await db.delete(t.hbMember).where(eq(t.hbMember.userId, id))
  await db.delete(t.hbThreadMember).where(eq(t.hbThreadMember.userId, id))
  await db.delete(t.hbDraft).where(eq(t.hbDraft.userId, id))
  await db.delete(t.hbCategoryRoom).where(eq(t.hbCategoryRoom.userId, id))
  await db.delete(t.hbCategory).where(eq(t.hbCategory.userId, id))
  await db.delete(t.channelMember).where(eq(t.channelMember.userId, id))
  await db.delete(t.chatMessage).where(eq(t.chatMessage.userId, id))
  await db.delete(t.chatFile).where(eq(t.chatFile.userId, id))
  await db.delete(t.sharedChat).where(eq(t.sharedChat.userId, id))
  await db.delete(t.chat).where(eq(t.chat.userId, id))
  await db.delete(t.folder).where(eq(t.folder.userId, id))
  await db.delete(t.tag).where(eq(t.tag.userId, id))
  await db.delete(t.memory).where(eq(t.memory.userId, id))
  await db.delete(t.groupMember).where(eq(t.groupMember.userId, id))
  await db.delete(t.oauthSession).where(eq(t.oauthSession.userId, id))
  await db.delete(t.apiKey).where(eq(t.apiKey.userId, id))
  await db.delete(t.auth).where(eq(t.auth.id, id))
  await db.delete(t.user).where(eq(t.user.id, id))
  await db
    .update(t.hbAccount)
    .set({
      usernameLower: newUsername,
      deletedAt: at,
      deactivatedAt: at,
      updatedAt: at,
      avatarKey: null,
      firstName: '',
      lastName: '',
      nickname: '',
      position: '',
      notifyProps: {},
      props: {},
    })
    .where(eq(t.hbAccount.userId, id))
}
