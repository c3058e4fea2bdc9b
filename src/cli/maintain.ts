/** The commands that work beside the server, or instead of it: one file each. */
import type { Config } from '../config/index.ts'
import type { Command } from './args.ts'
import { backup } from './backup.ts'
import { doctor } from './doctor/index.ts'
import { importFile } from './import/index.ts'
import { migrate } from './migrate.ts'
import { restore } from './restore.ts'
import { user } from './user.ts'

export type Maintenance = Exclude<Command, { name: 'serve' | 'health' | 'open-webui' | 'help' | 'version' }>

/** Resolves with the exit code; what throws is for the person at the terminal. */
export async function maintain(command: Maintenance, config: Config): Promise<number> {
  switch (command.name) {
    case 'backup':
      return backup(command.file, config)
    case 'restore':
      return restore(command.file, command.yes, config)
    case 'migrate':
      return migrate(command.dryRun, config)
    case 'doctor':
      return doctor(config)
    case 'user':
      return user(command, config)
    case 'import':
      return importFile(command.file, command.room, config)
  }
}
