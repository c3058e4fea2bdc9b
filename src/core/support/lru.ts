/** A map that holds at most so many entries and forgets the one used longest ago. */
export class LruMap<K, V> {
  private readonly entries = new Map<K, V>()
  private readonly max: number
  private readonly onEvict: ((key: K, value: V) => void) | undefined

  constructor(max: number, onEvict?: (key: K, value: V) => void) {
    this.max = max
    this.onEvict = onEvict
  }

  get(key: K): V | undefined {
    const value = this.entries.get(key)
    if (value === undefined) return undefined
    this.entries.delete(key)
    this.entries.set(key, value)
    return value
  }

  /** Without counting as a use. */
  peek(key: K): V | undefined {
    return this.entries.get(key)
  }

  set(key: K, value: V): void {
    this.entries.delete(key)
    this.entries.set(key, value)
    if (this.entries.size <= this.max) return
    const [oldestKey, oldest] = this.entries.entries().next().value!
    this.entries.delete(oldestKey)
    this.onEvict?.(oldestKey, oldest)
  }

  delete(key: K): boolean {
    return this.entries.delete(key)
  }

  clear(): void {
    this.entries.clear()
  }

  get size(): number {
    return this.entries.size
  }

  keys(): IterableIterator<K> {
    return this.entries.keys()
  }
}
