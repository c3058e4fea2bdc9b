/**
 * The storage port of nouns that only Open WebUI has: one small, typed row interface for each of its
 * tables. Rules stay in the actions; this knows rows, equality and order, and nothing of meaning.
 */

export type Condition<Value> =
  | Value
  | null
  | { in: readonly Value[] }
  | { not: Value | null }
  | { gt: Value }
  | { lt: Value }
  /** Contains this text, without regard to case (all of Unicode). */
  | { contains: string }

/** All conditions must hold; `any` adds alternatives of which one must. */
export type Where<Row> = { [Key in keyof Row]?: Condition<NonNullable<Row[Key]>> } & {
  any?: readonly Where<Row>[]
}

export interface Find<Row> {
  where?: Where<Row>
  order?: readonly (readonly [keyof Row & string, 'asc' | 'desc'])[]
  limit?: number
  offset?: number
}

export interface Table<Row> {
  /** The first row that fits. */
  get(where: Where<Row>): Promise<Row | null>
  /** As `get`, inside a unit of work: nobody else changes the row until it ends. For read, change and write. */
  getForChange(where: Where<Row>): Promise<Row | null>
  find(query?: Find<Row>): Promise<Row[]>
  /** Only these columns: keeps big JSON out of lists. */
  pick<Key extends keyof Row & string>(columns: readonly Key[], query?: Find<Row>): Promise<Pick<Row, Key>[]>
  count(where?: Where<Row>): Promise<number>
  insert(rows: Row | readonly Row[]): Promise<void>
  /** Inserts, or overwrites the row with the same primary key. */
  put(row: Row): Promise<void>
  /** How many rows changed. */
  update(where: Where<Row>, patch: Partial<Row>): Promise<number>
  /** How many rows went. An empty `where` is refused. */
  remove(where: Where<Row>): Promise<number>
}
