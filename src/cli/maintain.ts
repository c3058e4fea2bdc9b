/** The commands that work on a database beside the server: backup, restore, migrate, doctor, user, import. */
import type { Config } from '../config/index.ts'
import type { Command } from './args.ts'

export type Maintenance = Exclude<Command, { name: 'serve' | 'health' | 'help' | 'version' }>

/** Resolves with the exit code. */
export function maintain(command: Maintenance, _config: Config): Promise<number> {
  throw new Error(`The command "${command.name}" is not built in this version.`)
}
