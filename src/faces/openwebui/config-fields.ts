/**
 * Types of the settings forms' fields, as the original checks them. A text that says a number or a switch is taken
 * for one; whatever else is wrong is refused before anything is stored, because the pages read back what they find.
 */
import type { Json } from '../../core/chats/rows.ts'
import { isJson } from '../../core/chats/context.ts'
import type { ConfigForm } from './config-forms.ts'
import { Detail } from './errors.ts'

type OtherForm = 'permissions' | 'toolServer' | 'terminalServer' | 'banner' | 'suggestion'

/** `name:type`, types joined by `|`; `?` marks a field that may be left out. */
const FIELDS: Partial<Record<ConfigForm | OtherForm, string>> = {
  admin: `SHOW_ADMIN_DETAILS:bool ADMIN_EMAIL?:str|null WEBUI_URL:str ENABLE_LOGIN_FORM?:bool ENABLE_SIGNUP:bool
    ENABLE_API_KEYS:bool ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS:bool API_KEYS_ALLOWED_ENDPOINTS:str
    DEFAULT_USER_ROLE:str DEFAULT_GROUP_ID:str DEFAULT_INTERFACE_SETTINGS?:dict|null JWT_EXPIRES_IN:str
    ENABLE_COMMUNITY_SHARING:bool ENABLE_MESSAGE_RATING:bool ENABLE_FOLDERS:bool FOLDER_MAX_FILE_COUNT?:int|str|null
    AUTOMATION_MAX_COUNT?:int|str|null AUTOMATION_MIN_INTERVAL?:int|str|null ENABLE_AUTOMATIONS:bool
    ENABLE_CHANNELS:bool ENABLE_ENCRYPTED_CHANNELS?:bool ENABLE_APPS?:bool CHANNEL_MODEL_RESPONSE_MODE?:str
    ENABLE_CALENDAR:bool ENABLE_MEMORIES:bool ENABLE_MEMORY_SYSTEM_CONTEXT:bool ENABLE_SKILL_LAZY_LOADING?:bool
    SKILL_CONTENT_MAX_CHARS?:int|null SKILL_PREVIEW_MAX_CHARS?:int|null ENABLE_NOTES:bool ENABLE_USER_WEBHOOKS:bool
    ENABLE_USER_STATUS:bool PENDING_USER_OVERLAY_TITLE?:str|null PENDING_USER_OVERLAY_CONTENT?:str|null
    RESPONSE_WATERMARK?:str|null I18N?:dict ENABLE_MFA?:bool MFA_ALLOW_OAUTH_BYPASS?:bool
    MFA_ALLOW_TRUSTED_HEADER_BYPASS?:bool`,
  tasks: `TASK_MODEL:str|null TASK_MODEL_EXTERNAL:str|null TASK_MODEL_PARAMS?:dict|null ENABLE_TITLE_GENERATION:bool
    TITLE_GENERATION_PROMPT_TEMPLATE:str IMAGE_PROMPT_GENERATION_PROMPT_TEMPLATE:str
    ENABLE_AUTOCOMPLETE_GENERATION:bool AUTOCOMPLETE_GENERATION_INPUT_MAX_LENGTH?:int|null
    AUTOCOMPLETE_GENERATION_PROMPT_TEMPLATE:str TAGS_GENERATION_PROMPT_TEMPLATE:str
    FOLLOW_UP_GENERATION_PROMPT_TEMPLATE:str ENABLE_FOLLOW_UP_GENERATION:bool ENABLE_TAGS_GENERATION:bool
    ENABLE_SEARCH_QUERY_GENERATION:bool ENABLE_RETRIEVAL_QUERY_GENERATION:bool QUERY_GENERATION_PROMPT_TEMPLATE:str
    TOOLS_FUNCTION_CALLING_PROMPT_TEMPLATE:str ENABLE_VOICE_MODE_PROMPT:bool VOICE_MODE_PROMPT_TEMPLATE:str|null`,
  connections:
    'ENABLE_DIRECT_CONNECTIONS:bool ENABLE_DIRECT_INTEGRATIONS?:bool ENABLE_BASE_MODELS_CACHE:bool',
  codeExecution: `ENABLE_CODE_EXECUTION:bool CODE_EXECUTION_ENGINE:str CODE_EXECUTION_JUPYTER_URL:str|null
    CODE_EXECUTION_JUPYTER_AUTH:str|null CODE_EXECUTION_JUPYTER_AUTH_TOKEN:str|null
    CODE_EXECUTION_JUPYTER_AUTH_PASSWORD:str|null CODE_EXECUTION_JUPYTER_TIMEOUT:int|null ENABLE_CODE_INTERPRETER:bool
    CODE_INTERPRETER_ENGINE:str CODE_INTERPRETER_PROMPT_TEMPLATE:str|null CODE_INTERPRETER_JUPYTER_URL:str|null
    CODE_INTERPRETER_JUPYTER_AUTH:str|null CODE_INTERPRETER_JUPYTER_AUTH_TOKEN:str|null
    CODE_INTERPRETER_JUPYTER_AUTH_PASSWORD:str|null CODE_INTERPRETER_JUPYTER_TIMEOUT:int|null`,
  models: `DEFAULT_MODELS:str|null DEFAULT_PINNED_MODELS:str|null MODEL_ORDER_LIST:list|null
    DEFAULT_MODEL_METADATA?:dict|null DEFAULT_MODEL_PARAMS?:dict|null`,
  subagents: `ENABLE_SUBAGENTS:bool SUBAGENTS_BACKGROUND_ENABLED:bool SUBAGENTS_MAX_CONCURRENT:int
    SUBAGENTS_MAX_ASYNC:int SUBAGENTS_MAX_ITERATIONS:int SUBAGENTS_MAX_OUTPUT:int SUBAGENTS_SYSTEM_PROMPT:str`,
  chats: `CONTEXT_COMPACTION_MODEL?:str|null ENABLE_CONTEXT_COMPACTION:bool
    CONTEXT_COMPACTION_TOKEN_THRESHOLD?:int|null CONTEXT_COMPACTION_TOKEN_CAP?:int|null
    CONTEXT_COMPACTION_RETENTION_PERCENTAGE?:int|null CONTEXT_COMPACTION_PROMPT_TEMPLATE:str
    ENABLE_TOOL_PERMISSIONS?:bool ENABLE_TOOL_SEARCH?:bool TOOL_SEARCH_DEFER_THRESHOLD?:int
    TOOL_SEARCH_ALWAYS_LOADED?:list TOOL_SEARCH_DEFER_BUILTIN_TOOLS?:bool`,
  evaluations: 'ENABLE_EVALUATION_ARENA_MODELS?:bool|null EVALUATION_ARENA_MODELS?:list|null',
  openai: `ENABLE_OPENAI_API?:bool|null OPENAI_API_BASE_URLS:list OPENAI_API_KEYS:list OPENAI_API_CONFIGS:dict`,
  ollama: `ENABLE_OLLAMA_API?:bool|null OLLAMA_BASE_URLS:list OLLAMA_API_CONFIGS:dict`,
  suggestion: 'title:list content:str',
  permissions: 'workspace:dict sharing:dict access_grants:dict chat:dict features:dict settings:dict',
  toolServer: `url:str path:str type?:str|null auth_type:str|null forward_cookies?:bool headers?:dict|str|null
    key:str|null config:dict|null info?:dict|null`,
  terminalServer: `id?:str|null name?:str|null enabled?:bool|null url:str path?:str|null key?:str|null
    auth_type?:str|null forward_cookies?:bool config?:dict|null server_type?:str|null policy_id?:str|null`,
  banner: `id:str type:str title?:str|null content:str dismissible:bool timestamp:int i18n?:dict|null`,
}

