/** Puts the AI part together: listens for questions, starts and stops replies, answers about usage. */
import type { Ai, Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import type { DomainEvent } from '../events.ts'
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { ChatTurn } from '../ports.ts'
import { accessRoom } from '../rooms/access.ts'
import type { Actor, Message, Room, User } from '../types.ts'
import { modelsAsked } from './asks.ts'
import { Bots, serverBotModel } from './bots.ts'
import { Budgets } from './budget.ts'
import { depthProp, reply, type ReplyParts } from './reply.ts'
import { Runs } from './runs.ts'
import { builtinTools } from './tools/builtin.ts'

/** Marks the notice after which only a person can set the bots going again. */
export const pausedProp = 'ai.paused'
/** Rows of the usage table that one question gives. */
const maxUsageRows = 1_000

export interface AiGroup {
  ai: Ai
  start(): Promise<void>
  /** Ends running replies as interrupted, within the process's own time to stop. */
  stop(): Promise<void>
}

export function createAiGroup(deps: CoreDeps, core: Core): AiGroup {
  const runs = new Runs(deps)
  const bots = new Bots(deps, core)
  const serverLimit = () =>
    core.settings.get<number | null>('hubbub.max_tokens_per_day', deps.settings.aiTokensPerDay)
  const budgets = new Budgets(deps, serverLimit)
  const parts: ReplyParts = { deps, core, runs, budgets, tools: builtinTools(deps, core), notice }
  const replies = new Set<Promise<void>>()
  let stopping = false

  async function notice(room: Room, bot: User, text: string, code: string, question: Message): Promise<void> {
    await core.messages.system(room, {
      kind: 'ai_notice',
      content: text,
      senderId: bot.id,
      threadId: question.threadId,
      props: { 'ai.notice': code, 'ai.question': question.id },
    })
  }

  const defaultModel = () =>
    core.settings.get<string | null>('hubbub.default_model', deps.settings.defaultModel)

  /** What a new message, or a finished reply, sets going. */
  async function consider(room: Room, message: Message, author: User, wantedBy?: User): Promise<void> {
    if (stopping || room.ai.respond === 'never' || message.kind !== 'user') return
    if (!mightAsk(room, message, author)) return
    if (!deps.models.enabled) return sayOff(room, message, author)
    const models = await deps.models.list()
    const asked = modelsAsked({
      message,
      ai: room.ai,
      models,
      defaultModel: defaultModel(),
      fromBot: author.isBot,
    })
    const others = asked.filter((model) => model !== author.botModel)
    if (others.length === 0) return
    const askedBy = wantedBy ?? (author.isBot ? await personBehind(message) : author)
    if (!askedBy) return
    const depth = author.isBot ? Number(message.props[depthProp] ?? 0) + 1 : 0
    if (depth > deps.settings.aiLoopLimit) return pause(room, message, author)
    const actor = onBehalfOf(askedBy)
    // Asked for at once, answered side by side: each is a run of its own.
    for (const model of others) track(reply(parts, { room, question: message, actor, model, depth }))
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => replies.delete(tracked))
    replies.add(tracked)
  }

  /** Cheap look before anything is fetched: most messages ask nobody. */
  function mightAsk(room: Room, message: Message, author: User): boolean {
    return message.content.includes('@') || (room.ai.respond === 'always' && !author.isBot)
  }

  async function sayOff(room: Room, message: Message, author: User): Promise<void> {
    if (
      author.isBot ||
      modelsAsked({ message, ai: room.ai, models: [], defaultModel: serverBotModel, fromBot: false })
        .length === 0
    )
      return
    const bot = await bots.of(serverBotModel)
    await notice(
      room,
      bot,
      `AI is off here: ${deps.settings.aiOffReason ?? 'no provider is configured.'}`,
      'ai.off',
      message,
    )
  }

  async function personBehind(message: Message): Promise<User | null> {
    const id = message.ai?.askedBy
    return id ? core.users.byId(id) : null
  }

  async function pause(room: Room, message: Message, author: User): Promise<void> {
    await core.messages.system(room, {
      kind: 'ai_notice',
      content: 'The AI members have answered each other long enough and are paused. A person must go on.',
      senderId: author.id,
      threadId: message.threadId,
      props: { [pausedProp]: true, 'ai.notice': 'ai.paused', 'ai.question': message.id },
    })
  }

  /** Whoever lets the bots go on is whom they then act for and whose budget it costs, not who asked first. */
  async function resume(actor: Actor, roomId: string): Promise<void> {
    requireScope(actor, 'messages:write')
    await accessRoom(deps.store.read, actor, roomId, 'message.post')
    const { items } = await core.messages.history(actor, roomId, { limit: 50 })
    const last = items.findLast((message) => message.props[pausedProp] === true)
    const questionId = last?.props['ai.question']
    if (!last || typeof questionId !== 'string')
      throw fault.conflict('ai.not_paused', 'The AI members are not paused here.')
    const { message, room } = await core.messages.get(actor, questionId)
    const author = await core.users.byId(message.senderId)
    if (!author) throw fault.notFound('message.not_found', 'The message they stopped at is gone.')
    const fresh = { ...message, props: { ...message.props, [depthProp]: -1 } }
    await consider(room, fresh, author, actor.user)
  }

  async function stop(actor: Actor, messageId: string): Promise<void> {
    requireScope(actor, 'messages:write')
    // Reading it is the right to stop it: whoever is in the room may.
    const { message } = await core.messages.get(actor, messageId)
    if (message.ai?.state !== 'running')
      throw fault.conflict('ai.not_running', 'That answer is not being written.')
    runs.get(messageId)?.stop('stopped')
  }

  async function usage(actor: Actor, query: Parameters<Ai['usage']>[1]) {
    if (actor.user.role !== 'admin' && query.userId !== actor.user.id) throw fault.forbidden()
    return deps.store.read.usage.list({ ...query, limit: maxUsageRows })
  }

  const ai: Ai = {
    enabled: deps.models.enabled,
    reason: deps.settings.aiOffReason,
    models: () => deps.models.list(),
    botFor: (modelId) => bots.of(modelId),
    bots: async () => Promise.all((await deps.models.list()).map(({ id }) => bots.of(id))),
    stop,
    progress: (messageId) => {
      const run = runs.get(messageId)
      return run ? { roomId: run.roomId, text: run.toldText } : null
    },
    running: (roomId) =>
      runs.inRoom(roomId).map((run) => ({ messageId: run.messageId, model: run.model, text: run.toldText })),
    runCount: () => runs.all().length,
    usage,
    budget: async (actor, roomId) => {
      const { room, member } = await core.rooms.get(actor, roomId)
      if (!member) throw fault.forbidden('room.not_member', 'Join the room first.')
      return budgets.of(room, actor.user.id)
    },
    resume,
    onLocalEvent: (event: DomainEvent) => {
      const heard = event.type === 'message.created' || event.type === 'run.ended' ? event : null
      if (!heard || heard.message.ai?.state === 'running') return
      consider(heard.room, heard.message, heard.sender).catch((error: unknown) => {
        deps.log.error('a question could not be considered', { room: heard.room.id, error })
      })
    },
    stream: ({ model, messages, extra, signal }) =>
      deps.models.stream({ model, messages: messages as ChatTurn[], signal, ...(extra ? { extra } : {}) }),
  }

  return {
    ai,
    start: async () => {
      const cut = await runs.recover(core)
      if (cut > 0) deps.log.warn('replies were cut by a crash; what had arrived is kept', { replies: cut })
    },
    stop: async () => {
      stopping = true
      for (const run of runs.all()) run.stop('interrupted')
      await Promise.allSettled(replies)
    },
  }
}

/** Tools and budgets of a reply act as this person, with no more than the person may. */
function onBehalfOf(user: User): Actor {
  return { user, via: 'session', scopes: ['*'], sessionId: null, ip: null }
}
