// What the simulated people of a soak must have heard, what they asked and how long it took, and what went wrong.

/** One thing that happened in a room, which each of its people must hear once. */
interface Told {
  room: string | null
  asked: number
  answered: number
  /** How often each person heard of it. */
  heard: Map<number, number>
}

/** Faults of one kind beyond this are counted, not kept. */
const KEPT = 5

export class Ledger {
  readonly #people = new Map<string, readonly number[]>()
  readonly #told = new Map<string, Told>()
  /** Times without a socket, of those who came back without asking for what they missed. */
  readonly #gaps = new Map<number, [number, number][]>()
  readonly #times = new Map<string, number[]>()
  readonly faults = new Map<string, { count: number; examples: string[] }>()
  deliveries = 0

  room(id: string, people: readonly number[]): void {
    this.#people.set(id, people)
  }

  /** It has been answered: from now on somebody who never hears of it has lost it. */
  happened(key: string, room: string, asked: number): void {
    const told = this.#of(key)
    told.room = room
    told.asked = asked
    told.answered = performance.now()
  }

  heard(key: string, person: number): void {
    this.deliveries++
    const { heard } = this.#of(key)
    const times = (heard.get(person) ?? 0) + 1
    heard.set(person, times)
    if (times > 1) this.fault('heard twice', `${key} by ${person}`)
  }

  gap(person: number, from: number, to: number): void {
    const gaps = this.#gaps.get(person) ?? []
    gaps.push([from, to])
    this.#gaps.set(person, gaps)
  }

  time(action: string, ms: number): void {
    const times = this.#times.get(action)
    if (times) times.push(ms)
    else this.#times.set(action, [ms])
  }

  fault(kind: string, example: string): void {
    const fault = this.faults.get(kind) ?? { count: 0, examples: [] }
    fault.count++
    if (fault.examples.length < KEPT) fault.examples.push(example.slice(0, 300))
    this.faults.set(kind, fault)
  }

  /** What somebody should have heard by now and has not: `key by person`. */
  missing(): string[] {
    const out: string[] = []
    for (const [key, { room, heard, asked, answered }] of this.#told) {
      if (room === null) continue
      for (const person of this.#people.get(room) ?? []) {
        if (!heard.has(person) && !this.#away(person, asked, answered)) out.push(`${key} by ${person}`)
      }
    }
    return out
  }

  /** Counts what is missing as lost and forgets all of it, so that a long soak does not grow either. */
  settle(): void {
    for (const lost of this.missing()) this.fault('lost event', lost)
    for (const [key, { room, heard }] of this.#told) {
      if (room === null) this.fault('heard of something that nobody did', key)
      else if (heard.size > (this.#people.get(room)?.length ?? 0)) this.fault('heard by strangers', key)
    }
    this.#told.clear()
    this.#gaps.clear()
  }

  table(): string {
    const rows = [...this.#times].sort(([a], [b]) => a.localeCompare(b))
    return rows
      .map(([action, times]) => {
        const sorted = times.toSorted((a, b) => a - b)
        const at = (part: number) => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(1)
        return `| ${action} | ${times.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)} |`
      })
      .join('\n')
  }

  requests(): number {
    let sum = 0
    for (const times of this.#times.values()) sum += times.length
    return sum
  }

  #of(key: string): Told {
    const known = this.#told.get(key)
    if (known) return known
    const told: Told = { room: null, asked: 0, answered: 0, heard: new Map() }
    this.#told.set(key, told)
    return told
  }

  #away(person: number, from: number, to: number): boolean {
    return (this.#gaps.get(person) ?? []).some(([lost, back]) => lost <= to + 1_000 && back >= from)
  }
}

/** One person's requests; what is not answered well is a fault. */
export class Caller {
  readonly #url: string
  readonly ledger: Ledger
  token = ''

  constructor(url: string, ledger: Ledger) {
    this.#url = url
    this.ledger = ledger
  }

  /** The body, or null when it was refused. */
  async call<T>(action: string, method: string, path: string, body?: unknown): Promise<T | null> {
    const answer = await this.open<T>(action, method, path, body)
    return answer?.body ?? null
  }

  async open<T>(
    action: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ body: T; headers: Headers } | null> {
    const startedAt = performance.now()
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      })
      const text = await response.text()
      this.ledger.time(action, performance.now() - startedAt)
      if (response.ok)
        return { body: (text === '' ? null : JSON.parse(text)) as T, headers: response.headers }
      this.ledger.fault(`${response.status} to ${action}`, `${method} ${path}: ${text}`)
    } catch (error) {
      this.ledger.fault(`no answer to ${action}`, `${method} ${path}: ${String(error)}`)
    }
    return null
  }
}

/** What the conductor of a soak asks of one simulated person. */
export interface Person {
  /** One thing that people do. */
  act(): Promise<void>
  /** Loses the line, as a laptop that is shut does; `back` returns and hears what was missed, if the face can. */
  lose(): void
  back(): Promise<void>
  /** At a quiet moment: are the counters what they must be? */
  verify(): Promise<void>
  close(): void
}

export const pick = <T>(among: readonly T[]): T => {
  const one = among[Math.floor(Math.random() * among.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

/** Does one of these, as often as its weight says. */
export async function oneOf(actions: readonly (readonly [number, () => Promise<void>])[]): Promise<void> {
  let left = Math.random() * actions.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, act] of actions) {
    left -= weight
    if (left < 0) return act()
  }
}

/** At most `lanes` at once. */
export async function each<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = [...items]
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
