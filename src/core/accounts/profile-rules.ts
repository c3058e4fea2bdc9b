/** What the longer profile may hold: short texts, and small maps of short texts. */
import { fault } from '../faults.ts'
import type { UserProfile } from '../types.ts'
import { checkProfileText } from './rules.ts'

const TEXTS = ['firstName', 'lastName', 'nickname', 'position', 'locale'] as const
const MAPS = ['timezone', 'notifyProps', 'props'] as const
const MAX_MAP_CHARS = 20_000

/** Only the fields that a profile has; whatever else was sent is left out. */
export function checkProfile(profile: Partial<UserProfile> | undefined): Partial<UserProfile> {
  const out: Partial<UserProfile> = {}
  for (const name of TEXTS) {
    const text = profile?.[name]
    if (text !== undefined) out[name] = checkProfileText(text, name)
  }
  for (const name of MAPS) {
    const map = profile?.[name]
    if (map !== undefined) out[name] = checkMap(map, name)
  }
  return out
}

function checkMap(map: Record<string, string>, name: string): Record<string, string> {
  const pairs = Object.entries(map)
  const texts = pairs.every(([, value]) => typeof value === 'string')
  if (!texts || JSON.stringify(map).length > MAX_MAP_CHARS) {
    throw fault.invalid('account.bad_profile', `${name} must be a small map of texts.`, {
      [name]: 'is not valid',
    })
  }
  return Object.fromEntries(pairs)
}
