/** The four settings of the native admin page, and the names that the core keeps them under. */
import type { Core } from '../../../../core/core.ts'
import type { Actor } from '../../../../core/types.ts'
import type { SettingsPatch, SettingsReply } from './schema.ts'

const KEYS = {
  signup_enabled: 'hubbub.enable_signup',
  default_role: 'ui.default_user_role',
  max_tokens_per_day: 'hubbub.max_tokens_per_day',
  default_model: 'hubbub.default_model',
} as const

export async function readSettings(core: Core, actor: Actor): Promise<typeof SettingsReply.static> {
  const all = await core.settings.all(actor)
  return {
    settings: {
      signup_enabled: await core.accounts.isSignupOpen('native'),
      default_role: await core.accounts.defaultRole('native'),
      max_tokens_per_day: numberOrNull(all[KEYS.max_tokens_per_day]),
      default_model: textOrNull(all[KEYS.default_model]),
    },
  }
}

export async function saveSettings(
  core: Core,
  actor: Actor,
  patch: typeof SettingsPatch.static,
): Promise<typeof SettingsReply.static> {
  const values: Record<string, unknown> = {}
  for (const [name, key] of Object.entries(KEYS)) {
    const value = patch[name as keyof typeof KEYS]
    if (value !== undefined) values[key] = value satisfies boolean | number | string | null
  }
  await core.settings.set(actor, values)
  return readSettings(core, actor)
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
