/** Puts the parts together that only the Mattermost face asks for. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { type Categories, createCategories } from './categories.ts'
import { createCustomEmoji, type CustomEmojiPart } from './custom-emoji.ts'
import { createDrafts, type Drafts } from './drafts.ts'
import { createLookups, type Lookups } from './lookups.ts'
import { createSignals, type Signals } from './signals.ts'

export interface MattermostCore {
  categories: Categories
  drafts: Drafts
  emoji: CustomEmojiPart
  lookups: Lookups
  signals: Signals
}

export function createMattermostGroup(deps: CoreDeps, core: Core): MattermostCore {
  return {
    categories: createCategories(deps, core),
    drafts: createDrafts(deps, core),
    emoji: createCustomEmoji(deps, core),
    lookups: createLookups(deps),
    signals: createSignals(deps),
  }
}
