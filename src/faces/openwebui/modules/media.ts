/** Speech, transcription and pictures, by the services of the settings. */
import { Elysia, t } from 'elysia'
import type { FileRow } from '../../../core/chats/rows.ts'
import { jsonOf, textOf } from '../../../core/chats/context.ts'
import type { PictureOrder } from '../../../core/media/pictures.ts'
import { openwebuiAuth } from '../auth.ts'
import { dict, form, maybe, maybeText } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

const PROMPT_MAX_CHARS = 32_000
const Picture = {
  prompt: t.String({ maxLength: PROMPT_MAX_CHARS }),
  model: maybeText,
  size: maybe(t.String({ maxLength: 40 })),
  n: maybe(t.Integer({ minimum: 1, maximum: 10 })),
  background: maybe(t.String({ maxLength: 40 })),
}
const ImageSource = t.String({ maxLength: 30_000_000 })
const Recording = t.Object(
  { file: t.File(), language: t.Optional(t.String({ maxLength: 40 })) },
  { additionalProperties: true },
)

export const media = (face: FaceContext) => {
  const { core } = face
  return new Elysia({ name: 'openwebui.media' })
    .use(openwebuiAuth(core))
    .post(
      '/api/v1/audio/speech',
      async ({ actor, body, request }) => {
        const { contentType, bytes } = await core.speech.speak(actor, body, request.signal)
        return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': contentType } })
      },
      { rank: 'user', body: dict },
    )
    .post(
      '/api/v1/audio/transcriptions',
      async ({ actor, body, request }) => {
        const { file } = body
        const bytes = new Uint8Array(await file.arrayBuffer())
        const recording = { name: baseName(file.name), contentType: file.type, bytes }
        const language = textOf(body.language)
        const heard = await core.speech.transcribe(actor, recording, language, request.signal)
        return json({ ...heard, filename: recording.name })
      },
      { rank: 'user', body: Recording },
    )
    .get('/api/v1/audio/voices', async () => json({ voices: await core.speech.voices() }), { rank: 'user' })
    .get('/api/v1/audio/models', async () => json({ models: await core.speech.models() }), { rank: 'user' })
    .get('/api/v1/images/models', () => json(core.pictures.models()), { rank: 'user' })
    .post(
      '/api/v1/images/generations',
      async ({ actor, body, request }) =>
        json((await core.pictures.make(actor, orderOf(body), request.signal)).map(presentPicture)),
      { rank: 'user', body: form(Picture) },
    )
    .post(
      '/api/v1/images/edit',
      async ({ actor, body, request }) => {
        const images = typeof body.image === 'string' ? [body.image] : body.image
        const files = await core.pictures.change(actor, orderOf(body), images, request.signal)
        return json(files.map(presentPicture))
      },
      {
        rank: 'user',
        body: form({
          ...Picture,
          image: t.Union([ImageSource, t.Array(ImageSource, { minItems: 1, maxItems: 16 })]),
        }),
      },
    )
}

const orderOf = ({ prompt, model, size, n, background }: PictureOrder): PictureOrder => ({
  prompt,
  model,
  size,
  n,
  background,
})

const presentPicture = (file: FileRow) => ({
  id: file.id,
  url: `/api/v1/files/${file.id}/content`,
  name: textOf(jsonOf(file.meta)['name']) ?? file.filename,
  content_type: textOf(jsonOf(file.meta)['content_type']),
})

const baseName = (name: string): string => name.split(/[\\/]/).at(-1) ?? ''
