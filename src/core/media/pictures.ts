/** Pictures that a service makes or changes; each becomes a file of the person who asked. OpenAI's dialect is built. */
import { jsonOf, listOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { FileRow, Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor } from '../types.ts'
import { askService, openaiService, readJson } from './engine.ts'

export interface PictureOrder {
  prompt: string
  model?: string | null
  size?: string | null
  n?: number | null
  background?: string | null
}

export type Pictures = ReturnType<typeof createPictures>

const ANSWER_MAX_BYTES = 100_000_000
const TIMEOUT_MS = 300_000
const PICTURES_MAX = 16

const MAKING = {
  engine: 'image_generation.engine',
  url: 'image_generation.openai.api_base_url',
  key: 'image_generation.openai.api_key',
  what: 'Pictures',
} as const
const CHANGING = {
  engine: 'images.edit.engine',
  url: 'images.edit.openai.api_base_url',
  key: 'images.edit.openai.api_key',
  what: 'Changes of pictures',
} as const

/** Known models of OpenAI, which has no list of those that draw. */
const OPENAI_MODELS = [
  { id: 'dall-e-2', name: 'DALL·E 2' },
  { id: 'dall-e-3', name: 'DALL·E 3' },
  { id: 'gpt-image-1', name: 'GPT-IMAGE 1' },
  { id: 'gpt-image-1.5', name: 'GPT-IMAGE 1.5' },
]

export function createPictures(context: OpenwebuiContext) {
  const text = (key: string): string | null => textOf(context.setting<unknown>(key, ''))

  async function allow(actor: Actor, switchKey: string): Promise<void> {
    if (context.setting<unknown>(switchKey, false) !== true)
      throw fault.forbidden('pictures.off', NOT_ALLOWED)
    await context.own.permissions.require(actor, 'features.image_generation')
    await context.own.completions.admit(actor)
  }

  /** With the version that Azure asks for. */
  const address = (url: string, versionKey: string): string => {
    const version = text(versionKey)
    return version === null ? url : `${url}?api-version=${encodeURIComponent(version)}`
  }

  async function kept(actor: Actor, answer: unknown, about: Json): Promise<FileRow[]> {
    const files: FileRow[] = []
    for (const picture of listOf(jsonOf(answer)['data']).slice(0, PICTURES_MAX)) {
      const base64 = textOf(jsonOf(picture)['b64_json'])
      // An address would have to be fetched from wherever the service says.
      if (base64 === null) throw fault.unavailable('pictures.no_bytes', 'The image service sent no picture.')
      const bytes = Buffer.from(base64, 'base64')
      const kind = kindOf(bytes)
      if (kind === null) throw fault.unavailable('pictures.no_picture', 'The image service sent no picture.')
      files.push(
        await context.own.openFiles.upload(actor, {
          name: `generated-image.${kind}`,
          bytes,
          contentType: `image/${kind === 'jpg' ? 'jpeg' : kind}`,
          metadata: about,
          process: false,
          wait: false,
        }),
      )
    }
    return files
  }

  return {
    models: (): readonly { id: string; name: string }[] => {
      openaiService(context, MAKING)
      return OPENAI_MODELS
    },

    async make(actor: Actor, order: PictureOrder, signal: AbortSignal): Promise<FileRow[]> {
      await allow(actor, 'image_generation.enable')
      const { url, headers } = openaiService(context, MAKING)
      const model = text('image_generation.model') ?? 'dall-e-2'
      const size = order.size ?? text('image_generation.size')
      const body: Json = {
        model,
        prompt: order.prompt,
        n: order.n ?? 1,
        ...(size ? { size } : {}),
        ...(answersInBytes(model) ? {} : { response_format: 'b64_json' }),
        ...jsonOf(context.setting<unknown>('image_generation.openai.params', {})),
      }
      const answer = await askService(context, {
        url: address(`${url}/images/generations`, 'image_generation.openai.api_version'),
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        maxBytes: ANSWER_MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal,
      })
      return kept(actor, readJson(answer), body)
    },

    /** `images` are files the actor may read, by id or address, or `data:` addresses. */
    async change(
      actor: Actor,
      order: PictureOrder,
      images: readonly string[],
      signal: AbortSignal,
    ): Promise<FileRow[]> {
      await allow(actor, 'images.edit.enable')
      const { url, headers } = openaiService(context, CHANGING)
      const model = order.model ?? text('images.edit.model') ?? ''
      const form = new FormData()
      const fields = {
        model,
        prompt: order.prompt,
        n: order.n ? String(order.n) : null,
        size: order.size ?? text('images.edit.size'),
        background: order.background,
        response_format: answersInBytes(model) ? null : 'b64_json',
      }
      for (const [name, value] of Object.entries(fields)) if (value) form.set(name, value)
      for (const source of images) {
        const image = await context.own.openFiles.image(actor, source)
        if (!image) throw fault.invalid('pictures.no_such_image', 'Error loading image')
        const bytes = Buffer.from(image.base64, 'base64')
        form.append(
          images.length > 1 ? 'image[]' : 'image',
          new File([bytes], 'image', { type: image.mimeType }),
        )
      }
      const answer = await askService(context, {
        url: address(`${url}/images/edits`, 'images.edit.openai.api_version'),
        headers,
        body: form,
        maxBytes: ANSWER_MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal,
      })
      return kept(actor, readJson(answer), { model, prompt: order.prompt })
    },
  }
}

/** These always answer with bytes, and refuse to be asked for them. */
const answersInBytes = (model: string): boolean => model.startsWith('gpt-image')

/** By what the bytes begin with: what a service says of them is not relied on. */
function kindOf(bytes: Uint8Array): 'png' | 'jpg' | 'webp' | null {
  const starts = (...head: number[]): boolean => head.every((byte, at) => bytes[at] === byte)
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'png'
  if (starts(0xff, 0xd8, 0xff)) return 'jpg'
  return starts(0x52, 0x49, 0x46, 0x46) && bytes[8] === 0x57 ? 'webp' : null
}

const NOT_ALLOWED =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'
