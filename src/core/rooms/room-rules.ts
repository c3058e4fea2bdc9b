/** What names and settings of rooms may be, in the same words for all faces. */
import { fault } from '../faults.ts'
import type { RoomAi } from '../types.ts'

export const maxRoomNameChars = 128
const maxSlugChars = 64
const maxDescriptionChars = 2_048
const maxHeaderChars = 1_024
const maxPromptChars = 16_000
const maxPropsBytes = 64 * 1024

export function cleanText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

export function checkName(name: string): string {
  const clean = cleanText(name).replace(/\s+/g, ' ').trim()
  if (clean === '') throw invalid('name', 'A room needs a name.')
  if (clean.length > maxRoomNameChars)
    throw invalid('name', `A name has at most ${maxRoomNameChars} characters.`)
  return clean
}

export function checkDescription(text: string): string {
  return atMost('description', cleanText(text), maxDescriptionChars)
}

export function checkHeader(text: string): string {
  return atMost('header', cleanText(text), maxHeaderChars)
}

/** Lower-case letters, digits, `-` and `_`, as Mattermost has them in its addresses. */
export function checkSlug(slug: string): string {
  const clean = slug.trim().toLowerCase()
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(clean) || clean.length > maxSlugChars) {
    throw invalid('slug', 'Use lower-case letters, digits, - and _, at most 64 of them.')
  }
  return clean
}

/** A slug from a name; empty when nothing of it can stand in an address. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '')
}

export function checkAi(current: RoomAi, patch: Partial<RoomAi>): RoomAi {
  const ai = { ...current, ...patch, budget: { ...current.budget, ...patch.budget } }
  if (!['mention', 'always', 'never'].includes(ai.respond)) throw invalid('ai.respond', 'Unknown setting.')
  if (!['room', 'user'].includes(ai.budget.per)) throw invalid('ai.budget.per', 'Either room or user.')
  if (ai.temperature !== null && !(ai.temperature >= 0 && ai.temperature <= 2)) {
    throw invalid('ai.temperature', 'Between 0 and 2.')
  }
  if (!(ai.historyLimit >= 1 && ai.historyLimit <= 200))
    throw invalid('ai.history_limit', 'Between 1 and 200.')
  const { tokensPerDay } = ai.budget
  if (tokensPerDay !== null && !(Number.isSafeInteger(tokensPerDay) && tokensPerDay >= 0)) {
    throw invalid('ai.budget.tokens_per_day', 'A whole number, or null.')
  }
  atMost('ai.system_prompt', ai.systemPrompt, maxPromptChars)
  if (ai.tools.length > 32 || ai.tools.some((tool) => !/^[a-z0-9_.:-]{1,64}$/i.test(tool))) {
    throw invalid('ai.tools', 'A list of tool names.')
  }
  if (ai.model !== null && !/^[^\p{Cc}\p{Cf}\p{Cs}]{1,256}$/u.test(ai.model))
    throw invalid('ai.model', 'A model id.')
  return {
    model: ai.model,
    respond: ai.respond,
    systemPrompt: cleanText(ai.systemPrompt),
    temperature: ai.temperature,
    historyLimit: Math.floor(ai.historyLimit),
    tools: [...new Set(ai.tools)],
    budget: { tokensPerDay, per: ai.budget.per },
  }
}

export function checkProps(props: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined))
  if (JSON.stringify(kept).length > maxPropsBytes) throw invalid('props', 'Too much.')
  return kept
}

function atMost(field: string, text: string, chars: number): string {
  if (text.length > chars) throw invalid(field, `At most ${chars} characters.`)
  return text
}

function invalid(field: string, message: string) {
  return fault.invalid('room.invalid', message, { [field]: message })
}
