/**
 * Small questions to a model about a chat: a title, tags, what to ask next. The prompts are ours unless
 * an administrator wrote others; the answer is the last JSON object in the text, and failing is silent.
 */
import type { ChatTurn } from '../ports.ts'
import { isJson, listOf, textOf, type OpenwebuiContext } from './context.ts'
import type { Json } from './rows.ts'

export type TaskKind = 'title' | 'tags' | 'follow_ups' | 'queries' | 'emoji' | 'autocomplete' | 'image_prompt'

export interface TaskMessage {
  role: string
  text: string
}

const TEMPLATE_KEY: Record<TaskKind, string> = {
  title: 'task.title.prompt_template',
  tags: 'task.tags.prompt_template',
  follow_ups: 'task.follow_up.prompt_template',
  queries: 'task.query.prompt_template',
  emoji: 'task.emoji.prompt_template',
  autocomplete: 'task.autocomplete.prompt_template',
  image_prompt: 'task.image.prompt_template',
}

const PROMPT: Record<TaskKind, string> = {
  title:
    'Name this conversation in three to five words, in its own language, starting with a fitting emoji. No quotation marks. Answer with JSON only: {"title": "…"}\n\n{{MESSAGES:END:2}}',
  tags: 'Sort this conversation under one to three broad subjects, in its own language. Answer with JSON only: {"tags": ["…"]}. Use ["General"] when nothing fits.\n\n{{MESSAGES:END:6}}',
  follow_ups:
    'Suggest three to five short things the user may want to ask next in this conversation, from the point of view of the user and in their language. Answer with JSON only: {"follow_ups": ["…"]}\n\n{{MESSAGES:END:6}}',
  queries:
    'Which one to three search queries would find what is needed to answer the last message? None, if nothing needs to be looked up. Today is {{CURRENT_DATE}}. Answer with JSON only: {"queries": ["…"]}\n\n{{MESSAGES:END:6}}',
  emoji: 'Answer with the one emoji that fits this text best, and nothing else.\n\n{{prompt}}',
  autocomplete:
    'Continue this text naturally, with a few words at most. Answer with JSON only: {"text": "…"}\n\n{{prompt}}',
  image_prompt:
    'Describe in one paragraph the picture that this conversation asks for. Answer with JSON only: {"prompt": "…"}\n\n{{MESSAGES:END:6}}',
}

/** The prompt of a task with the conversation filled in. */
export function taskPrompt(
  context: OpenwebuiContext,
  kind: TaskKind,
  messages: readonly TaskMessage[],
  prompt = '',
): string {
  const template = textOf(context.setting<unknown>(TEMPLATE_KEY[kind], ''))?.trim() || PROMPT[kind]
  const date = new Date(context.now().ms).toISOString().slice(0, 10)
  return withMessages(template, 'MESSAGES', messages)
    .replaceAll('{{CURRENT_DATE}}', date)
    .replaceAll('{{prompt}}', () => prompt || (messages.findLast(({ role }) => role === 'user')?.text ?? ''))
}

/** Puts messages in the place of `{{NAME}}`; `{{NAME:START:2}}` and `{{NAME:END:2}}` take the first and the last two. */
export function withMessages(template: string, name: string, messages: readonly TaskMessage[]): string {
  const place = new RegExp(`\\{\\{${name}(?::(START|END):(\\d+))?\\}\\}`, 'g')
  return template.replace(place, (_all, side?: string, count?: string) =>
    written(
      side === 'START' ? messages.slice(0, Number(count)) : messages.slice(-Number(count ?? messages.length)),
    ),
  )
}

/** Asks for one answer out of those that several models gave. */
export function mergePrompt(question: string, answers: readonly string[]): string {
  const given = answers.map((answer, index) => `Answer ${index + 1}:\n${answer}`).join('\n\n')
  return (
    'Several models answered the question below. Write the one best answer: weigh what they say, correct what is ' +
    'wrong, keep what is right, in the language of the question, without mentioning the models.\n\n' +
    `Question:\n${question}\n\n${given}`
  )
}

function written(messages: readonly TaskMessage[]): string {
  return messages.map(({ role, text }) => `${role.toUpperCase()}: ${text}`).join('\n')
}

/** Asks the task model. `modelId` is one that the providers list. */
export async function askTask(
  context: OpenwebuiContext,
  modelId: string,
  prompt: string,
  signal: AbortSignal,
): Promise<string> {
  return askModel(context, await context.own.catalogue.taskModel(modelId), prompt, signal)
}

/** Asks this very model. Throws UpstreamFailure. */
export async function askModel(
  context: OpenwebuiContext,
  model: string,
  prompt: string,
  signal: AbortSignal,
  limits: { maxTokens?: number } = {},
): Promise<string> {
  const messages: ChatTurn[] = [{ role: 'user', content: prompt }]
  let text = ''
  for await (const delta of context.deps.models.stream({ model, messages, signal, ...limits })) {
    if (delta.type === 'text') text += delta.text
  }
  return text
}

/** The object between the first and the last brace, or null. */
export function lastJson(text: string): Json | null {
  const start = text.indexOf('{')
  const end = text.lastIndexOf('}')
  if (start < 0 || end < start) return null
  try {
    const value: unknown = JSON.parse(text.slice(start, end + 1))
    return isJson(value) ? value : null
  } catch {
    return null
  }
}

export function stringsIn(value: unknown): string[] {
  return listOf(value).filter((text): text is string => typeof text === 'string')
}
