/** The `message` record of the native contract, built without a query: the caller brings the sender. */
import { emojiOf } from '../../core/support/emoji.ts'
import type { Message, MessageAi, MessageFile, User } from '../../core/types.ts'
import { avatarUrl, timestamp } from './present-user.ts'

export function presentMessage(message: Message, sender: User) {
  const images = message.files.filter((file) => file.contentType.startsWith('image/'))
  return {
    id: message.id,
    hash: message.hash,
    previous: message.previous,
    room_id: message.roomId,
    kind: message.kind,
    thread_id: message.threadId,
    reply_to: message.replyTo,
    sender: presentSender(sender),
    content: message.content,
    images: images.map(presentImage),
    files: message.files.map(presentFile),
    reactions: presentReactions(message.reactions),
    mentions: message.mentions,
    ai: message.ai === null ? null : presentAi(message.ai),
    pinned: message.pinnedAt !== null,
    reply_count: message.replyCount,
    last_reply_at: message.lastReplyAt === null ? null : timestamp(message.lastReplyAt),
    client_id: message.clientId,
    edited_at: message.editedAt === null ? null : timestamp(message.editedAt),
    created_at: timestamp(message.createdAt),
  }
}

export type MessageRecord = ReturnType<typeof presentMessage>

export function presentSender(sender: User) {
  return {
    id: sender.id,
    username: sender.username,
    display_name: sender.displayName,
    avatar_url: avatarUrl(sender),
    is_bot: sender.isBot,
  }
}

/** Native clients speak Unicode emoji; the core keeps short names. */
export function presentReactions(reactions: Message['reactions']): Record<string, string[]> {
  return Object.fromEntries(Object.entries(reactions).map(([name, users]) => [emojiOf(name), users]))
}

function presentImage(file: MessageFile) {
  return { url: file.url, width: file.width, height: file.height, placeholder: file.blurhash }
}

export function presentFile(file: MessageFile) {
  return {
    id: file.id,
    name: file.name,
    url: file.url,
    content_type: file.contentType,
    size: file.sizeBytes,
    width: file.width,
    height: file.height,
  }
}

function presentAi(ai: MessageAi) {
  return {
    model: ai.model,
    state: ai.state,
    asked_by: ai.askedBy,
    usage:
      ai.usage === null
        ? null
        : {
            prompt_tokens: ai.usage.promptTokens,
            completion_tokens: ai.usage.completionTokens,
            total_tokens: ai.usage.totalTokens,
            cost_usd: ai.usage.costUsd,
          },
    tools: ai.tools.map(({ name, arguments: given, ok, ms, summary }) => ({
      name,
      arguments: given,
      ok,
      ms,
      summary,
    })),
    finish_reason: ai.finishReason,
    latency_ms: ai.latencyMs,
    error_code: ai.errorCode,
  }
}
