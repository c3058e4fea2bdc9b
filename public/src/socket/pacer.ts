/**
 * Lets only a few requests wait at the server at a time: it cuts off a socket
 * that queues too many frames, and a person may be in hundreds of rooms.
 */
export class Pacer {
  #waiting: string[] = []
  #open = new Set<string>()
  #run: (id: string) => boolean
  #limit: number

  /** `run` starts one request; false = not possible now, the rest is dropped. */
  constructor(run: (id: string) => boolean, limit: number) {
    this.#run = run
    this.#limit = limit
  }

  add(id: string): void {
    if (this.#open.has(id) || this.#waiting.includes(id)) return
    this.#waiting.push(id)
    this.#next()
  }

  /** The answer to one request came, good or bad. */
  done(id: string): void {
    if (this.#open.delete(id)) this.#next()
  }

  clear(): void {
    this.#waiting = []
    this.#open.clear()
  }

  #next(): void {
    while (this.#open.size < this.#limit) {
      const id = this.#waiting.shift()
      if (id === undefined) return
      if (!this.#run(id)) return this.clear()
      this.#open.add(id)
    }
  }
}
