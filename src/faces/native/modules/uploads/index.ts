/** /api/upload takes a picture; /uploads/* hands out what was uploaded. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { fault } from '../../../../core/faults.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { documented } from '../../wire-rooms.ts'
import { errors } from '../../wire-users.ts'
import { uploadedFile } from './uploaded-file.ts'

const UploadReply = t.Object({
  id: t.String(),
  url: t.String(),
  width: t.Union([t.Integer(), t.Null()]),
  height: t.Union([t.Integer(), t.Null()]),
  size: t.Integer(),
  content_type: t.String(),
})

export const uploads = (core: Core) =>
  new Elysia({ name: 'native.uploads.routes' })
    .use(nativeAuth(core))
    .post(
      '/api/upload',
      async ({ actor, body, set }) => {
        if (!(body.file instanceof Blob))
          throw fault.invalid('file.missing', 'Send a file.', { file: 'Send a file.' })
        const bytes = new Uint8Array(await body.file.arrayBuffer())
        const file = await core.files.uploadImage(actor, bytes, body.file.name)
        set.status = 201
        return {
          id: file.id,
          url: `/uploads/${file.key}`,
          width: file.width,
          height: file.height,
          size: file.sizeBytes,
          content_type: file.contentType,
        }
      },
      {
        auth: true,
        body: t.Object({ file: t.File() }),
        response: errors(400, 401, 403, 413, 415, 422),
        detail: {
          tags: ['Uploads'],
          summary: 'Upload a picture (png, jpeg, webp, gif; 5 MB) for a message',
          responses: documented(UploadReply, 'The picture; give its id or url with a message', 201),
        },
      },
    )
    .get('/uploads/*', ({ params, request }) => uploadedFile(core, params['*'], request), {
      detail: {
        tags: ['Uploads'],
        security: [],
        summary: 'An uploaded file, to whoever knows its address',
        responses: {
          200: { description: 'The file' },
          206: { description: 'A part' },
          404: { description: 'None' },
        },
      },
    })
