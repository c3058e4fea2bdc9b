/** What a slash command is told, and what it answers. */
import type { Room, Team, Uuid } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import type { Call } from '../wire/call.ts'

export interface CommandCall {
  face: Face
  call: Call
  room: Room
  team: Team
  rootId: Uuid | null
  /** What follows the trigger word. */
  text: string
}

export interface CommandAnswer {
  /** Shown to the asker only; empty = nothing to say. */
  text: string
  /** Where the client shall go. */
  goto?: string
}

/** A word that may follow, offered while somebody types. */
export interface NextWord {
  word: string
  hint: string
  description: string
  next?: readonly NextWord[]
}

export interface BuiltIn {
  hint: string
  description: string
  next?: readonly NextWord[]
  run(asked: CommandCall): Promise<CommandAnswer>
}

export const said = (text: string): CommandAnswer => ({ text })
export const done: CommandAnswer = { text: '' }
