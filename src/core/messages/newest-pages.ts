/**
 * The newest page of rooms, kept in memory: it is what nearly every reader of a room asks for. One look
 * at the newest change of the room tells whether a kept page still holds, so that other nodes' writes count too.
 */
import type { Clock } from '../ports.ts'
import type { Repositories } from '../repositories.ts'
import type { MessagePage } from '../rooms/repositories.ts'
import { LruMap } from '../support/lru.ts'
import type { Message } from '../types.ts'

const maxPages = 400
/** Changes carry milliseconds: within the same one, an equal mark does not mean that nothing happened. */
const settledMs = 50

interface Kept {
  mark: string
  items: Message[]
}

export class NewestPages {
  private readonly kept = new LruMap<string, Kept>(maxPages)
  private readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** As `messages.page` without a cursor. */
  async read(repos: Repositories, query: MessagePage): Promise<Message[]> {
    if (query.threadId) return repos.messages.page(query)
    const key = `${query.roomId} ${query.rootsOnly === true} ${query.limit}`
    // The mark is read before the page: a change between the two makes the page newer than its mark says.
    const { updatedAt, seq } = await repos.messages.newestChange(query.roomId)
    const mark = `${updatedAt} ${seq}`
    const kept = this.kept.get(key)
    if (kept?.mark === mark) return kept.items.slice()
    const items = await repos.messages.page(query)
    if (updatedAt < this.clock.now() - settledMs) this.kept.set(key, { mark, items: items.slice() })
    return items
  }
}
