/** Slash commands: running them, completing them, and managing those that teams made. */
import { Elysia } from 'elysia'
import type { CommandInput } from '../../../core/mattermost/slash-commands.ts'
import { BUILT_IN_COMMANDS } from '../../../core/mattermost/create-mattermost.ts'
import type { SlashCommand } from '../../../core/mattermost-repositories.ts'
import type { Room, Team } from '../../../core/types.ts'
import { BUILT_IN } from '../commands/built-in.ts'
import type { CommandAnswer, CommandCall, NextWord } from '../commands/command.ts'
import { askProgram, showAnswer } from '../commands/custom.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import type { Call, OpenCall } from '../wire/call.ts'
import { type Fields, isRecord, type Json } from '../wire/fields.ts'

export const commands = (face: Face) =>
  new Elysia({ name: 'mattermost.commands' })
    .get(
      '/commands',
      face.user((call) => list(face, call)),
    )
    .post(
      '/commands',
      face.user(async (call) => {
        const body = await call.fields()
        const made = await face.mm.commands.create(call.actor, inputOf(body))
        return face.json(present(made), 201)
      }),
    )
    .post(
      '/commands/execute',
      face.user((call) => execute(face, call)),
    )
    .get(
      '/commands/:command_id',
      face.user(async (call) =>
        face.json(present(await face.mm.commands.get(call.actor, call.id('command_id')))),
      ),
    )
    .put(
      '/commands/:command_id',
      face.user(async (call) => {
        const input = inputOf(await call.fields())
        return face.json(present(await face.mm.commands.update(call.actor, call.id('command_id'), input)))
      }),
    )
    .put(
      '/commands/:command_id/move',
      face.user(async (call) => {
        const teamId = (await call.fields()).id('team_id')
        await face.mm.commands.update(call.actor, call.id('command_id'), { teamId })
        return face.ok()
      }),
    )
    .put(
      '/commands/:command_id/regen_token',
      face.user(async (call) => {
        const { token } = await face.mm.commands.renewToken(call.actor, call.id('command_id'))
        return face.json({ token })
      }),
    )
    .delete(
      '/commands/:command_id',
      face.user(async (call) => {
        await face.mm.commands.remove(call.actor, call.id('command_id'))
        return face.ok()
      }),
    )
    .get(
      '/teams/:team_id/commands/autocomplete',
      face.user(async (call) => {
        const custom = await completable(face, call)
        return face.json([...builtIns(call.id('team_id')), ...custom.map(present)])
      }),
    )
    .get(
      '/teams/:team_id/commands/autocomplete_suggestions',
      face.user((call) => suggest(face, call)),
    )

/** Outside `/api/v4`: where programs answer later. */
export const laterAnswers = (face: Face) =>
  new Elysia({ name: 'mattermost.later-answers' }).post(
    '/hooks/commands/:hook_id',
    face.open((call) => answerLater(face, call)),
  )

async function answerLater(face: Face, call: OpenCall): Promise<Response> {
  const later = face.laterAnswers.use(call.param('hook_id'))
  if (!later)
    throw new MmError(404, 'web.command_webhook.command.app_error', 'There is no such command response.')
  const sent = await call.json()
  if (!isRecord(sent)) throw refuse.bodyParam('body')
  await showAnswer(later.command, later.asked, sent)
  return new Response('ok', { headers: face.replies.headers('text/plain') })
}

async function execute(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const command = body.text('command').trim()
  const [, trigger = '', text = ''] = /^\/(\S+)\s*([\s\S]*)$/.exec(command) ?? []
  if (trigger === '') throw refuse.bodyParam('command')
  const { room, member } = await face.core.rooms.get(call.actor, body.id('channel_id'))
  if (!member) throw refuse.permission()
  const team = await teamOf(face, call, room, body)
  const asked: CommandCall = { face, call, room, team, rootId: body.idOrNull('root_id'), text: text.trim() }
  const triggerId = await face.mm.triggers.sign(call.me)
  return face.json(await run(asked, trigger.toLowerCase(), triggerId))
}

/** A direct room has no team: the client says in which it looks at it. */
async function teamOf(face: Face, call: Call, room: Room, body: Fields): Promise<Team> {
  const teamId = room.teamId ?? body.idOrNull('team_id')
  return teamId ? face.core.teams.byId(call.actor, teamId) : face.core.teams.first()
}

async function run(asked: CommandCall, trigger: string, triggerId: string): Promise<Json> {
  const custom = BUILT_IN_COMMANDS.has(trigger)
    ? null
    : await asked.face.mm.commands.find(asked.team.id, trigger)
  if (custom) {
    const sent = await askProgram(custom, asked, triggerId)
    await showAnswer(custom, asked, sent)
    return { ...response({ text: '' }, triggerId), goto_location: gotoOf(sent) }
  }
  const builtIn = Object.hasOwn(BUILT_IN, trigger) ? BUILT_IN[trigger] : undefined
  if (!builtIn) {
    const id = 'api.command.execute_command.not_found.app_error'
    throw new MmError(404, id, `Command with a trigger of '/${trigger}' not found.`)
  }
  const answer = await builtIn.run(asked)
  const { face, call, room, rootId } = asked
  if (answer.text !== '') {
    face.mm.signals.ephemeral({ userId: call.me, roomId: room.id, rootId, text: answer.text, from: call.me })
  }
  return response(answer, triggerId)
}

