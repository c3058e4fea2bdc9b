/** The bot accounts that models speak through: made when first needed, kept for good. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { AppFault } from '../faults.ts'
import { NAMESPACES, uuidV5 } from '../support/uuid.ts'
import type { User, Uuid } from '../types.ts'
import { botUsername } from './asks.ts'

/** Speaks for the server itself where no model can: its notices come from somebody. */
export const serverBotModel = 'ai'

export class Bots {
  /** Bots being made, so that two questions at once make one. */
  private readonly making = new Map<string, Promise<User>>()
  private readonly deps: CoreDeps
  private readonly core: Core

  constructor(deps: CoreDeps, core: Core) {
    this.deps = deps
    this.core = core
  }

  async of(modelId: string): Promise<User> {
    const known = await this.core.users.byId(botId(modelId))
    if (known) return known
    const going = this.making.get(modelId)
    if (going) return going
    const making = this.make(modelId).finally(() => this.making.delete(modelId))
    this.making.set(modelId, making)
    return making
  }

  private async make(modelId: string): Promise<User> {
    const id = botId(modelId)
    const slug = botUsername(modelId)
    // A person may have the name already, and keeps it.
    for (const username of [slug, `${slug}-ai`, `${slug.slice(0, 50)}-${this.deps.ids.secret(3)}`]) {
      try {
        return await this.core.accounts.create({
          username,
          password: null,
          displayName: displayName(modelId),
          isBot: true,
          botModel: modelId,
        })
      } catch (error) {
        if (!(error instanceof AppFault && (error.kind === 'conflict' || error.kind === 'invalid')))
          throw error
        const madeMeanwhile = await this.core.users.byId(id)
        if (madeMeanwhile) return madeMeanwhile
      }
    }
    throw new Error(`no free user name for the bot of model ${modelId}`)
  }
}

/** The version-5 id of a model's bot: the same on every server. */
export const botId = (modelId: string): Uuid => uuidV5(modelId, NAMESPACES.bot)

function displayName(modelId: string): string {
  return modelId === serverBotModel ? 'AI' : modelId.slice(modelId.lastIndexOf('/') + 1, 200).slice(0, 80)
}
