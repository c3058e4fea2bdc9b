/** A few connections that are made when needed, and replaced when lost. Units of work have one to themselves; reads share. */
import { UnitOver } from '../errors.ts'
import { connectPostgres, type PgClient } from './client.ts'

const CLOSING_MS = 10_000

/** One connection. `alive` turns false the moment it is gone, and then it is never used again. */
export interface Link {
  readonly client: PgClient
  alive: boolean
  /** Statements on their way, or 1 while a unit has it. */
  uses: number
  /** Tells a unit that waits for something else that its connection is gone. */
  lost: () => void
}

export class PgLinks {
  readonly #url: string
  readonly #name: string
  readonly #max: number
  readonly #links = new Set<Link>()
  readonly #waiting: ((link: Link) => void)[] = []
  #closed = false
  #idle = () => {}

  constructor(url: string, name: string, max: number) {
    this.#url = url
    this.#name = name
    this.#max = max
  }

  /** For reads: a free connection, a new one, or the one with the least to do. */
  shared(): Link {
    this.#refuseWhenClosed()
    const links = [...this.#links].toSorted((a, b) => a.uses - b.uses)
    const [idlest] = links
    const link = idlest && (idlest.uses === 0 || links.length >= this.#max) ? idlest : this.#connect()
    link.uses++
    return link
  }

  /** For a unit: a connection of its own, once there is one. */
  async exclusive(): Promise<Link> {
    this.#refuseWhenClosed()
    const free = this.#free()
    if (!free) return new Promise((resolve) => this.#waiting.push(resolve))
    free.uses = 1
    return free
  }

  release(link: Link): void {
    link.uses--
    if (link.uses > 0) return
    this.#passOn()
    if (this.#closed && !this.#busy()) this.#idle()
  }

  /** Closes a connection of which nobody knows what state it is in. */
  drop(link: Link): void {
    link.alive = false
    if (!this.#links.delete(link)) return
    void link.client.end({ timeout: 0 }).catch(() => {})
    link.lost()
  }

  /** Refuses what comes later, and lets what is under way or waits end, for at most ten seconds. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#busy())
      await Promise.race([new Promise<void>((resume) => (this.#idle = resume)), Bun.sleep(CLOSING_MS)])
    await Promise.all([...this.#links].map(({ client }) => client.end({ timeout: 1 })))
  }

  #busy(): boolean {
    return this.#waiting.length > 0 || [...this.#links].some(({ uses }) => uses > 0)
  }

  #free(): Link | null {
    for (const link of this.#links) if (link.uses === 0) return link
    return this.#links.size < this.#max ? this.#connect() : null
  }

  #passOn(): void {
    const [next] = this.#waiting
    const link = next ? this.#free() : null
    if (!next || !link) return
    this.#waiting.shift()
    link.uses = 1
    next(link)
  }

  #connect(): Link {
    const link: Link = {
      client: connectPostgres(this.#url, { name: this.#name, closed: () => this.#gone(link) }),
      alive: true,
      uses: 0,
      lost: () => {},
    }
    this.#links.add(link)
    return link
  }

  #gone(link: Link): void {
    link.alive = false
    if (this.#closed) return
    this.drop(link)
    this.#passOn()
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new UnitOver('The database is closed.')
  }
}
