/** Uploads that arrive in parts. */
import { Elysia } from 'elysia'
import type { Upload } from '../../../core/mattermost-repositories.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import { presentFile } from '../present/files.ts'
import { readBytes, readForm } from '../wire/multipart.ts'
import type { Call } from '../wire/call.ts'
import type { Json } from '../wire/fields.ts'
import { refuse } from '../errors.ts'

export const uploads = (face: Face) =>
  new Elysia({ name: 'mattermost.uploads' })
    .post(
      '/uploads',
      face.user(async (call) => {
        const body = await call.fields()
        const made = await face.mm.uploads.create(call.actor, {
          roomId: body.id('channel_id'),
          name: body.text('filename'),
          size: body.int('file_size'),
        })
        return face.json(present(made), 201)
      }),
    )
    .get(
      '/uploads/:upload_id',
      face.user(async (call) =>
        face.json(present(await face.mm.uploads.get(call.actor, call.id('upload_id')))),
      ),
    )
    .post(
      '/uploads/:upload_id',
      face.user((call) => append(face, call)),
    )
    .get(
      '/users/:user_id/uploads',
      face.user(async (call) => {
        if (call.userId() !== call.me) throw refuse.permission()
        return face.json((await face.mm.uploads.mine(call.actor)).map(present))
      }),
    )

async function append(face: Face, call: Call): Promise<Response> {
  const max = face.config.value('FileSettings.MaxFileSize', 104_857_600)
  const multipart = (call.header('content-type') ?? '').startsWith('multipart/')
  const bytes = multipart ? (await readForm(call, max)).files[0]?.file.bytes : await readBytes(call, max)
  if (!bytes) throw refuse.bodyParam('file')
  const file = await face.mm.uploads.append(call.actor, call.id('upload_id'), bytes)
  if (file) return face.json(presentFile(file))
  return new Response(null, { status: 204, headers: face.replies.headers(null) })
}

function present(upload: Upload): Json {
  return {
    id: toWire(upload.id),
    type: 'attachment',
    create_at: upload.createdAt,
    user_id: toWire(upload.userId),
    channel_id: toWire(upload.roomId),
    filename: upload.name,
    file_size: upload.size,
    file_offset: upload.received,
    remote_id: '',
    req_file_id: '',
  }
}
