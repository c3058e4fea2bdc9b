/** Puts the parts together that only the Mattermost face asks for. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { type Categories, createCategories } from './categories.ts'
import { createCustomEmoji, type CustomEmojiPart } from './custom-emoji.ts'
import { createDefaultRooms, type DefaultRooms } from './default-rooms.ts'
import { createDrafts, type Drafts } from './drafts.ts'
import { createHooks, type Hooks } from './hooks.ts'
import { createLinkPreviews, type LinkPreviews } from './link-previews.ts'
import { createLookups, type Lookups } from './lookups.ts'
import { nowhere, type Outside } from './outside.ts'
import { createPublicLinks, type PublicLinks } from './public-links.ts'
import { createReminders, type Reminders } from './reminders.ts'
import { createSignals, type Signals } from './signals.ts'
import { createSlashCommands, type SlashCommands } from './slash-commands.ts'
import { createTeamIcons, type TeamIcons } from './team-icons.ts'
import { createTriggers, type Triggers } from './triggers.ts'
import { createUploads, type Uploads } from './uploads.ts'

export interface MattermostCore {
  categories: Categories
  defaultRooms: DefaultRooms
  drafts: Drafts
  emoji: CustomEmojiPart
  hooks: Hooks
  commands: SlashCommands
  reminders: Reminders
  uploads: Uploads
  teamIcons: TeamIcons
  publicLinks: PublicLinks
  linkPreviews: LinkPreviews
  lookups: Lookups
  signals: Signals
  triggers: Triggers
  outside: Outside
}

/** Words that no team may take for a command of its own. */
export const BUILT_IN_COMMANDS: ReadonlySet<string> = new Set([
  'ai',
  'away',
  'code',
  'collapse',
  'dnd',
  'echo',
  'expand',
  'groupmsg',
  'header',
  'help',
  'invite',
  'invite_people',
  'join',
  'kick',
  'leave',
  'logout',
  'marketplace',
  'me',
  'msg',
  'mute',
  'offline',
  'online',
  'open',
  'purpose',
  'remove',
  'rename',
  'search',
  'settings',
  'shortcuts',
  'shrug',
  'status',
])

export function createMattermostGroup(
  deps: CoreDeps,
  core: Core,
  outside: Outside = nowhere,
): MattermostCore {
  return {
    categories: createCategories(deps, core),
    defaultRooms: createDefaultRooms(deps, core),
    drafts: createDrafts(deps, core),
    emoji: createCustomEmoji(deps, core),
    hooks: createHooks(deps, core),
    commands: createSlashCommands(deps, core, BUILT_IN_COMMANDS),
    reminders: createReminders(deps, core),
    uploads: createUploads(deps, core),
    teamIcons: createTeamIcons(deps, core),
    publicLinks: createPublicLinks(deps),
    linkPreviews: createLinkPreviews(deps, core, outside),
    lookups: createLookups(deps, core),
    signals: createSignals(deps),
    triggers: createTriggers(deps),
    outside,
  }
}
