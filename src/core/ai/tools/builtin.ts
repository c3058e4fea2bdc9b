/** The three built-in tools: search the web, read a page, search this room. */
import type { Core } from '../../core.ts'
import type { CoreDeps } from '../../deps.ts'
import { textArgument, type Tool } from './tool.ts'

/** Characters of one tool's answer that the model gets. */
const maxResultChars = 12_000

const stringParameter = (name: string, description: string) => ({
  type: 'object',
  properties: { [name]: { type: 'string', description } },
  required: [name],
  additionalProperties: false,
})

function webSearchTool(search: NonNullable<CoreDeps['webSearch']>): Tool {
  return {
    definition: {
      name: 'web_search',
      description: 'Search the web. Returns titles, addresses and short excerpts.',
      parameters: stringParameter('query', 'What to search for.'),
    },
    announce: (input) => `Searching the web for “${String(input['query'] ?? '').slice(0, 80)}”`,
    async run(input, { signal }) {
      const query = textArgument(input, 'query', 400)
      const hits = await search.search(query, 6, signal)
      const text = hits.map((hit, n) => `${n + 1}. ${hit.title}\n${hit.url}\n${hit.snippet}`).join('\n\n')
      return {
        text: text.slice(0, maxResultChars) || 'Nothing was found.',
        summary: `Searched the web for “${query.slice(0, 80)}”: ${hits.length} results`,
      }
    },
  }
}

function readPageTool(pages: CoreDeps['pages']): Tool {
  return {
    definition: {
      name: 'read_page',
      description: 'Read the main text of a public web page.',
      parameters: stringParameter('url', 'Address of the page, http or https.'),
    },
    announce: (input) => `Reading ${String(input['url'] ?? '').slice(0, 120)}`,
    async run(input, { signal }) {
      const page = await pages.read(textArgument(input, 'url', 2_048), signal)
      const text = `# ${page.title}\n${page.url}\n\n${page.text}`
      return { text: text.slice(0, maxResultChars), summary: `Read “${page.title.slice(0, 80) || page.url}”` }
    },
  }
}

function searchRoomTool(core: Core): Tool {
  return {
    definition: {
      name: 'search_room',
      description: 'Search older messages of this room.',
      parameters: stringParameter('query', 'Words to look for.'),
    },
    announce: (input) => `Searching this room for “${String(input['query'] ?? '').slice(0, 80)}”`,
    async run(input, { actor, room }) {
      const query = textArgument(input, 'query', 200)
      // The asker's own rights decide, at the moment of the call.
      const found = await core.messages.search(actor, { q: query, roomId: room.id, limit: 20 })
      const people = await core.users.byIds([...new Set(found.items.map(({ message }) => message.senderId))])
      const names = new Map(people.map((person) => [person.id, person.displayName]))
      const lines = found.items.map(({ message }) => {
        const when = new Date(message.createdAt).toISOString().slice(0, 16)
        return `[${when}] ${names.get(message.senderId) ?? 'Somebody'}: ${message.content.slice(0, 600)}`
      })
      return {
        text: lines.join('\n').slice(0, maxResultChars) || 'Nothing was found.',
        summary: `Searched this room for “${query.slice(0, 80)}”: ${lines.length} messages`,
      }
    },
  }
}

/** The tools this server can offer, by name. */
export function builtinTools(deps: CoreDeps, core: Core): Map<string, Tool> {
  const tools = [readPageTool(deps.pages), searchRoomTool(core)]
  if (deps.webSearch) tools.unshift(webSearchTool(deps.webSearch))
  return new Map(tools.map((tool) => [tool.definition.name, tool]))
}