type Kind = 'str' | 'bool' | 'int' | 'dict' | 'list' | 'null'

interface Field {
  name: string
  kinds: readonly Kind[]
  isOptional: boolean
}

interface Problem {
  type: string
  loc: (string | number)[]
  msg: string
  input: unknown
}

const parsed = new Map<string, Field[]>()

function fieldsOf(form: keyof typeof FIELDS): Field[] {
  const known = parsed.get(form)
  if (known) return known
  const fields = (FIELDS[form] ?? '').split(/\s+/).flatMap((entry) => {
    const [name, kinds] = entry.split(':')
    if (!name || !kinds) return []
    const isOptional = name.endsWith('?')
    return [{ name: isOptional ? name.slice(0, -1) : name, kinds: kinds.split('|') as Kind[], isOptional }]
  })
  parsed.set(form, fields)
  return fields
}

/** The body with its fields in their types. Throws 422 with every problem; forms without a table pass as they are. */
export function typedForm(form: keyof typeof FIELDS, body: Json, at: (string | number)[] = ['body']): Json {
  const { value, problems } = readForm(form, body, at)
  if (problems.length > 0) throw new Detail(422, problems)
  return value
}

/** The same for a list of forms under one key. */
export function typedList(form: keyof typeof FIELDS, body: Json, key: string): Json[] {
  const list = body[key]
  if (list === undefined) throw new Detail(422, [missing(['body', key], body)])
  if (!Array.isArray(list)) throw new Detail(422, [wrong('list', ['body', key], list)])
  const read = list.map((item: unknown, index) =>
    isJson(item)
      ? readForm(form, item, ['body', key, index])
      : { value: {}, problems: [wrong('dict', ['body', key, index], item)] },
  )
  const problems = read.flatMap((one) => one.problems)
  if (problems.length > 0) throw new Detail(422, problems.slice(0, 20))
  return read.map((one) => one.value)
}

