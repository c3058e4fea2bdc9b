/** `/ai …`: how models answer in this channel. Who may change a channel may change that. */
import type { BuiltIn, CommandAnswer, CommandCall, NextWord } from './command.ts'
import { said } from './command.ts'

const USAGE = [
  '`/ai` shows how models answer here',
  '`/ai models` lists the models that can be asked',
  '`/ai model <id>|default` chooses who answers to @ai',
  '`/ai respond mention|always|never`',
  '`/ai budget <tokens a day>|off`',
  '`/ai prompt <text>|off` sets the instructions of this channel',
  '`/ai resume` lets the bots go on after they were paused',
].join('\n')

const NEXT: readonly NextWord[] = [
  { word: 'budget', hint: '[tokens a day|off]', description: 'Limit what models may use here' },
  { word: 'model', hint: '[id|default]', description: 'Choose who answers to @ai' },
  { word: 'models', hint: '', description: 'List the models that can be asked' },
  { word: 'prompt', hint: '[text|off]', description: 'Set the instructions of this channel' },
  {
    word: 'respond',
    hint: '[mention|always|never]',
    description: 'When models answer',
    next: [
      { word: 'always', hint: '', description: 'To every message' },
      { word: 'mention', hint: '', description: 'When they are mentioned' },
      { word: 'never', hint: '', description: 'Not at all' },
    ],
  },
  { word: 'resume', hint: '', description: 'Let the bots go on after they were paused' },
]

export const aiCommand: BuiltIn = {
  hint: '[model|models|respond|budget|prompt|resume] [value]',
  description: 'How AI answers in this channel',
  next: NEXT,
  run: (asked) => {
    const [, verb = '', value = ''] = /^(\S*)\s*([\s\S]*)$/.exec(asked.text.trim()) ?? []
    const action = ACTIONS[verb.toLowerCase()]
    return action ? action(asked, value.trim()) : Promise.resolve(said(USAGE))
  },
}

const ACTIONS: Record<string, (asked: CommandCall, value: string) => Promise<CommandAnswer>> = {
  '': show,
  models,
  model,
  respond,
  budget,
  prompt,
  async resume({ face, call, room }) {
    await face.core.ai.resume(call.actor, room.id)
    return said('The bots go on.')
  },
}

async function show({ face, call, room }: CommandCall): Promise<CommandAnswer> {
  if (!face.core.ai.enabled) return said(`AI is off: ${face.core.ai.reason ?? 'no model is configured'}.`)
  const { used, limit, per } = await face.core.ai.budget(call.actor, room.id)
  const lines = [
    `Model: ${room.ai.model ?? 'the default'}`,
    `Answers: ${room.ai.respond}`,
    `Tokens today: ${used}${limit === null ? '' : ` of ${limit}`} (per ${per})`,
    `Tools: ${room.ai.tools.join(', ') || 'none'}`,
  ]
  return said([...lines, '', USAGE].join('\n'))
}

async function models({ face }: CommandCall): Promise<CommandAnswer> {
  const list = await face.core.ai.models()
  if (list.length === 0) return said('No model is configured.')
  return said(list.map((one) => `- \`${one.id}\` ${one.name}`).join('\n'))
}

async function model({ face, call, room }: CommandCall, value: string): Promise<CommandAnswer> {
  if (value === '') return said(USAGE)
  const chosen = value === 'default' ? null : value
  if (chosen !== null && !(await face.core.ai.models()).some((one) => one.id === chosen)) {
    return said(`There is no model ${chosen}; \`/ai models\` lists them.`)
  }
  await face.core.rooms.update(call.actor, room.id, { ai: { model: chosen } })
  return said(`@ai is ${chosen ?? "the server's default model"} here now.`)
}

async function respond({ face, call, room }: CommandCall, value: string): Promise<CommandAnswer> {
  if (value !== 'mention' && value !== 'always' && value !== 'never') return said(USAGE)
  await face.core.rooms.update(call.actor, room.id, { ai: { respond: value } })
  return said(`AI answers here: ${value}.`)
}

async function budget({ face, call, room }: CommandCall, value: string): Promise<CommandAnswer> {
  const tokensPerDay = value === 'off' ? null : Number(value)
  if (value === '' || (tokensPerDay !== null && !Number.isSafeInteger(tokensPerDay))) return said(USAGE)
  await face.core.rooms.update(call.actor, room.id, { ai: { budget: { ...room.ai.budget, tokensPerDay } } })
  return said(
    tokensPerDay === null ? 'No limit of tokens any more.' : `At most ${tokensPerDay} tokens a day.`,
  )
}

async function prompt({ face, call, room }: CommandCall, value: string): Promise<CommandAnswer> {
  if (value === '') return said(room.ai.systemPrompt || 'There are no instructions.')
  await face.core.rooms.update(call.actor, room.id, { ai: { systemPrompt: value === 'off' ? '' : value } })
  return said('Instructions changed.')
}
