/** The first reading of an import: everything that is wrong is found before anything is written. */
import type { Core } from '../../core/core.ts'
import type { Millis, Room, User } from '../../core/types.ts'
import { type ImportLine, readLines } from './lines.ts'

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
  const check = new FileCheck(core, room, now)
  for await (const lines of readLines(file, maxChars)) {
    for (const line of lines) {
      if ('problem' in line) check.wrongAt(line.number, line.problem)
      else {
        if (!check.senders.has(line.username)) await check.findSender(line)
        check.look(line)
      }
    }
  }
  return check.result()
}

class FileCheck {
  readonly senders = new Map<string, User>()
  private readonly ids = new Map<string, number>()
  private readonly problems: string[] = []
  private count = 0
  private wrong = 0
  private last: { at: Millis; line: number | null }

  constructor(
    private readonly core: Core,
    room: Room,
    private readonly now: Millis,
  ) {
    this.last = { at: room.lastMessageAt, line: null }
  }

  wrongAt(number: number, problem: string): void {
    this.wrong += 1
    if (this.problems.length < SHOWN_PROBLEMS) this.problems.push(`  line ${number}: ${problem}`)
  }

  async findSender({ username, number }: ImportLine): Promise<void> {
    const sender = await this.core.users.byUsername(username)
    if (sender) this.senders.set(username, sender)
    else this.wrongAt(number, `There is no account "${username}".`)
  }

  look({ id, createdAt, number }: ImportLine): void {
    this.count += 1
    if (id !== null) this.lookAtId(id, number)
    if (createdAt === null) return
    const problem = timeProblem(createdAt, this.last, this.now, id !== null)
    if (problem !== null) this.wrongAt(number, problem)
    else if (createdAt > this.last.at) this.last = { at: createdAt, line: number }
  }

  result(): Checked {
    const { count, senders, wrong, problems } = this
    if (wrong === 0) return { count, senders }
    const more = wrong > problems.length ? `\n  … and ${wrong - problems.length} more` : ''
    const lines = wrong === 1 ? 'a bad line' : `${wrong} bad lines`
    throw new Error(`Nothing was imported, because of ${lines}:\n${problems.join('\n')}${more}`)
  }

  private lookAtId(id: string, number: number): void {
    const twin = this.ids.get(id)
    if (twin === undefined) this.ids.set(id, number)
    else this.wrongAt(number, `Line ${twin} has the same "id".`)
  }
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
