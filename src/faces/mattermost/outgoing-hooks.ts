/**
 * Tells outgoing webhooks what was said, and posts what they answer. Runs on the node where a message
 * was written, so that each is told once; failures are logged and not tried again, as in Mattermost.
 */
import type { DomainEvent, EventOf } from '../../core/events.ts'
import { actorFor } from '../../core/mattermost/hooks.ts'
import type { OutgoingHook } from '../../core/mattermost-repositories.ts'
import type { Face } from './face.ts'
import { toWire } from './ids.ts'
import { PROPS_KEY } from './present/post.ts'
import { programPost } from './present/program-post.ts'
import { isRecord, type Json } from './wire/fields.ts'

const TIMEOUT_MS = 30_000
const AT_ONCE_MAX = 50

export class OutgoingHooks {
  readonly name = 'mattermost-outgoing-hooks'
  readonly #face: Face
  #busy = 0

  constructor(face: Face) {
    this.#face = face
  }

  onEvent(event: DomainEvent): void {
    if (event.type !== 'message.created' || event.room.kind !== 'public' || fromProgram(event)) return
    if (this.#busy >= AT_ONCE_MAX) return
    this.#busy += 1
    this.#tellAll(event)
      .catch((error: unknown) => this.#face.log.warn('outgoing webhooks failed', { error }))
      .finally(() => {
        this.#busy -= 1
      })
  }

  async #tellAll(event: EventOf<'message.created'>): Promise<void> {
    if (!this.#face.config.value('ServiceSettings.EnableOutgoingWebhooks', true)) return
    for (const { hook, word } of await this.#face.mm.hooks.outgoing.triggered(event.room, event.message)) {
      for (const url of hook.callbackUrls) await this.#tell(hook, word, url, event)
    }
  }

  async #tell(
    hook: OutgoingHook,
    word: string,
    url: string,
    event: EventOf<'message.created'>,
  ): Promise<void> {
    const team = await this.#face.mm.lookups.team(hook.teamId)
    const fields = payloadOf(hook, word, team?.slug ?? '', event)
    const asJson = hook.contentType === 'application/json'
    const body = asJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString()
    const type = asJson ? 'application/json' : 'application/x-www-form-urlencoded'
    const answer = await this.#face.mm.outside.send({
      method: 'POST',
      url,
      body,
      headers: { 'Content-Type': type, Accept: 'application/json' },
      timeoutMs: TIMEOUT_MS,
    })
    const sent = answer.status === 200 ? parsed(answer.text) : null
    if (sent) await this.#answer(hook, event, sent)
  }

  async #answer(
    hook: OutgoingHook,
    { room, message }: EventOf<'message.created'>,
    sent: Json,
  ): Promise<void> {
    const post = programPost(sent, { from_webhook: 'true', webhook_display_name: hook.displayName })
    const owner = await this.#face.core.users.byId(hook.userId)
    if (!post || !owner) return
    const inThread = sent.response_type === 'comment' ? { threadId: message.threadId ?? message.id } : {}
    await this.#face.core.messages.post(actorFor(owner), room.id, { ...post, ...inThread })
  }
}

/** Programs do not set each other off. */
function fromProgram({ message, sender }: EventOf<'message.created'>): boolean {
  const props = message.props[PROPS_KEY]
  return sender.isBot || (isRecord(props) && props.from_webhook === 'true')
}

function payloadOf(
  hook: OutgoingHook,
  word: string,
  teamSlug: string,
  { room, message, sender }: EventOf<'message.created'>,
): Record<string, string> {
  return {
    token: hook.token,
    team_id: toWire(hook.teamId),
    team_domain: teamSlug,
    channel_id: toWire(room.id),
    channel_name: room.slug,
    timestamp: String(message.createdAt),
    user_id: toWire(sender.id),
    user_name: sender.username,
    post_id: toWire(message.id),
    text: message.content,
    trigger_word: word,
    file_ids: message.files.map((file) => toWire(file.id)).join(','),
  }
}

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
