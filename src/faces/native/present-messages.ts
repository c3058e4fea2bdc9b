/** Many messages at once: their senders come in one look-up. */
import type { Core } from '../../core/core.ts'
import type { Message, User } from '../../core/types.ts'
import { type MessageRecord, presentMessage } from './present-message.ts'

/** A sender whose account is gone keeps the place of one. */
const goneSender = (id: string): User => ({
  id,
  username: 'deleted-user',
  displayName: 'Deleted user',
  email: null,
  role: 'user',
  isBot: false,
  botModel: null,
  botOwnerId: null,
  bio: '',
  avatarKey: null,
  avatarUpdatedAt: 0,
  profileImageUrl: '',
  nostrPubkey: null,
  deactivatedAt: 0,
  emailVerified: false,
  passwordChangedAt: 0,
  createdAt: 0,
  updatedAt: 0,
  lastActiveAt: 0,
  profile: {
    firstName: '',
    lastName: '',
    nickname: '',
    position: '',
    locale: '',
    timezone: {},
    notifyProps: {},
    props: {},
  },
})

export async function presentMessages(core: Core, messages: readonly Message[]): Promise<MessageRecord[]> {
  if (messages.length === 0) return []
  const senders = await core.users.byIds([...new Set(messages.map((message) => message.senderId))])
  const byId = new Map(senders.map((sender) => [sender.id, sender]))
  return messages.map((message) =>
    presentMessage(message, byId.get(message.senderId) ?? goneSender(message.senderId)),
  )
}

export async function presentOne(core: Core, message: Message): Promise<MessageRecord> {
  const [record] = await presentMessages(core, [message])
  return record as MessageRecord
}
