/** Which models a message asks: `@ai`, `@model-name`, Open WebUI's `<@M:id|label>`, or a room that answers always. */
import type { ModelInfo } from '../ports.ts'
import type { Message, RoomAi } from '../types.ts'

/** Models one message may ask at once. */
export const maxAsked = 3

const codeSpans = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
const plainMention = /(?:^|[^\w@/])@([a-z0-9][a-z0-9._:/-]*)/gi
const modelTag = /<@M:([^|>]{1,200})(?:\|[^>]*)?>/g

/** Lower-case names that stand after an `@`, code left out, in order and once each. */
export function mentionedNames(content: string): string[] {
  const text = content.replace(codeSpans, ' ')
  const names = new Set<string>()
  for (const [, id] of text.matchAll(modelTag)) if (id) names.add(id.toLowerCase())
  for (const [, name] of text.replace(modelTag, ' ').matchAll(plainMention)) {
    if (name) names.add(name.toLowerCase().replace(/[.:/-]+$/, ''))
  }
  return [...names]
}

/** The user name an AI member goes by: its model id within the letters that names may have. */
export function botUsername(modelId: string): string {
  const slug = modelId
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
  return slug.slice(0, 60) || 'model'
}

export interface AskContext {
  message: Pick<Message, 'content' | 'mentions'>
  ai: RoomAi
  models: readonly ModelInfo[]
  defaultModel: string | null
  /** Written by a bot: then only a mention by name counts. */
  fromBot: boolean
}

/** Model ids to answer, in the order they were named. Unknown names are people's, not ours. */
export function modelsAsked({ message, ai, models, defaultModel, fromBot }: AskContext): string[] {
  if (ai.respond === 'never') return []
  const names = mentionedNames(message.content)
  const own = ai.model ?? defaultModel ?? models[0]?.id ?? null
  const asked = new Set<string>()
  for (const name of names) {
    const id = name === 'ai' ? (fromBot ? null : own) : (modelNamed(name, models) ?? null)
    if (id !== null) asked.add(id)
  }
  const toPeopleOnly = names.length > 0
  if (asked.size === 0 && ai.respond === 'always' && !fromBot && !toPeopleOnly && own !== null) asked.add(own)
  return [...asked].slice(0, maxAsked)
}

function modelNamed(name: string, models: readonly ModelInfo[]): string | undefined {
  const exact = models.find(({ id }) => id.toLowerCase() === name || botUsername(id) === name)
  if (exact) return exact.id
  const byTail = models.filter(({ id }) => botUsername(id.slice(id.lastIndexOf('/') + 1)) === name)
  return byTail.length === 1 ? byTail[0]?.id : undefined
}
