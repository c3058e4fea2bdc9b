/** What a chat completion asks for, in our words; the face reads it out of the request body. */
import type { Uuid } from '../types.ts'
import type { Json } from './rows.ts'

/** One answer that is asked for; ids are made by the client. */
export interface AnswerSlot {
  modelId: string
  messageId: string
  modelIdx: number | null
}

export interface CompletionInput {
  model: string
  /** Only system messages for a saved chat, the whole history for a temporary one. */
  messages: Json[]
  params: Json
  files: Json[] | null
  features: Json
  /** Tools that were chosen; servers of tools are `server:<id>`. */
  toolIds: string[]
  /** Tool servers of the person's own, which their browser calls: `{url, specs, …}`. */
  toolServers: Json[]
  /** A model that the person's own browser asks, as it lists it. */
  direct: Json | null
  /** The token the request came with, for tool servers that are to know the person by it. Never stored. */
  credential: string | null
  /** Values for `{{NAME}}` in system prompts. */
  variables: Json
  chatVariables: Json | null
  sessionId: string
  chatId: string | null
  folderId: Uuid | null
  /** The first turn of a chat that does not exist yet. */
  isNew: boolean
  slots: AnswerSlot[]
  userMessage: Json | null
  /** Go on with (or write again) this answer, without a new turn. */
  assistantMessageId: string | null
  regenerationPrompt: string | null
  /** The answer that the prompt asks to be written anew. */
  regenerationMessageId: string | null
  tasks: { title: boolean | null; tags: boolean; followUps: boolean }
}

/** Chats that lie in no table: of one browser tab, or the answer in a channel. */
export function isSavedChat(chatId: string): boolean {
  return !/^(temporary|local|channel):/.test(chatId)
}
