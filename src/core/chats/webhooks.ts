/** Incoming webhooks of channels: whoever knows the token posts as the webhook, with the rights of who made it. */
import { fault } from '../faults.ts'
import type { Actor, Message, Uuid } from '../types.ts'
import type { OpenwebuiContext } from './context.ts'
import type { WebhookRow } from './rows.ts'

export type Webhooks = ReturnType<typeof createWebhooks>

export interface WebhookInput {
  name: string
  profileImageUrl: string | null
}

const NAME_MAX_CHARS = 100

export function createWebhooks(context: OpenwebuiContext) {
  const { read, deps } = context

  /** Webhooks are for those who manage the channel. */
  async function manages(actor: Actor, roomId: Uuid): Promise<void> {
    const { member } = await context.core.rooms.get(actor, roomId)
    if (actor.user.role === 'admin' || member?.role === 'owner' || member?.role === 'moderator') return
    throw fault.forbidden('webhook.forbidden')
  }

  async function one(actor: Actor, roomId: Uuid, id: Uuid): Promise<WebhookRow> {
    await manages(actor, roomId)
    const row = await read.webhooks.get({ id, channelId: roomId })
    if (!row) throw fault.notFound('webhook.not_found')
    return row
  }

  return {
    async list(actor: Actor, roomId: Uuid): Promise<WebhookRow[]> {
      await manages(actor, roomId)
      return read.webhooks.find({ where: { channelId: roomId }, order: [['createdAt', 'asc']] })
    },

    async create(actor: Actor, roomId: Uuid, input: WebhookInput): Promise<WebhookRow> {
      await manages(actor, roomId)
      const { nanos } = context.now()
      const row: WebhookRow = {
        id: deps.ids.next(),
        userId: actor.user.id,
        channelId: roomId,
        name: input.name.slice(0, NAME_MAX_CHARS),
        profileImageUrl: input.profileImageUrl,
        token: Buffer.from(deps.ids.secret(32), 'hex').toString('base64url'),
        lastUsedAt: null,
        createdAt: nanos,
        updatedAt: nanos,
      }
      await context.write((tables) => tables.webhooks.insert(row))
      return row
    },

    async update(actor: Actor, roomId: Uuid, id: Uuid, input: WebhookInput): Promise<WebhookRow> {
      const row = await one(actor, roomId, id)
      const change = { ...input, name: input.name.slice(0, NAME_MAX_CHARS), updatedAt: context.now().nanos }
      await context.write((tables) => tables.webhooks.update({ id }, change))
      return { ...row, ...change }
    },

    async remove(actor: Actor, roomId: Uuid, id: Uuid): Promise<void> {
      await one(actor, roomId, id)
      await context.write((tables) => tables.webhooks.remove({ id }))
    },

    /** Shown beside its messages to those who read the channel. */
    async picture(actor: Actor, id: Uuid): Promise<string | null> {
      const row = await read.webhooks.get({ id })
      if (!row) throw fault.notFound('webhook.not_found')
      await context.core.rooms.get(actor, row.channelId)
      return row.profileImageUrl
    },

    /** A wrong token is answered as a webhook that is not there. */
    async post(id: string, token: string, content: string, ip: string | null): Promise<Message> {
      const row = await read.webhooks.get({ id })
      const owner = row && row.token === token ? await context.core.users.byId(row.userId) : null
      if (!row || !owner || owner.deactivatedAt !== null) throw fault.notFound('webhook.not_found')
      const actor: Actor = { user: owner, via: 'system', scopes: ['*'], sessionId: null, ip }
      const props = { 'openwebui.meta': { webhook: { id: row.id, name: row.name } } }
      const message = await context.core.messages.post(actor, row.channelId, { content, props })
      await context.write((tables) => tables.webhooks.update({ id }, { lastUsedAt: context.now().nanos }))
      return message
    },
  }
}
