/**
 * A whole reply: check the budget, store the empty message, talk to the model, store the end.
 * One insert at its start, one update at its end, a checkpoint a second in between.
 */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { Actor, Message, MessageAi, Room, User, Uuid } from '../types.ts'
import { ActiveRun } from './active-run.ts'
import type { Budgets } from './budget.ts'
import { dayOf } from './budget.ts'
import { converse } from './converse.ts'
import { describeFailure } from './failure-text.ts'
import { buildTurns, countTurn } from './history-window.ts'
import type { Runs } from './runs.ts'
import type { Tool } from './tools/tool.ts'

/** How much text a crash can lose: what came since the last checkpoint. */
const checkpointMs = 1_000
/** Where a message says how many bots answered each other up to it. */
export const depthProp = 'ai.depth'

export interface Ask {
  room: Room
  question: Message
  /** The person on whose behalf: tools run with their rights, budgets count on them. */
  actor: Actor
  model: string
  depth: number
}

export interface ReplyParts {
  deps: CoreDeps
  core: Core
  runs: Runs
  budgets: Budgets
  tools: ReadonlyMap<string, Tool>
  /** Writes a notice into the room in the name of this bot. */
  notice(room: Room, bot: User, text: string, code: string, question: Message): Promise<void>
}

/** Never throws: what goes wrong is said in the room. */
export async function reply(parts: ReplyParts, ask: Ask): Promise<void> {
  const { deps, core, budgets } = parts
  try {
    const bot = await core.ai.botFor(ask.model)
    let release: () => void
    try {
      await limitAsks(deps, ask.actor.user.id)
      release = await budgets.admit(ask.room, ask.actor.user.id)
    } catch (error) {
      const failure = describeFailure(error)
      return await parts.notice(ask.room, bot, failure.text, failure.code, ask.question)
    }
    try {
      await runReply(parts, ask, bot)
    } finally {
      release()
    }
  } catch (error) {
    deps.log.error('a reply could not be written', { room: ask.room.id, model: ask.model, error })
  }
}

async function limitAsks({ settings, limiter }: CoreDeps, userId: Uuid): Promise<void> {
  const { aiPerMinute } = settings
  if (typeof aiPerMinute !== 'number') return
  const waitS = await limiter.hit(`ai:${userId}`, aiPerMinute, 60)
  if (waitS === 0) return
  const text = `That is more than ${aiPerMinute} questions to the AI in a minute. Ask again in ${waitS} seconds.`
  throw fault.rateLimited('ai.too_many', text, waitS)
}

async function runReply(parts: ReplyParts, ask: Ask, bot: User): Promise<void> {
  const { deps, runs } = parts
  const run = await begin(parts, ask, bot)
  const timeout = deps.clock.after(deps.settings.aiTimeoutMs, () => run.abort.abort())
  const stopCheckpoints = keepCheckpoints(parts, run)
  let state: MessageAi['state'] = 'done'
  let finishReason = 'stop'
  let errorCode: string | null = null
  try {
    finishReason = await converse(deps, await conversation(parts, ask, bot, run))
  } catch (error) {
    if (run.stopReason !== null) {
      state = run.stopReason
      finishReason = run.stopReason
    } else {
      const failure = run.abort.signal.aborted
        ? { code: 'timeout', text: 'The answer took too long and was ended.' }
        : describeFailure(error)
      if (failure.code === 'internal') deps.log.error('a run failed', { message: run.messageId, error })
      state = 'failed'
      finishReason = 'error'
      errorCode = failure.code
      run.append(`${run.text === '' ? '' : '\n\n'}⚠️ ${failure.text}`)
    }
  } finally {
    timeout()
    await stopCheckpoints()
  }
  run.flush()
  await finish(parts, ask, run, { state, finishReason, errorCode })
  runs.remove(run)
}

/** On a question: answers go into its thread, as Open WebUI's channels have it. */
export const answerInThread = 'ai.in_thread'