function gotoOf(sent: Json): string {
  return typeof sent.goto_location === 'string' ? sent.goto_location : ''
}

function response(answer: CommandAnswer, triggerId: string): Json {
  return {
    response_type: 'ephemeral',
    text: answer.text,
    username: '',
    channel_id: '',
    icon_url: '',
    type: '',
    props: {},
    goto_location: answer.goto ?? '',
    trigger_id: triggerId,
    skip_slack_parsing: false,
    attachments: null,
    extra_responses: null,
  }
}

async function list(face: Face, call: Call): Promise<Response> {
  const teamId = call.queryId('team_id')
  if (!teamId) throw refuse.urlParam('team_id')
  const custom = (await face.mm.commands.list(call.actor, teamId)).map(present)
  return face.json(call.flag('custom_only') ? custom : [...builtIns(teamId), ...custom])
}

async function completable(face: Face, call: Call): Promise<SlashCommand[]> {
  const all = await face.mm.commands.list(call.actor, call.id('team_id'))
  return all.filter((command) => command.autoComplete).map((command) => ({ ...command, token: '', url: '' }))
}

/** The keys of a suggestion are capitalised, alone of all bodies. */
async function suggest(face: Face, call: Call): Promise<Response> {
  const typed = call.text('user_input').replace(/^\//, '').split(' ')
  const custom = await completable(face, call)
  const known: NextWord[] = [
    ...Object.entries(BUILT_IN).map(([word, one]) => ({ ...one, word })),
    ...custom.map((one) => ({
      word: one.trigger,
      hint: one.autoCompleteHint,
      description: one.autoCompleteDesc,
    })),
  ]
  return face.json(offered(known, typed))
}

/**
 * What may come next. Nothing is offered for the free text of a command, nor for words that stand there whole: a client
 * takes the first offer when Enter is pressed, and what was typed would be lost, or not be carried out.
 */
function offered(known: readonly NextWord[], typed: readonly string[]): Json[] {
  let words: readonly NextWord[] = known
  for (const before of typed.slice(0, -1))
    words = words.find(({ word }) => word === before.toLowerCase())?.next ?? []
  const begun = typed.at(-1)!.toLowerCase()
  const whole = typed.length > 1 && words.some(({ word, next }) => word === begun && !next)
  return (whole ? [] : words)
    .filter(({ word }) => word.startsWith(begun))
    .toSorted((a, b) => a.word.localeCompare(b.word))
    .map(({ word, hint, description }) => ({
      Complete: [...typed.slice(0, -1), word].join(' '),
      Suggestion: word,
      Hint: hint,
      Description: description,
      IconData: '',
    }))
}

function builtIns(teamId: string): Json[] {
  return Object.entries(BUILT_IN).map(([trigger, { hint, description }]) => ({
    ...EMPTY,
    team_id: toWire(teamId),
    trigger,
    auto_complete: true,
    auto_complete_desc: description,
    auto_complete_hint: hint,
    display_name: trigger,
  }))
}

const EMPTY: Json = {
  id: '',
  token: '',
  create_at: 0,
  update_at: 0,
  delete_at: 0,
  creator_id: '',
  team_id: '',
  trigger: '',
  method: '',
  username: '',
  icon_url: '',
  auto_complete: false,
  auto_complete_desc: '',
  auto_complete_hint: '',
  display_name: '',
  description: '',
  url: '',
  plugin_id: '',
}

function present(command: SlashCommand): Json {
  return {
    ...EMPTY,
    id: toWire(command.id),
    token: command.token,
    create_at: command.createdAt,
    update_at: command.updatedAt,
    creator_id: toWire(command.userId),
    team_id: toWire(command.teamId),
    trigger: command.trigger,
    method: command.method,
    username: command.username,
    icon_url: command.iconUrl,
    auto_complete: command.autoComplete,
    auto_complete_desc: command.autoCompleteDesc,
    auto_complete_hint: command.autoCompleteHint,
    display_name: command.displayName,
    description: command.description,
    url: command.url,
  }
}

function inputOf(body: Fields): CommandInput {
  return {
    teamId: body.id('team_id'),
    trigger: body.text('trigger').toLowerCase().replace(/^\//, ''),
    method: body.textOr('method', 'P') === 'G' ? 'G' : 'P',
    url: body.text('url'),
    username: body.textOr('username'),
    iconUrl: body.textOr('icon_url'),
    autoComplete: body.flag('auto_complete'),
    autoCompleteDesc: body.textOr('auto_complete_desc'),
    autoCompleteHint: body.textOr('auto_complete_hint'),
    displayName: body.textOr('display_name'),
    description: body.textOr('description'),
  }
}
