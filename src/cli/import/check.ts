/** The first reading of an import: everything that is wrong is found before anything is written. */
import type { Core } from '../../core/core.ts'
import type { Millis, Room, User } from '../../core/types.ts'
import { readLines } from './lines.ts'

const SHOWN_PROBLEMS = 20

export interface Checked {
  readonly count: number
  /** By username. */
  readonly senders: ReadonlyMap<string, User>
}

/** Throws an error that lists the problems by line. */
export async function checkFile(
  file: string,
  core: Core,
  room: Room,
  maxChars: number,
  now: Millis,
): Promise<Checked> {
  const senders = new Map<string, User>()
  const problems: string[] = []
  const ids = new Map<string, number>()
  let count = 0
  let wrong = 0
  let last: { at: Millis; line: number | null } = { at: room.lastMessageAt, line: null }
  const wrongAt = (number: number, problem: string) => {
    wrong += 1
    if (problems.length < SHOWN_PROBLEMS) problems.push(`  line ${number}: ${problem}`)
  }
  for await (const line of readLines(file, maxChars)) {
    if ('problem' in line) {
      wrongAt(line.number, line.problem)
      continue
    }
    count += 1
    if (!senders.has(line.username)) {
      const sender = await core.users.byUsername(line.username)
      if (sender) senders.set(line.username, sender)
      else wrongAt(line.number, `There is no account "${line.username}".`)
    }
    const { id, createdAt, number } = line
    const twin = id === null ? undefined : ids.get(id)
    if (twin !== undefined) wrongAt(number, `Line ${twin} has the same "id".`)
    else if (id !== null) ids.set(id, number)
    if (createdAt === null) continue
    const problem = timeProblem(createdAt, last, now, id !== null)
    if (problem !== null) wrongAt(number, problem)
    else if (createdAt > last.at) last = { at: createdAt, line: number }
  }
  if (wrong === 0) return { count, senders }
  const more = wrong > problems.length ? `\n  … and ${wrong - problems.length} more` : ''
  throw new Error(`Nothing was imported, because of ${wrong} bad lines:\n${problems.join('\n')}${more}`)
}

/** The hash chain and read marks go by order: a message cannot come before one that is there. */
function timeProblem(
  at: Millis,
  last: { at: Millis; line: number | null },
  now: Millis,
  mayBeThere: boolean,
): string | null {
  if (at > now) return 'Its "created_at" lies in the future.'
  if (at >= last.at) return null
  if (last.line !== null) return `It is older than line ${last.line}: sort the lines by "created_at".`
  // With an id it may be there already, from an import before; then it is left out.
  if (mayBeThere) return null
  return `It is older than the newest message of the room (${new Date(last.at).toISOString()}): import into a room of its own.`
}
