/** What the actions about rooms share: the ports, the rest of the core, and the feed of the search index. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import type { Keywords } from '../messages/keywords.ts'
import type { NewestPages } from '../messages/newest-pages.ts'
import type { IndexFeed } from '../search/index-feed.ts'

export interface RoomsContext {
  deps: CoreDeps
  core: Core
  index: IndexFeed
  /** The server is about to stop: long work ends at the next slice. */
  stopping: boolean
  newest: NewestPages
  keywords: Keywords
}
