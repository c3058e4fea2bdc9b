/** The part of a search that both dialects share: which messages of a slice may be shown at all. */
import { type SQL, sql } from 'drizzle-orm'
import type { SearchScope, SearchSlice } from '../../../core/search/search-repository.ts'

/** Conditions on `h` (hb_message) and `m` (message). The rooms are what the asker may read: always there. */
export function inScope(scope: SearchScope): SQL {
  const parts: SQL[] = [sql`h.deleted_at is null`, sql`h.room_id in ${scope.roomIds}`]
  if (scope.senderIds) parts.push(sql`h.sender_id in ${scope.senderIds}`)
  if (scope.after !== undefined) parts.push(sql`h.created_at >= ${scope.after}`)
  if (scope.before !== undefined) parts.push(sql`h.created_at < ${scope.before}`)
  if (scope.hasFile) parts.push(sql`exists (select 1 from hb_file f where f.message_id = h.message_id)`)
  return sql.join(parts, sql` and `)
}

export interface SliceRow {
  seq: number
  /** Null: an entry of the index that is out of scope. */
  id: string | null
  content: string | null
}

/** `full`: as many entries were read as were allowed, so there may be more. */
export function toSlice(rows: readonly SliceRow[], budget: number): SearchSlice {
  const candidates = rows.flatMap(({ seq, id, content }) =>
    id === null ? [] : [{ seq: Number(seq), id, content: content ?? '' }],
  )
  const last = rows.at(-1)
  return { candidates, nextSeq: rows.length >= budget && last ? Number(last.seq) : null }
}

/** The slice of the index that is looked at. */
export const inRange = (scope: SearchScope, seq: SQL): SQL =>
  sql`${seq} < ${scope.beforeSeq ?? Number.MAX_SAFE_INTEGER} and ${seq} > ${scope.afterSeq}`

/** Reads messages by themselves: by room when that is cheap, else the newest of the server, sifted. */
export function scanSql(scope: SearchScope, budget: number, few: boolean): SQL {
  const range = inRange(scope, sql`seq`)
  if (few || scope.roomIds.length === 1) {
    return sql`select h.seq as seq, h.message_id as id, m.content as content
      from hb_message h join message m on m.id = h.message_id
      where ${inRange(scope, sql`h.seq`)} and ${inScope(scope)} order by h.seq desc limit ${budget}`
  }
  return sql`with newest as (select * from hb_message where ${range} order by seq desc limit ${budget})
    select n.seq as seq, m.id as id, m.content as content from newest n
    left join hb_message h on h.seq = n.seq and ${inScope(scope)}
    left join message m on m.id = h.message_id order by n.seq desc`
}
