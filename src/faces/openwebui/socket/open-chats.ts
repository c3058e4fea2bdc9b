/** Chats that people have open (`events:chat` join): who is there, and who may no longer be. */
import type { Client } from './client.ts'
import type { OpenwebuiSockets } from './index.ts'
import { openTopic } from './topics.ts'

const PREFIX = openTopic('chat:')
const chatOf = (topic: string): string => topic.slice(PREFIX.length)

export const isOpenChat = (topic: string): boolean => topic.startsWith(PREFIX)

export class OpenChats {
  readonly #sockets: OpenwebuiSockets

  constructor(sockets: OpenwebuiSockets) {
    this.#sockets = sockets
  }

  /** Tells everybody in a chat who has it open. */
  announce(chatId: string): void {
    this.#do(() => this.#presence(chatId))
  }

  /** Who may see a chat has changed: whoever may no longer leaves, the others look again. */
  recheck(chatId: string): void {
    const topic = PREFIX + chatId
    if (this.#sockets.listeners(topic) === 0) return
    for (const client of this.#sockets.inRoom(topic)) this.#do(() => this.#recheck(client, topic))
  }

  /** Any chat of this person may be concerned. */
  recheckOf(ownerId: string): void {
    this.#do(async () => {
      const open = [...this.#sockets.engine.clients.values()]
        .filter((client) => client.userId !== ownerId)
        .flatMap((client) => [...client.rooms].filter(isOpenChat).map(chatOf))
      for (const id of await this.#sockets.core.chats.ownedOf(ownerId, [...new Set(open)])) this.recheck(id)
    })
  }

  async #recheck(client: Client, topic: string): Promise<void> {
    const actor = await this.#sockets.actorOf(client)
    if (!actor) return
    const chatId = chatOf(topic)
    const row = await this.#sockets.core.chats.accessible(actor, chatId, 'read')
    if (row?.userId === actor.user.id) return
    if (!row) {
      this.#sockets.leave(client, topic)
      this.announce(chatId)
    }
    const data = { type: 'chat:access', data: {} }
    this.#sockets.emit(client, 'events', { chat_id: chatId, shared: true, data })
  }

  async #presence(chatId: string): Promise<void> {
    const topic = PREFIX + chatId
    const ids = new Set(this.#sockets.inRoom(topic).flatMap((client) => client.userId ?? []))
    const users = (await this.#sockets.core.users.byIds([...ids]))
      .map((user) => ({ id: user.id, name: user.displayName }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    const data = { type: 'chat:presence', data: { users } }
    this.#sockets.publish(topic, 'events', { chat_id: chatId, shared: true, data })
  }

  #do(work: () => Promise<void>): void {
    void work().catch((error: unknown) =>
      this.#sockets.options.log.error('something about an open chat failed', { error }),
    )
  }
}
