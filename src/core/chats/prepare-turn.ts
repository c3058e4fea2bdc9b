/** From an answer that is asked for to what the model is sent: parameters, prompts, files, tools. */
import type { Actor, Uuid } from '../types.ts'
import type { ChatRequest } from '../ports.ts'
import { directStream } from './direct-model.ts'
import { isSavedChat, type CompletionInput } from './completion-input.ts'
import { jsonOf, listOf, isJson, textOf, type OpenwebuiContext } from './context.ts'
import type { ChatMessage } from './history.ts'
import { isImage, systemTurn, plainText, turnsOf, withContext } from './prompt.ts'
import type { Json } from './rows.ts'
import type { ResolvedModel } from '../models/catalogue.ts'
import { numbered, type Source } from '../retrieval/sources.ts'
import type { Emit } from './chat-tasks.ts'
import { askTask, lastJson, stringsIn, taskPrompt } from './run-tasks.ts'
import { asksFirst, keepsCalls, turnTools } from './turn-tools.ts'
import type { TurnRequest } from './run-turn.ts'

export interface TurnSource {
  actor: Actor
  input: CompletionInput
  chatId: string
  messageId: string
  model: ResolvedModel
  folderId: Uuid | null
  history: ChatMessage[]
  /** Tells the asker how it goes. */
  tell: Emit
  signal: AbortSignal
}

export interface PreparedTurn {
  request: Omit<TurnRequest, 'shownModel' | 'signal' | 'emit' | 'begun' | 'cite'>
  /** As the front end shows them under the answer; null when nothing was attached. */
  sources: Source[] | null
}

/** Parameters that go to the provider under their own names. */
const PASSED = [
  'top_p',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'response_format',
  'reasoning_effort',
  'top_k',
  'min_p',
  'repeat_penalty',
  'num_ctx',
  'keep_alive',
  'think',
] as const

const QUERIES_TIMEOUT_MS = 30_000

export async function prepareTurn(context: OpenwebuiContext, source: TurnSource): Promise<PreparedTurn> {
  const { actor, input, model } = source
  const params = paramsOf(source)
  const { messages, summary } = await context.own.compaction.shorten({
    chatId: isSavedChat(source.chatId) ? source.chatId : null,
    messages: source.history,
    system: plainText(input.messages.find((message) => message['role'] === 'system')?.['content']),
    // What the model is set to goes before what a person asks for.
    params: { ...params, ...model.params },
    upstreamModel: model.upstreamId,
    tell: source.tell,
    signal: source.signal,
  })
  const turns = await turnsOf(messages, (url) => context.own.openFiles.image(actor, url))
  if (input.regenerationPrompt) turns.push({ role: 'user', content: input.regenerationPrompt })
  const folder = source.folderId ? await context.own.folders.readable(actor.user.id, source.folderId) : null
  const given = input.messages.find((message) => message['role'] === 'system')
  const tools = await turnTools(context, source, params)
  const system = systemTurn(
    [
      textOf(model.params['system']),
      textOf(jsonOf(folder?.data)['system_prompt']),
      given && source.history !== input.messages ? plainText(given['content']) : null,
      // Sent a second time beside a system message.
      given ? null : textOf(input.params['system']),
    ],
    { ...input.variables, ...jsonOf(input.chatVariables) },
    summary,
    [...new Set(tools.flatMap(({ guide }) => guide ?? []))],
  )
  const { wanted, sources } = await attachedSources(context, source, folder?.data)
  const template = textOf(context.setting<unknown>('rag.template', ''))
  const asked = withContext(system ? [system, ...turns] : turns, numbered(sources), template)
  return {
    request: {
      ...streamOf(context, source),
      upstreamModel: model.upstreamId,
      turns: asked,
      tools,
      temperature: numberOf(params['temperature']),
      maxTokens: numberOf(params['max_tokens']),
      extra: passedOn(params),
      asksFirst: keepsCalls(source) && asksFirst(context, params),
      maxRounds: context.deps.settings.aiMaxToolRounds,
    },
    sources: wanted ? sources : null,
  }
}

/** Nothing where this server asks the model itself. */
function streamOf(
  context: OpenwebuiContext,
  { model: { direct }, actor, input, chatId, messageId }: TurnSource,
) {
  if (!direct) return {}
  const ask = { model: direct, userId: actor.user.id, sessionId: input.sessionId }
  return { stream: (chat: ChatRequest) => directStream(context, { ...ask, chatId, messageId }, chat) }
}

/** What the model is set to, and over it what was asked for. */
export const paramsOf = ({ model, input }: Pick<TurnSource, 'model' | 'input'>): Json => ({
  ...model.params,
  ...withoutNull(input.params),
})

function passedOn(params: Json): Json {
  const extra: Json = {}
  for (const name of PASSED)
    if (params[name] !== undefined && params[name] !== null) extra[name] = params[name]
  if (typeof extra['stop'] === 'string') extra['stop'] = extra['stop'].split(',').map((part) => part.trim())
  // What a person wrote under "custom parameters" goes as it is, where it is JSON.
  for (const [name, value] of Object.entries(jsonOf(params['custom_params']))) extra[name] = parsed(value)
  return extra
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

const withoutNull = (params: Json): Json =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null && value !== undefined))

/**
 * What is attached to the question, the chat, its folder and the model, in that order. A model may be told not to
 * be given any of it.
 */
async function attachedSources(
  context: OpenwebuiContext,
  source: TurnSource,
  folderData: unknown,
): Promise<{ wanted: boolean; sources: Source[] }> {
  const { input, model, actor } = source
  if (model.capabilities['file_context'] === false) return { wanted: false, sources: [] }
  const last = source.history.findLast((message) => message.role === 'user')
  const items = [
    ...listOf(input.files),
    ...listOf(last?.['files']),
    ...listOf(jsonOf(folderData)['files']),
    ...listOf(jsonOf(model.entry.row?.meta)['knowledge']),
  ].filter((item) => isJson(item) && !isImage(item))
  if (items.length === 0) return { wanted: false, sources: [] }
  const question = plainText(last?.content)
  try {
    const sources = await context.own.sources.of(actor, items, () => queriesFor(context, source, question))
    return { wanted: true, sources }
  } catch (error) {
    // An embedding service that is down is no reason to leave the question unanswered: it says that nothing was found.
    context.deps.log.warn('sources of a question could not be searched', { error })
    return { wanted: true, sources: [] }
  }
}

/** What to look for: asked of a model where the settings say so, else the question itself. */
async function queriesFor(
  context: OpenwebuiContext,
  source: TurnSource,
  question: string,
): Promise<string[]> {
  if (!context.setting('task.query.retrieval.enable', true)) return [question]
  const messages = source.history.map((message) => ({
    role: message.role ?? 'user',
    text: plainText(message.content),
  }))
  try {
    const prompt = taskPrompt(context, 'queries', messages)
    const answer = await askTask(
      context,
      source.model.upstreamId,
      prompt,
      AbortSignal.timeout(QUERIES_TIMEOUT_MS),
    )
    const queries = stringsIn(lastJson(answer)?.['queries']).filter((query) => query.trim() !== '')
    if (queries.length > 0) {
      source.tell('status', { action: 'queries_generated', queries: queries.slice(0, 5), done: false })
      // The question's own words find what the model did not think of.
      return [...queries.slice(0, 5), question]
    }
  } catch (error) {
    context.deps.log.debug('no queries could be had for a question', { error })
  }
  return [question]
}
