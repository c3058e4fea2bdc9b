/** Custom emoji. */
import { Elysia } from 'elysia'
import { refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import type { EmojiBody } from '../present/post.ts'
import type { CustomEmoji } from '../../../core/mattermost-repositories.ts'
import { Fields } from '../wire/fields.ts'
import { readForm } from '../wire/multipart.ts'
import type { Call } from '../wire/call.ts'

const FORM_MAX = 1024 * 1024

export const emoji = (face: Face) =>
  new Elysia({ name: 'mattermost.emoji' })
    .get(
      '/emoji',
      face.user(async (call) => {
        const { offset, limit } = call.page()
        const found = await face.mm.emoji.list({ offset, limit, byName: call.text('sort') === 'name' })
        return face.json(bodies(face, found))
      }),
    )
    .post(
      '/emoji',
      face.user((call) => create(face, call)),
    )
    .get(
      '/emoji/autocomplete',
      face.user(async (call) => {
        const name = call.text('name')
        if (name === '') throw refuse.urlParam('name')
        return face.json(bodies(face, await face.mm.emoji.search(name, true, 100)))
      }),
    )
    .post(
      '/emoji/search',
      face.user(async (call) => {
        const body = await call.fields()
        const term = body.textOr('term')
        if (term === '') throw refuse.bodyParam('term')
        return face.json(bodies(face, await face.mm.emoji.search(term, body.flag('prefix_only'), 200)))
      }),
    )
    .post(
      '/emoji/names',
      face.user(async (call) => {
        const names = await call.list('names', 200)
        return face.json(
          names.flatMap((name) => (typeof name === 'string' ? (face.emojiBody(name) ?? []) : [])),
        )
      }),
    )
    .get(
      '/emoji/name/:emoji_name',
      face.user((call) => one(face, face.emojiBody(call.param('emoji_name')))),
    )
    .get(
      '/emoji/:emoji_id',
      face.user(async (call) => {
        const found = await face.mm.emoji.byId(call.id('emoji_id'))
        return one(face, face.emojiBody(found.name))
      }),
    )
    .get(
      '/emoji/:emoji_id/image',
      face.user((call) => image(face, call)),
    )
    .delete(
      '/emoji/:emoji_id',
      face.user(async (call) => {
        await face.mm.emoji.remove(call.actor, call.id('emoji_id'))
        return face.ok()
      }),
    )

function bodies(face: Face, found: readonly CustomEmoji[]): EmojiBody[] {
  return found.flatMap((each) => face.emojiBody(each.name) ?? [])
}

function one(face: Face, body: EmojiBody | null): Response {
  if (!body) throw refuse.notFound('app.emoji.get_by_name.no_result', 'There is no such emoji.')
  return face.json(body)
}

async function create(face: Face, call: Call): Promise<Response> {
  const form = await readForm(call, FORM_MAX)
  const picture = form.files.find((each) => each.field === 'image')
  if (!picture) throw refuse.bodyParam('image')
  const sent = Fields.of(parsed(form.fields.get('emoji')?.[0] ?? ''), 'emoji')
  if (sent.idOrNull('creator_id') !== call.me) throw refuse.permission()
  const made = await face.mm.emoji.create(call.actor, { name: sent.text('name'), bytes: picture.file.bytes })
  return face.json(face.emojiBody(made.name), 201)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw refuse.bodyParam('emoji')
  }
}

async function image(face: Face, call: Call): Promise<Response> {
  const found = await face.mm.emoji.image(call.id('emoji_id'))
  if (!found) throw refuse.notFound('app.emoji.get_image.no_result', 'The picture is gone.')
  const headers = face.replies.headers(found.object.contentType, {
    'Cache-Control': 'private, max-age=2592000',
  })
  return new Response(found.body, { headers })
}
