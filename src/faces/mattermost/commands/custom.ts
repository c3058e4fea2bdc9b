/** Commands that teams made: asks their URL, and says in the channel what it answers. */
import type { SlashCommand } from '../../../core/mattermost-repositories.ts'
import type { Outside } from '../../../core/mattermost/outside.ts'
import { MmError } from '../errors.ts'
import { toWire } from '../ids.ts'
import { programPost } from '../present/program-post.ts'
import { isRecord, type Json } from '../wire/fields.ts'
import type { CommandCall } from './command.ts'

const TIMEOUT_MS = 30_000

/** What the program answers; shown by `showAnswer`. */
export async function askProgram(
  command: SlashCommand,
  asked: CommandCall,
  triggerId: string,
): Promise<Json> {
  const fields = new URLSearchParams(fieldsOf(command, asked, triggerId))
  const headers = { Authorization: `Token ${command.token}`, Accept: 'application/json' }
  const outside = asked.face.mm.outside
  const answer = await send(outside, command, fields, headers)
  if (answer.status < 200 || answer.status >= 300) throw failed(command.trigger)
  if (!answer.contentType.includes('json')) return { text: answer.text }
  try {
    const value: unknown = JSON.parse(answer.text)
    return isRecord(value) ? value : {}
  } catch {
    throw failed(command.trigger)
  }
}

async function send(
  outside: Outside,
  command: SlashCommand,
  fields: URLSearchParams,
  headers: Record<string, string>,
) {
  try {
    if (command.method === 'G') {
      const joint = command.url.includes('?') ? '&' : '?'
      return await outside.send({
        method: 'GET',
        url: `${command.url}${joint}${fields}`,
        headers,
        timeoutMs: TIMEOUT_MS,
      })
    }
    return await outside.send({
      method: 'POST',
      url: command.url,
      headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: fields.toString(),
      timeoutMs: TIMEOUT_MS,
    })
  } catch {
    throw failed(command.trigger)
  }
}

function failed(trigger: string): MmError {
  const id = 'api.command.execute_command.failed.app_error'
  return new MmError(500, id, `Command with a trigger of '${trigger}' failed.`)
}

function fieldsOf(command: SlashCommand, asked: CommandCall, triggerId: string): Record<string, string> {
  const { face, call, room, team, text } = asked
  return {
    token: command.token,
    team_id: toWire(team.id),
    team_domain: team.slug,
    channel_id: toWire(room.id),
    channel_name: room.slug,
    user_id: toWire(call.me),
    user_name: call.actor.user.username,
    command: `/${command.trigger}`,
    text,
    trigger_id: triggerId,
    response_url: `${face.siteUrl(call.request)}/hooks/commands/${face.laterAnswers.open(asked, command)}`,
  }
}

/** In the channel for all, or to the asker alone, as the program wishes. */
export async function showAnswer(command: SlashCommand, asked: CommandCall, sent: Json): Promise<void> {
  const { face, call, room, rootId } = asked
  const post = programPost(sent, {
    from_webhook: 'true',
    ...(command.username ? { override_username: command.username } : {}),
    ...(command.iconUrl ? { override_icon_url: command.iconUrl } : {}),
  })
  if (post && sent.response_type === 'in_channel') {
    await face.core.messages.post(call.actor, room.id, { ...post, threadId: rootId })
  } else if (post) {
    const props = isRecord(post.props['mattermost.props']) ? post.props['mattermost.props'] : {}
    face.mm.signals.ephemeral({
      userId: call.me,
      roomId: room.id,
      rootId,
      text: post.content,
      from: call.me,
      props,
    })
  }
  const extra = Array.isArray(sent.extra_responses) ? sent.extra_responses.filter(isRecord) : []
  for (const one of extra.slice(0, 5)) await showAnswer(command, asked, { ...one, extra_responses: [] })
}
