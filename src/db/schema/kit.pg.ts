/**
 * What drizzle-kit sees: our own tables only, as it takes them from exports. Open WebUI's tables have
 * their own DDL. A test holds this list against schema/index.ts.
 */
import { pgHubbub } from './index.ts'

export const {
  hbAccount,
  hbSession,
  hbRevokedToken,
  hbApiKey,
  hbNostrKey,
  hbUsedToken,
  hbPreference,
  hbStatus,
  hbTeam,
  hbTeamMember,
  hbRoom,
  hbMember,
  hbInvite,
  hbInviteUse,
  hbNostrInvite,
  hbCategory,
  hbCategoryRoom,
  hbMessage,
  hbMessageEdit,
  hbThreadMember,
  hbFile,
  hbDraft,
  hbRun,
  hbSetting,
  hbAudit,
  hbUsage,
  hbEmoji,
  hbIndexState,
  hbIncomingHook,
  hbOutgoingHook,
  hbCommand,
  hbReminder,
  hbUpload,
  hbCollection,
  hbChunk,
  hbChunkVector,
} = pgHubbub
