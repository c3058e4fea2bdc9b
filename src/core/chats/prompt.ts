/**
 * From a chat's messages to what a model is asked: system prompts with their variables filled in, images
 * as parts, attached texts as context, earlier tool calls as the calls and results they were.
 */
import type { ChatPart, ChatTurn } from '../ports.ts'
import { isJson, jsonOf, listOf, textOf } from './context.ts'
import type { ChatMessage } from './history.ts'
import { outputText } from './output.ts'
import type { Json } from './rows.ts'

/** Bytes of an image that a message names; null when there is none, or it is not the asker's. */
export type ImageLoader = (url: string) => Promise<{ mimeType: string; base64: string } | null>

/** `{{NAME}}` → its value; unknown names stay. */
export function fillVariables(text: string, variables: Json): string {
  let filled = text
  for (const [name, value] of Object.entries(variables)) {
    if (typeof value === 'string')
      filled = filled.replaceAll(name.startsWith('{{') ? name : `{{${name}}}`, () => value)
  }
  return filled
}

/** System prompts joined in order, and what stands for the beginning of a long chat; null when all are empty. */
export function systemTurn(
  prompts: readonly (string | null)[],
  variables: Json,
  summary: string | null = null,
  guides: readonly string[] = [],
): ChatTurn | null {
  const parts = prompts.filter((prompt): prompt is string => prompt !== null && prompt.trim() !== '')
  const text = fillVariables(parts.join('\n\n'), variables)
  const said = summary === null ? '' : `[CONVERSATION SUMMARY]\n${summary}`
  // Not filled in: servers write them, and need not learn who asks.
  const content = [text, ...guides, said].filter((part) => part !== '').join('\n\n')
  return content === '' ? null : { role: 'system', content }
}

/** Stored messages as turns; reasoning is left out, as it is never sent back. */
export async function turnsOf(messages: readonly ChatMessage[], images: ImageLoader): Promise<ChatTurn[]> {
  const turns: ChatTurn[] = []
  for (const message of messages) {
    if (message.role === 'user') turns.push(await userTurn(message, images))
    else if (message.role === 'assistant') turns.push(...assistantTurns(message))
    else if (message.role === 'system') turns.push({ role: 'system', content: plainText(message.content) })
    else if (message.role === 'tool') {
      turns.push({
        role: 'tool',
        callId: String(message['tool_call_id'] ?? ''),
        content: plainText(message.content),
      })
    }
  }
  return turns
}

async function userTurn(message: ChatMessage, images: ImageLoader): Promise<ChatTurn> {
  const parts: ChatPart[] = []
  for (const url of imageUrls(message)) {
    const image = await images(url)
    if (image) parts.push({ type: 'image', ...image })
  }
  const text = plainText(message.content)
  if (parts.length === 0) return { role: 'user', content: text }
  return { role: 'user', content: [{ type: 'text', text }, ...parts] }
}

function imageUrls(message: ChatMessage): string[] {
  const files = listOf(message['files']).filter((file): file is Json => isJson(file) && isImage(file))
  const inContent = listOf(message.content).flatMap((part) => {
    if (!isJson(part) || part['type'] !== 'image_url') return []
    return textOf(jsonOf(part['image_url'])['url']) ?? []
  })
  return [...files.flatMap((file) => textOf(file['url']) ?? textOf(file['id']) ?? []), ...inContent]
}

export function isImage(file: Json): boolean {
  return file['type'] === 'image' || (textOf(file['content_type'])?.startsWith('image/') ?? false)
}

/** One turn per round of tool calls, each followed by its results. */
function assistantTurns(message: ChatMessage): ChatTurn[] {
  const output = listOf(message['output']).filter(isJson)
  if (!output.some((item) => item['type'] === 'function_call')) {
    const calls = listOf(message['tool_calls']).filter(isJson).map(wireCall)
    const content = outputText(output) || plainText(message.content)
    return [{ role: 'assistant', content, ...(calls.length > 0 ? { toolCalls: calls } : {}) }]
  }
  const answered = new Set(
    output.filter((item) => item['type'] === 'function_call_output').map((item) => item['call_id']),
  )
  const turns: ChatTurn[] = []
  let open: Extract<ChatTurn, { role: 'assistant' }> | null = null
  for (const item of output) {
    if (item['type'] === 'message') {
      open = { role: 'assistant', content: outputText([item]) }
      turns.push(open)
    } else if (item['type'] === 'function_call' && answered.has(item['call_id'])) {
      if (!open) {
        open = { role: 'assistant', content: '' }
        turns.push(open)
      }
      const call = {
        id: String(item['call_id']),
        name: String(item['name']),
        arguments: String(item['arguments'] ?? '{}'),
      }
      open.toolCalls = [...(open.toolCalls ?? []), call]
    } else if (item['type'] === 'function_call_output') {
      turns.push({ role: 'tool', callId: String(item['call_id']), content: resultText(item['output']) })
      open = null
    }
  }
  return turns
}

function wireCall(call: Json): { id: string; name: string; arguments: string } {
  const named = jsonOf(call['function'])
  return {
    id: String(call['id'] ?? ''),
    name: String(named['name'] ?? ''),
    arguments: String(named['arguments'] ?? '{}'),
  }
}

function resultText(output: unknown): string {
  if (typeof output === 'string') return output
  return listOf(output)
    .map((part) => (isJson(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n')
}

/** The text of a message's content, which may be a list of parts. */
export function plainText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => (isJson(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .filter((text) => text !== '')
    .join('\n')
}

const CITING =
  'Answer with the help of these sources where they bear on the question. Cite a source as [id], and only sources that have an id.'

/** Puts texts of attached things before the last question, in an administrator's words where there are any. */
export function withContext(
  turns: ChatTurn[],
  texts: readonly { id: number; name: string; text: string }[],
  template: string | null,
): ChatTurn[] {
  const last = turns.findLastIndex((turn) => turn.role === 'user')
  const turn = turns[last]
  if (texts.length === 0 || turn?.role !== 'user') return turns
  const sources = texts
    .map(
      ({ id, name, text }) => `<source id="${id}" name="${name.replaceAll('"', "'")}">\n${text}\n</source>`,
    )
    .join('\n')
  const question = typeof turn.content === 'string' ? turn.content : partsText(turn.content)
  const intro =
    template === null
      ? `${CITING}\n\n${sources}\n\nQuestion:\n`
      : `${filled(template, sources, question)}\n\n`
  const content =
    typeof turn.content === 'string'
      ? intro + turn.content
      : [{ type: 'text' as const, text: intro }, ...turn.content]
  return turns.with(last, { ...turn, content })
}

/** Each place once: what stands in a source may look like a place. */
function filled(template: string, sources: string, question: string): string {
  return template.replace(
    /\{\{(CONTEXT|QUERY)\}\}|\[(context|query)\]/g,
    (_all, upper?: string, lower?: string) =>
      (upper ?? lower?.toUpperCase()) === 'CONTEXT' ? sources : question,
  )
}

const partsText = (parts: readonly ChatPart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
