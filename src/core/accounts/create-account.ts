/** Accounts that an administrator, the command line or the AI part makes: no sign-up rules. */
import type { Accounts } from '../core.ts'
import { NAMESPACES, uuidV5 } from '../support/uuid.ts'
import type { User } from '../types.ts'
import type { AccountContext } from './context.ts'
import { insertAccount } from './insert-account.ts'
import { checkProfile } from './profile-rules.ts'
import { welcome } from './register.ts'
import { checkDisplayName, checkEmail, checkNewPassword, checkUsername } from './rules.ts'

export async function createAccount(
  ctx: AccountContext,
  input: Parameters<Accounts['create']>[0],
): Promise<User> {
  const isBot = input.isBot ?? false
  // As long as any face takes: who makes accounts for others may bring names from elsewhere.
  const username = checkUsername(input.username, isBot ? 'bot' : 'mattermost')
  const email = input.email ? checkEmail(input.email) : null
  const displayName = checkDisplayName(input.displayName?.trim() || username)
  if (input.password !== null) checkNewPassword(input.password)
  const passwordHash = input.password === null ? null : await ctx.deps.passwords.hash(input.password)
  const { user } = await ctx.deps.store.tx((repos, unit) =>
    insertAccount(ctx, repos, unit, {
      // One account a model, on every node and after every restart.
      id: input.botModel === undefined ? undefined : uuidV5(input.botModel, NAMESPACES.bot),
      username,
      displayName,
      email,
      role: input.role ?? 'user',
      isBot,
      botModel: input.botModel ?? null,
      botOwnerId: input.botOwnerId ?? null,
      passwordHash,
      profile: checkProfile(input.profile),
    }),
  )
  await welcome(ctx, user)
  return user
}
