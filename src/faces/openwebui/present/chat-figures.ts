/** A chat in figures, on the wire. */
import type { CountedChat } from '../../../core/chats/chat-figures.ts'

type Shape = Record<string, unknown>

export function presentFigures({ row, figures }: CountedChat): Shape {
  const messages = Object.entries(figures.messages).map(([key, message]): [string, Shape] => [
    key,
    {
      id: message.id,
      role: message.role,
      model: message.model,
      content_length: message.contentLength,
      token_count: null,
      timestamp: message.timestamp,
      rating: message.rating,
      tags: message.tags,
    },
  ])
  return {
    id: row.id,
    user_id: row.userId,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    tags: figures.tags,
    stats: {
      average_response_time: figures.averageResponseS,
      average_user_message_content_length: figures.averageQuestionLength,
      average_assistant_message_content_length: figures.averageAnswerLength,
      models: figures.models,
      message_count: figures.branchLength,
      history_models: figures.allModels,
      history_message_count: figures.messageCount,
      history_user_message_count: figures.questionCount,
      history_assistant_message_count: figures.answerCount,
    },
    chat: { history: { messages: Object.fromEntries(messages), currentId: figures.currentId } },
  }
}