function readForm(
  form: keyof typeof FIELDS,
  body: Json,
  at: (string | number)[],
): { value: Json; problems: Problem[] } {
  const value: Json = { ...body }
  const problems: Problem[] = []
  for (const { name, kinds, isOptional } of fieldsOf(form)) {
    const loc = [...at, name]
    const given = body[name]
    if (given === undefined) {
      if (!isOptional) problems.push(missing(loc, body))
      continue
    }
    const read = kinds.map((kind) => readAs(kind, given)).find((result) => result !== REFUSED)
    if (read === undefined) problems.push(wrong(kinds[0] ?? 'str', loc, given))
    else value[name] = read === NOTHING ? null : read
  }
  return { value, problems }
}

const REFUSED = Symbol('refused')
const NOTHING = Symbol('null')

function readAs(kind: Kind, value: unknown): unknown {
  if (kind === 'null') return value === null ? NOTHING : REFUSED
  if (kind === 'str') return typeof value === 'string' ? value : REFUSED
  if (kind === 'dict') return isJson(value) ? value : REFUSED
  if (kind === 'list') return Array.isArray(value) ? value : REFUSED
  if (kind === 'bool') return readSwitch(value)
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return Number.isInteger(value) ? value : REFUSED
  return typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : REFUSED
}

function readSwitch(value: unknown): unknown {
  if (typeof value === 'boolean') return value
  const said = typeof value === 'string' ? value.toLowerCase() : String(value)
  if (/^(1|true|t|yes|y|on)$/.test(said)) return true
  return /^(0|false|f|no|n|off)$/.test(said) ? false : REFUSED
}

const missing = (loc: (string | number)[], parent: unknown): Problem => ({
  type: 'missing',
  loc,
  msg: 'Field required',
  input: parent,
})

function wrong(kind: Kind, loc: (string | number)[], input: unknown): Problem {
  const isText = typeof input === 'string'
  const [type, msg] =
    WRONG[kind === 'int' && isText ? 'intText' : kind === 'bool' && isText ? 'boolText' : kind]
  return { type, loc, msg, input }
}

const WRONG: Record<Kind | 'intText' | 'boolText', readonly [type: string, msg: string]> = {
  str: ['string_type', 'Input should be a valid string'],
  bool: ['bool_type', 'Input should be a valid boolean'],
  boolText: ['bool_parsing', 'Input should be a valid boolean, unable to interpret input'],
  int: ['int_type', 'Input should be a valid integer'],
  intText: ['int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
  dict: ['dict_type', 'Input should be a valid dictionary'],
  list: ['list_type', 'Input should be a valid list'],
  null: ['none_required', 'Input should be None'],
}