async function begin({ deps, core, runs }: ReplyParts, ask: Ask, bot: User): Promise<ActiveRun> {
  const messageId = deps.ids.next()
  const noted = runs.begin({ messageId, roomId: ask.room.id, model: ask.model, askedBy: ask.actor.user.id })
  const begun = core.messages.beginReply(ask.room, {
    id: messageId,
    sender: bot,
    threadId: ask.question.threadId ?? (ask.question.props[answerInThread] === true ? ask.question.id : null),
    replyTo: ask.question.id,
    ai: {
      model: ask.model,
      state: 'running',
      askedBy: ask.actor.user.id,
      usage: null,
      tools: [],
      finishReason: null,
      latencyMs: null,
      errorCode: null,
    },
    props: { [depthProp]: ask.depth },
  })
  const [message] = await Promise.all([begun, noted])
  const run = new ActiveRun(message, ask.model, deps.clock, deps.events)
  runs.add(run)
  deps.events.emit({
    type: 'run.started',
    roomId: ask.room.id,
    messageId: message.id,
    model: ask.model,
    userId: bot.id,
  })
  return run
}

async function conversation({ deps, core, tools }: ReplyParts, ask: Ask, bot: User, run: ActiveRun) {
  const { room, question, actor } = ask
  const limit = Math.min(200, Math.max(1, room.ai.historyLimit))
  // `around` would not do: the window ends with the question, whatever came since.
  const earlier = await core.messages.history(actor, room.id, {
    before: question.id,
    limit,
    ...(question.threadId ? { threadId: question.threadId } : {}),
  })
  const messages = [...earlier.items, question]
    .slice(-limit)
    .filter((message) => message.ai?.state !== 'running')
  const people = await core.users.byIds([...new Set(messages.map((message) => message.senderId))])
  const info = (await core.ai.models()).find((model) => model.id === ask.model)
  const turns = await buildTurns(
    {
      room,
      bot,
      messages,
      people: new Map(people.map((person) => [person.id, person])),
      contextTokens: info?.contextTokens ?? null,
      vision: info?.vision ?? null,
      today: dayOf(deps.clock.now()),
    },
    deps.tokens,
    deps.files,
  )
  run.promptEstimate = turns.reduce((sum, turn) => sum + countTurn(turn, deps.tokens), 0)
  const allowed = new Map([...tools].filter(([name]) => room.ai.tools.includes(name)))
  const context = { actor, room, signal: run.abort.signal }
  return { run, turns, tools: allowed, context, temperature: room.ai.temperature }
}

/** Saves the text so far each second while it grows; the returned function ends that and waits for the last save. */
function keepCheckpoints({ deps, runs }: ReplyParts, run: ActiveRun): () => Promise<void> {
  let saved = 0
  let saving: Promise<void> = Promise.resolve()
  let cancel: () => void
  const next = () => {
    cancel = deps.clock.after(checkpointMs, () => {
      if (run.text.length > saved) {
        saved = run.text.length
        saving = runs.checkpoint(run)
      }
      next()
    })
  }
  next()
  return async () => {
    cancel()
    await saving
  }
}

interface End {
  state: MessageAi['state']
  finishReason: string
  errorCode: string | null
}

async function finish(
  { deps, core, runs, budgets }: ReplyParts,
  ask: Ask,
  run: ActiveRun,
  end: End,
): Promise<void> {
  const usage = run.usage.totalTokens > 0 ? run.usage : estimateUsage(deps, run)
  const ai: MessageAi = {
    model: run.model,
    state: end.state,
    askedBy: ask.actor.user.id,
    usage,
    tools: run.tools,
    finishReason: end.finishReason,
    latencyMs: deps.clock.now() - run.startedAt,
    errorCode: end.errorCode,
  }
  const counted = usage.totalTokens > 0 ? budgets.add(ask.room.id, ask.actor.user.id, run.model, usage) : null
  await Promise.all([
    core.messages.finishReply(run.messageId, { content: run.text, ai }),
    counted,
    runs.finish(run.messageId),
  ])
}

/** Providers that report nothing (or a cut stream) must not make budgets free. */
function estimateUsage({ tokens }: CoreDeps, run: ActiveRun) {
  const completionTokens = tokens.count(run.text)
  const promptTokens = completionTokens === 0 ? 0 : run.promptEstimate
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens, costUsd: null }
}
