// Model providers, their limits, and the web that they may use. See index.ts for the rules of the table.
import { option } from '../option.ts'
import { aligned, boolean, choice, hostPorts, integer, text, url, urls } from '../parsers.ts'

export const ai = {
  required: option({
    names: 'REQUIRE_AI',
    about: 'Refuse to start without a model provider.',
    as: boolean(),
    or: false,
  }),
  openrouterKey: option({
    names: 'OPENROUTER_API_KEY',
    about: 'Adds OpenRouter and all its models.',
    as: text,
    secret: true,
  }),
  openrouterUrl: option({
    names: 'OPENROUTER_BASE_URL OPENROUTER_API_BASE_URL',
    about: 'OpenRouter, or something that speaks like it.',
    as: url('http', 'https'),
    or: 'https://openrouter.ai/api/v1',
  }),
  openaiEnabled: option({
    names: 'ENABLE_OPENAI_API',
    about: 'Whether the OpenAI-compatible services below are used.',
    as: boolean(),
    or: true,
  }),
  openaiUrls: option({
    names: 'OPENAI_API_BASE_URLS OPENAI_API_BASE_URL OPENAI_BASE_URL',
    about: 'OpenAI-compatible services, separated by `;`.',
    as: urls('http', 'https'),
    shown: '`https://api.openai.com/v1` when there is a key',
    firstWins: true,
  }),
  openaiKeys: option({
    names: 'OPENAI_API_KEYS OPENAI_API_KEY',
    about: 'Their keys in the same order, separated by `;`; a place may be empty.',
    as: aligned,
    secret: true,
    firstWins: true,
  }),
  ollamaEnabled: option({
    names: 'ENABLE_OLLAMA_API',
    about: 'Whether the Ollama servers below are used.',
    as: boolean(),
    or: true,
  }),
  ollamaUrls: option({
    names: 'OLLAMA_BASE_URLS OLLAMA_BASE_URL OLLAMA_API_BASE_URL',
    about: 'Ollama servers, separated by `;`.',
    as: urls('http', 'https'),
    firstWins: true,
  }),
  defaultModel: option({
    names: 'DEFAULT_MODEL DEFAULT_MODELS',
    about: 'Model that answers to `@ai` where a room names none.',
    as: text,
    shown: 'the first in the list',
    firstWins: true,
  }),
  tokensPerDay: option({
    names: 'AI_TOKENS_PER_DAY',
    about: 'Tokens each person may use in a day.',
    as: integer(1),
    shown: 'no limit',
  }),
  maxToolRounds: option({
    names: 'AI_MAX_TOOL_ROUNDS CHAT_RESPONSE_MAX_TOOL_CALL_ITERATIONS',
    about: 'How often one answer may call tools and go on.',
    as: integer(0, 1000),
    or: 8,
  }),
  maxBotTurns: option({
    names: 'AI_MAX_BOT_TURNS',
    about: 'Answers in a row that bots may set off in a room before a person must go on.',
    as: integer(0, 100),
    or: 4,
  }),
  timeoutS: option({
    names: 'AI_TIMEOUT_S AIOHTTP_CLIENT_TIMEOUT',
    about: 'Longest time of one answer, in seconds.',
    as: integer(1, 86_400),
    or: 600,
  }),
  idleTimeoutS: option({
    names: 'AI_IDLE_TIMEOUT_S AIOHTTP_CLIENT_STREAM_IDLE_TIMEOUT',
    about: 'Longest silence of a provider within an answer, in seconds.',
    as: integer(1, 3600),
    or: 90,
  }),
  modelsTtlS: option({
    names: 'AI_MODELS_TTL_S MODELS_CACHE_TTL',
    about: 'How long lists of models are kept, in seconds.',
    as: integer(0, 86_400),
    or: 300,
  }),
}

export const web = {
  searchProvider: option({
    names: 'SEARCH_PROVIDER',
    about: 'Which web search the AI uses.',
    as: choice({ tavily: 'tavily', brave: 'brave' }),
    shown: 'the one that has a key',
  }),
  tavilyKey: option({ names: 'TAVILY_API_KEY', about: 'Key for Tavily.', as: text, secret: true }),
  tavilyUrl: option({
    names: 'TAVILY_BASE_URL TAVILY_API_BASE_URL',
    about: 'Tavily, or something that speaks like it.',
    as: url('http', 'https'),
    or: 'https://api.tavily.com',
  }),
  braveKey: option({
    names: 'BRAVE_API_KEY BRAVE_SEARCH_API_KEY',
    about: 'Key for Brave Search.',
    as: text,
    secret: true,
  }),
  braveUrl: option({
    names: 'BRAVE_BASE_URL',
    about: 'Brave Search, or something that speaks like it.',
    as: url('http', 'https'),
    or: 'https://api.search.brave.com',
  }),
  fetchAllowHosts: option({
    names: 'FETCH_ALLOW_HOSTS',
    about: 'Private `host:port` places that the AI may read pages from all the same.',
    as: hostPorts,
    or: [],
    shown: 'none',
  }),
}
