/** `/cache/…`: what Open WebUI's own server once made and linked to from chats, pictures and speech above all. */
import { Elysia } from 'elysia'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import type { FaceContext } from '../module.ts'
import { rangeOf, sendStored } from '../stored-file.ts'

const INLINE = /^(image\/(?!svg)|audio\/|video\/)/

export const cache = (face: FaceContext) =>
  new Elysia({ name: 'openwebui.cache' }).use(openwebuiAuth(face.core)).get(
    '/cache/*',
    async ({ params, request }) => {
      const key = params['*']
      const opened = await face.core.openCache(key, rangeOf(request))
      if (!opened) throw detail.notFound('File not found')
      const type = opened.object.contentType
      const name = key.slice(key.lastIndexOf('/') + 1)
      return sendStored(request, opened, { type, name, attachment: !INLINE.test(type) })
    },
    { rank: 'user' },
  )
