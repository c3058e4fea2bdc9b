/** Posts that a program sends: Slack-like payloads of webhooks, commands and actions. */
import { isRecord, type Json } from '../wire/fields.ts'
import { PROPS_KEY } from './post.ts'

export interface ProgramPost {
  content: string
  props: Record<string, unknown>
}

/** Slack's `<url|text>` and `<!here>` in Mattermost's words. */
export function slackText(text: string): string {
  return text
    .replaceAll(/<!(here|channel|all|everyone)>/g, '@$1')
    .replaceAll(/<(https?:[^|>\s]+)\|([^>]*)>/g, '[$2]($1)')
    .replaceAll(/<(https?:[^|>\s]+)>/g, '$1')
}

/** Text and props of what a program sent; null when there is nothing to say. */
export function programPost(sent: Json, extra: Json): ProgramPost | null {
  const text = typeof sent.text === 'string' ? slackText(sent.text) : ''
  const attachments = Array.isArray(sent.attachments) ? sent.attachments.filter(isRecord).map(attachment) : []
  if (text === '' && attachments.length === 0) return null
  const props: Json = { ...(isRecord(sent.props) ? sent.props : {}), ...extra }
  if (attachments.length > 0) props.attachments = attachments
  const shown = text === '' ? attachments.map(wordsOf).join('\n') : text
  return {
    content: shown === '' ? '(attachment)' : shown,
    props: { [PROPS_KEY]: props, ...(text === '' ? { 'mattermost.textless': true } : {}) },
  }
}

function attachment(sent: Json): Json {
  const out: Json = { id: 0, ...sent }
  for (const name of ['text', 'pretext']) {
    if (typeof out[name] === 'string') out[name] = slackText(out[name])
  }
  if (Array.isArray(out.actions)) out.actions = out.actions.filter(isRecord).map(named)
  return out
}

/** Actions without an id of their own are counted, since the client calls them by it. */
function named(action: Json, index: number): Json {
  const id = typeof action.id === 'string' && action.id !== '' ? action.id : `action${index}`
  return { ...action, id: id.replaceAll(/[^A-Za-z0-9]/g, ''), type: action.type ?? 'button' }
}

function wordsOf(one: Json): string {
  const parts = ['pretext', 'title', 'text']
    .map((name) => one[name])
    .filter((part) => typeof part === 'string' && part)
  return parts.length > 0 ? parts.join('\n') : typeof one.fallback === 'string' ? one.fallback : ''
}
