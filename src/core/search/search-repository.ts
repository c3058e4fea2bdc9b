/** Storage port of message search: an index by `seq`, filled behind the writes and asked in slices. */
import type { Millis, Uuid } from '../types.ts'

export interface IndexEntry {
  seq: number
  roomId: Uuid
  /** Folded (see fold.ts). Null takes the entry out of the index. */
  text: string | null
  /** Characters and pairs of scripts without blanks (see fold.ts). */
  grams: readonly string[]
}

/** A message as `pending` reads it: text as written, null when deleted. */
export interface Unindexed {
  seq: number
  roomId: Uuid
  text: string | null
}

/** Where to look. Rooms are those the asker may read, never more. */
export interface SearchScope {
  roomIds: readonly Uuid[]
  senderIds?: readonly Uuid[]
  after?: Millis
  before?: Millis
  hasFile?: boolean
  /** Only messages with a smaller `seq`… */
  beforeSeq: number | null
  /** …and a larger one: bounds what one look can cost. */
  afterSeq: number
}

export interface Candidate {
  seq: number
  id: Uuid
  content: string
}

/** One slice of the index, newest first. */
export interface SearchSlice {
  candidates: Candidate[]
  /** `seq` to go on from when `budget` ended it; null when all within the bounds was read. */
  nextSeq: number | null
}

export interface SearchRepository {
  /** Highest `seq` that is in the index. */
  indexedSeq(): Promise<number>
  setIndexedSeq(seq: number): Promise<void>
  /** One filler at a time over all nodes; how many of the newest to look at again, as commits may come out of order. */
  lockIndex(): Promise<number>
  /** Messages that are not in the index yet, by `seq`. */
  pending(afterSeq: number, limit: number): Promise<Unindexed[]>
  /** Replaces entries; `indexedSeq` moves the mark. */
  apply(entries: readonly IndexEntry[], indexedSeq: number | null): Promise<void>
  /**
   * Messages that may hold all of these (each of three or more characters); reads at most `budget`
   * entries of the index. The caller checks the text.
   */
  byTerms(terms: readonly string[], scope: SearchScope, budget: number): Promise<SearchSlice>
  /** Messages with this word of one or two Chinese, Japanese or Korean characters. */
  byShort(term: string, scope: SearchScope, budget: number): Promise<SearchSlice>
  /**
   * Reads messages themselves, newest first, at most `budget`: for what no index finds. `few`: the rooms
   * hold so little that reading by room is cheap; otherwise the newest of the whole server are sifted.
   */
  scan(scope: SearchScope, budget: number, few: boolean): Promise<SearchSlice>
}
