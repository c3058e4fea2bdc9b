/** `hubbub user`: accounts from the command line, for when nobody can sign in to do it. */
import type { Config } from '../config/index.ts'
import type { Core } from '../core/core.ts'
import { systemActor } from '../core/permissions/scopes.ts'
import type { User } from '../core/types.ts'
import type { Command } from './args.ts'
import { askNewPassword } from './terminal.ts'
import { withCore } from './with-core.ts'

export function user(command: Extract<Command, { name: 'user' }>, config: Config): Promise<number> {
  return withCore(config, async ({ core }) => {
    console.log(await actions[command.action](core, command))
    return 0
  })
}

type Input = Pick<Extract<Command, { name: 'user' }>, 'username' | 'email'>

const actions = {
  async create(core: Core, { username, email }: Input): Promise<string> {
    const password = await askNewPassword()
    const made = await core.accounts.create({ username, password, email: email ?? null })
    return `${made.username} was made${made.role === 'admin' ? ' and is an administrator' : ''}.`
  },
  async password(core: Core, { username }: Input): Promise<string> {
    const person = await personNamed(core, username)
    const newPassword = await askNewPassword()
    await core.accounts.changePassword(systemActor(person), { userId: person.id, newPassword })
    return `The password of ${person.username} was set; their sessions have ended.`
  },
  async admin(core: Core, { username }: Input): Promise<string> {
    const person = await personNamed(core, username)
    if (person.isBot) throw new Error(`${person.username} is a bot.`)
    await core.accounts.setRole(systemActor(person), person.id, 'admin')
    return `${person.username} is an administrator.`
  },
}

async function personNamed(core: Core, name: string): Promise<User> {
  const found = (await core.users.byUsername(name)) ?? (await core.users.byEmail(name.toLowerCase()))
  if (!found) throw new Error(`There is no account "${name}".`)
  return found
}
