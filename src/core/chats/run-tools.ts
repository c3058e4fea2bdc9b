/** Tools that the server itself offers to models in chats. They run with the rights of the person who asks. */
import type { ChatTool } from '../ports.ts'
import type { Actor } from '../types.ts'
import { jsonOf, textOf, type OpenwebuiContext } from './context.ts'
import type { Source } from '../retrieval/sources.ts'
import type { Json } from './rows.ts'

export interface RunTool {
  spec: ChatTool
  run(input: Json, signal: AbortSignal): Promise<string>
  /** How its server wants it to be used, for the system prompt. */
  guide?: string
  /** What is cited under the answer when it went well. */
  cite?(input: Json, text: string): Source
}

const PAGE_MAX_CHARS = 20_000
/** Of a page, under an answer. */
const CITED_MAX_CHARS = 500

const object = (properties: Json, required: string[] = []): Json => ({ type: 'object', properties, required })

/** The tools of one turn; web tools only when the person switched web search on and a provider is there. */
export function runTools(context: OpenwebuiContext, actor: Actor, features: Json): RunTool[] {
  const tools = [timestampTool(context), chatSearchTool(context, actor)]
  const { webSearch } = context.deps
  if (features['web_search'] === true && webSearch) tools.push(...webTools(context, webSearch))
  return tools
}

function timestampTool(context: OpenwebuiContext): RunTool {
  return {
    spec: {
      name: 'get_current_timestamp',
      description: 'The current time as a Unix timestamp in seconds and as ISO 8601 in UTC.',
      parameters: object({}),
    },
    async run() {
      const { ms, seconds } = context.now()
      return JSON.stringify({ current_timestamp: seconds, current_iso: new Date(ms).toISOString() })
    },
  }
}

function chatSearchTool(context: OpenwebuiContext, actor: Actor): RunTool {
  return {
    spec: {
      name: 'search_chats',
      description: "Searches the user's earlier chats by words in their titles and messages.",
      parameters: object({ query: { type: 'string' }, count: { type: 'integer' } }, ['query']),
    },
    async run(input) {
      const limit = Math.min(20, Math.max(1, Number(input['count']) || 5))
      const ids = await context.read.chatQueries.idsByText(actor.user.id, textOf(input['query']) ?? '', limit)
      const found = await context.read.chatQueries.titlesByIds(actor.user.id, ids)
      return JSON.stringify(found.map(({ id, title, updatedAt }) => ({ id, title, updated_at: updatedAt })))
    },
  }
}

function webTools(
  context: OpenwebuiContext,
  webSearch: NonNullable<OpenwebuiContext['deps']['webSearch']>,
): RunTool[] {
  return [
    {
      spec: {
        name: 'search_web',
        description: 'Searches the web and returns titles, links and snippets.',
        parameters: object({ query: { type: 'string' } }, ['query']),
      },
      async run(input, signal) {
        const count = Number(context.setting<unknown>('web.search.result_count', 3)) || 3
        const hits = await webSearch.search(textOf(input['query']) ?? '', count, signal)
        return JSON.stringify(hits.map(({ title, url, snippet }) => ({ title, link: url, snippet })))
      },
    },
    {
      spec: {
        name: 'fetch_url',
        description: 'Reads a web page and returns its text.',
        parameters: object({ url: { type: 'string' } }, ['url']),
      },
      async run(input, signal) {
        const page = await context.deps.pages.read(textOf(input['url']) ?? '', signal)
        return `${page.title}\n\n${page.text.slice(0, PAGE_MAX_CHARS)}`
      },
      cite(input, text) {
        const url = textOf(input['url']) ?? 'fetch_url'
        const shown =
          text.length > CITED_MAX_CHARS ? `${text.slice(0, CITED_MAX_CHARS).toWellFormed()}...` : text
        return {
          source: { name: url, id: url },
          document: [shown],
          metadata: [{ source: url, name: url, url }],
        }
      },
    },
  ]
}

export interface CallResult {
  text: string
  failed: boolean
  source?: Source
}

/** Runs a call; what goes wrong is told to the model, not to the person. */
export async function callTool(
  tools: readonly RunTool[],
  call: { name: string; arguments: string },
  signal: AbortSignal,
): Promise<CallResult> {
  const tool = tools.find(({ spec }) => spec.name === call.name)
  if (!tool) return failedWith(`There is no tool named ${call.name}.`)
  try {
    const input = jsonOf(JSON.parse(call.arguments || '{}'))
    const text = await tool.run(input, signal)
    return { text, failed: false, ...(tool.cite ? { source: tool.cite(input, text) } : {}) }
  } catch (error) {
    if (signal.aborted) throw error
    return failedWith(error instanceof Error ? error.message : 'The tool failed.')
  }
}

const failedWith = (error: string): CallResult => ({ text: JSON.stringify({ error }), failed: true })
