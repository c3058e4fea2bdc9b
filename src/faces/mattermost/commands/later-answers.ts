/** Addresses to which a program may answer a command later: five times, for half an hour, on this node. */
import type { SlashCommand } from '../../../core/mattermost-repositories.ts'
import { randomWireId } from '../ids.ts'
import type { CommandCall } from './command.ts'

const USES_MAX = 5
const LIVES_MS = 30 * 60_000
const KEPT_MAX = 10_000

interface Later {
  asked: CommandCall
  command: SlashCommand
  uses: number
  until: number
}

export class LaterAnswers {
  readonly #open = new Map<string, Later>()

  /** The secret part of the address. */
  open(asked: CommandCall, command: SlashCommand): string {
    this.#forgetOld()
    const id = randomWireId()
    this.#open.set(id, { asked, command, uses: 0, until: Date.now() + LIVES_MS })
    return id
  }

  use(id: string): { asked: CommandCall; command: SlashCommand } | null {
    const later = this.#open.get(id)
    if (!later || later.until < Date.now() || later.uses >= USES_MAX) return null
    later.uses += 1
    return later
  }

  #forgetOld(): void {
    const now = Date.now()
    for (const [id, later] of this.#open) {
      if (later.until >= now && this.#open.size < KEPT_MAX) break
      this.#open.delete(id)
    }
  }
}
