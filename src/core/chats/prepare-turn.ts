/** From an answer that is asked for to what the model is sent: parameters, prompts, files, tools. */
import type { Actor, Uuid } from '../types.ts'
import type { CompletionInput } from './completion-input.ts'
import { jsonOf, listOf, isJson, textOf, type OpenwebuiContext } from './context.ts'
import type { ChatMessage } from './history.ts'
import { systemTurn, plainText, turnsOf, withContext } from './prompt.ts'
import type { Json } from './rows.ts'
import type { ResolvedModel } from '../models/catalogue.ts'
import { runTools } from './run-tools.ts'
import type { TurnRequest } from './run-turn.ts'

export interface TurnSource {
  actor: Actor
  input: CompletionInput
  chatId: string
  model: ResolvedModel
  folderId: Uuid | null
  history: ChatMessage[]
}

export interface PreparedTurn {
  request: Omit<TurnRequest, 'shownModel' | 'signal' | 'emit' | 'begun'>
  /** As the front end shows them under the answer. */
  sources: Json[]
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

/** Text of one attached file that is given along. */
const FILE_MAX_CHARS = 100_000

export async function prepareTurn(context: OpenwebuiContext, source: TurnSource): Promise<PreparedTurn> {
  const { actor, input, model } = source
  const params: Json = { ...model.params, ...withoutNull(input.params) }
  const turns = await turnsOf(source.history, (url) => context.own.openFiles.image(actor, url))
  if (input.regenerationPrompt) turns.push({ role: 'user', content: input.regenerationPrompt })
  const folder = source.folderId ? await context.own.folders.readable(actor.user.id, source.folderId) : null
  const given = input.messages.find((message) => message['role'] === 'system')
  const system = systemTurn(
    [
      textOf(model.params['system']),
      textOf(jsonOf(folder?.data)['system_prompt']),
      given && source.history !== input.messages ? plainText(given['content']) : null,
      textOf(input.params['system']),
    ],
    { ...input.variables, ...jsonOf(input.chatVariables) },
  )
  const texts = await attachedTexts(context, source, model.entry.row?.meta, jsonOf(folder?.data))
  const asked = withContext(system ? [system, ...turns] : turns, texts)
  return {
    request: {
      upstreamModel: model.upstreamId,
      turns: asked,
      tools: wantsTools(params, model.capabilities) ? runTools(context, actor, input.features) : [],
      temperature: numberOf(params['temperature']),
      maxTokens: numberOf(params['max_tokens']),
      extra: passedOn(params),
      maxRounds: context.deps.settings.aiMaxToolRounds,
    },
    sources: texts.map(({ name, text, id }) => ({
      source: { type: 'file', id, name },
      document: [text],
      metadata: [{ file_id: id, name, source: name }],
    })),
  }
}

function wantsTools(params: Json, capabilities: Json): boolean {
  if (capabilities['builtin_tools'] === false) return false
  const calling = params['function_calling']
  return calling === undefined || calling === null || calling === 'native'
}

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

interface AttachedText {
  id: string
  name: string
  text: string
}

/** Files of the question, the chat, its folder and the model, as far as the asker may read them. */
async function attachedTexts(
  context: OpenwebuiContext,
  source: TurnSource,
  modelMeta: unknown,
  folderData: Json,
): Promise<AttachedText[]> {
  const last = source.history.findLast((message) => message.role === 'user')
  const wanted = [
    ...listOf(source.input.files),
    ...listOf(last?.['files']),
    ...listOf(folderData['files']),
    ...listOf(jsonOf(modelMeta)['knowledge']),
  ].filter(isJson)
  const texts = new Map<string, AttachedText>()
  for (const item of wanted) {
    for (const text of await context.own.openFiles.texts(source.actor, item)) {
      texts.set(text.id, { ...text, text: text.text.slice(0, FILE_MAX_CHARS) })
    }
  }
  return [...texts.values()]
}
