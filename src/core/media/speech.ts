/**
 * Texts read aloud and recordings written down, by a service that the settings name. Of the engines OpenAI's dialect is
 * built, which most services speak. Nothing is kept: neither what was said nor what was heard.
 */
import { isJson, jsonOf, listOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor } from '../types.ts'
import { askService, isFault, openaiService, readJson } from './engine.ts'

export interface Recording {
  name: string
  contentType: string
  bytes: Uint8Array<ArrayBuffer>
}

export interface SpokenText {
  contentType: string
  bytes: Uint8Array
}

export interface Named {
  id: string
  name: string
}

export type Speech = ReturnType<typeof createSpeech>

const AUDIO_MAX_BYTES = 50_000_000
const TRANSCRIPT_MAX_BYTES = 5_000_000
const TIMEOUT_MS = 300_000
const LIST_TIMEOUT_MS = 10_000

/** What OpenAI itself offers; its API has no list of them. */
const OPENAI_VOICES = ['alloy', 'echo', 'fable', 'onyx', 'nova', 'shimmer']
const OPENAI_MODELS = ['tts-1', 'tts-1-hd']

const SPEAKING = {
  engine: 'audio.tts.engine',
  url: 'audio.tts.openai.api_base_url',
  key: 'audio.tts.openai.api_key',
  what: 'Speech',
} as const
const HEARING = {
  engine: 'audio.stt.engine',
  url: 'audio.stt.openai.api_base_url',
  key: 'audio.stt.openai.api_key',
  what: 'Transcription',
} as const

export function createSpeech(context: OpenwebuiContext) {
  const text = (key: string): string | null => textOf(context.setting<unknown>(key, ''))

  /** A list of the service, or null when it is OpenAI itself or gives none. */
  async function listed(path: string): Promise<Json | null> {
    const { url, headers } = openaiService(context, SPEAKING)
    if (url.startsWith('https://api.openai.com')) return null
    const request = { method: 'GET', url: `${url}${path}`, headers, maxBytes: 1_000_000 } as const
    const answer = await context.deps.servers
      .send({ ...request, timeoutMs: LIST_TIMEOUT_MS })
      .catch(() => null)
    return answer && answer.status < 400 ? jsonOf(readJson(answer)) : null
  }

  return {
    async speak(actor: Actor, body: Json, signal: AbortSignal): Promise<SpokenText> {
      if (text('audio.tts.engine') === null) throw fault.notFound('speech.off')
      await context.own.permissions.require(actor, 'chat.tts')
      const { url, headers } = openaiService(context, SPEAKING)
      const payload = {
        ...body,
        model: text('audio.tts.model'),
        voice: textOf(body['voice']) ?? text('audio.tts.voice'),
        ...jsonOf(context.setting<unknown>('audio.tts.openai.params', {})),
      }
      const answer = await askService(context, {
        url: `${url}/audio/speech`,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(payload),
        maxBytes: AUDIO_MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal,
      })
      // A service must not make a page of ours out of an answer.
      const isAudio = answer.contentType.startsWith('audio/')
      return { contentType: isAudio ? answer.contentType : 'audio/mpeg', bytes: answer.bytes }
    },

    /** What the service heard, as it says it. Tries again without the language when it does not take that. */
    async transcribe(
      actor: Actor,
      recording: Recording,
      language: string | null,
      signal: AbortSignal,
    ): Promise<Json> {
      await context.own.permissions.require(actor, 'chat.stt')
      refuseStrange(context, recording)
      const { url, headers } = openaiService(context, HEARING)
      const request = {
        url: `${url}/audio/transcriptions`,
        maxBytes: TRANSCRIPT_MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal,
      }
      const asJson = text('audio.stt.openai.api_request_format')?.toLowerCase() === 'json'
      const ask = (tongue: string | null) =>
        askService(context, {
          ...request,
          headers: { ...headers, ...(asJson ? { 'content-type': 'application/json' } : {}) },
          body: asJson
            ? jsonBody(recording, text('audio.stt.model') ?? '', tongue)
            : formBody(recording, text('audio.stt.model') ?? '', tongue),
        })
      const answer = await ask(language).catch((error: unknown) => {
        if (language !== null && isFault(error) && error.code === 'media.refused') return ask(null)
        throw error
      })
      const heard = readJson(answer)
      if (!isJson(heard)) throw fault.unavailable('media.refused', 'Transcription failed.')
      return heard
    },

    async voices(): Promise<Named[]> {
      if (text('audio.tts.engine') === null) return []
      const own = OPENAI_VOICES.map((voice) => ({ id: voice, name: voice }))
      const voices = (await listed('/audio/voices'))?.['voices']
      return Array.isArray(voices) ? voices.flatMap(namedOf) : own
    },

    /** As the service describes them. */
    async models(): Promise<Json[]> {
      if (text('audio.tts.engine') === null) return []
      const own = (await listed('/audio/models'))?.['models']
      if (Array.isArray(own)) return own.filter(isJson)
      const all = await listed('/models')
      const models = listOf(all?.['data'] ?? all?.['models']).filter(isJson)
      return models.length > 0 ? models : OPENAI_MODELS.map((id) => ({ id }))
    },
  }
}

function namedOf(voice: unknown): Named[] {
  const id = textOf(jsonOf(voice)['id'])
  return id === null ? [] : [{ id, name: textOf(jsonOf(voice)['name']) ?? id }]
}

/** Kinds and endings that the settings allow; by default everything that sounds. */
function refuseStrange(context: OpenwebuiContext, { name, contentType }: Recording): void {
  const kinds = listOf(context.setting<unknown>('audio.stt.supported_content_types', []))
    .map(String)
    .filter((kind) => kind.trim() !== '')
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const fits = (kind: string): boolean =>
    kind.endsWith('/*') ? type.startsWith(kind.slice(0, -1)) : type === kind.trim().toLowerCase()
  if (!(kinds.length > 0 ? kinds : ['audio/*', 'video/webm']).some(fits)) {
    const said =
      "Oops! It seems like the file format you're trying to upload is not supported. Please upload a file with a supported format and try again."
    throw fault.invalid('audio.kind', said)
  }
  const endings = listOf(context.setting<unknown>('audio.stt.allowed_extensions', [])).map(String)
  if (endings.length > 0 && !endings.includes(endingOf(name)))
    throw fault.invalid('audio.ending', 'Invalid audio file extension')
}

const endingOf = (name: string): string =>
  name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : ''

function formBody({ name, contentType, bytes }: Recording, model: string, language: string | null): FormData {
  const form = new FormData()
  form.set('model', model)
  if (language !== null) form.set('language', language)
  form.set('file', new File([bytes], name, { type: contentType }))
  return form
}

function jsonBody({ name, bytes }: Recording, model: string, language: string | null): string {
  const ending = endingOf(name) || 'wav'
  const audio = { data: Buffer.from(bytes).toString('base64'), format: ending === 'oga' ? 'ogg' : ending }
  return JSON.stringify({ model, ...(language === null ? {} : { language }), input_audio: audio })
}
