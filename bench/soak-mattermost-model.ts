// What the counters of Mattermost's people must be, told by what the server answered to those who wrote.

export interface Post {
  id: string
  channel_id: string
  user_id: string
  root_id: string
  create_at: number
  message: string
}

interface Root {
  id: string
  author: string
  at: number
  mentions: string[]
}

interface Thread {
  channel: string
  replies: { author: string; at: number }[]
  /** Until when each follower has read. */
  followers: Map<string, number>
}

export class MattermostModel {
  /** Root posts in each channel, by id. */
  readonly #roots = new Map<string, Map<string, Root>>()
  readonly #threads = new Map<string, Thread>()
  /** `person channel` → until when. */
  readonly #viewed = new Map<string, number>()

  posted(post: Post): void {
    const { channel_id, user_id, create_at } = post
    if (post.root_id !== '') return this.#replied(post)
    const roots = this.#roots.get(channel_id) ?? new Map<string, Root>()
    this.#roots.set(channel_id, roots)
    const mentions = [...post.message.matchAll(/@(\w+)/g)].map((found) => found[1] ?? '')
    roots.set(post.id, { id: post.id, author: user_id, at: create_at, mentions })
    // Who writes in a channel has read it.
    this.viewed(user_id, channel_id, create_at)
  }

  viewed(person: string, channel: string, at: number): void {
    const key = `${person} ${channel}`
    this.#viewed.set(key, Math.max(at, this.#viewed.get(key) ?? 0))
  }

  readThread(person: string, root: string, at: number): void {
    const followers = this.#threads.get(root)?.followers
    if (followers?.has(person)) followers.set(person, Math.max(at, followers.get(person) ?? 0))
  }

  /** A root that somebody may reply to: calls nobody, so that only its writer follows by it. */
  replyable(channel: string): Root | null {
    const roots = [...(this.#roots.get(channel)?.values() ?? [])]
      .slice(-40)
      .filter((root) => root.mentions.length === 0)
    return roots[Math.floor(Math.random() * roots.length)] ?? null
  }

  newest(channel: string): Root | null {
    return [...(this.#roots.get(channel)?.values() ?? [])].at(-1) ?? null
  }

  unread(person: string, username: string, channel: string): { posts: number; mentions: number } {
    const since = this.#viewed.get(`${person} ${channel}`) ?? 0
    const waiting = [...(this.#roots.get(channel)?.values() ?? [])].filter(
      ({ author, at }) => at > since && author !== person,
    )
    return {
      posts: waiting.length,
      mentions: waiting.filter(({ mentions }) => mentions.includes(username)).length,
    }
  }

  unreadThreads(person: string): number {
    let sum = 0
    for (const { followers, replies } of this.#threads.values()) {
      const read = followers.get(person)
      if (read !== undefined && replies.some(({ author, at }) => author !== person && at > read)) sum++
    }
    return sum
  }

  #replied(post: Post): void {
    const thread: Thread = this.#threads.get(post.root_id) ?? {
      channel: post.channel_id,
      replies: [],
      followers: new Map(),
    }
    this.#threads.set(post.root_id, thread)
    thread.replies.push({ author: post.user_id, at: post.create_at })
    const author = this.#roots.get(post.channel_id)?.get(post.root_id)?.author
    if (author !== undefined && !thread.followers.has(author)) thread.followers.set(author, 0)
    thread.followers.set(post.user_id, Math.max(post.create_at, thread.followers.get(post.user_id) ?? 0))
  }
}
