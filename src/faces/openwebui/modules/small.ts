/** Lists that the front end asks for on every page and that are empty here, each for its own reason. */
import { Elysia, t } from 'elysia'
import { sha256Hex } from '../../../core/support/digest.ts'
import { openwebuiAuth } from '../auth.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

export const small = (face: FaceContext) =>
  new Elysia({ name: 'openwebui.small' })
    .use(openwebuiAuth(face.core))
    // Terminal servers are none of ours.
    .get('/api/v1/terminals/', () => json([]), { rank: 'user' })
    // Pipelines run in a Python server beside; none can be connected.
    .get('/api/v1/pipelines/list', () => json({ data: [] }), { rank: 'admin' })
    // No speech engine is built in; the browser's own voices need no list.
    .get('/api/v1/utils/gravatar', ({ query }) => json(gravatar(query.email)), {
      rank: 'user',
      query: t.Object({ email: t.String({ maxLength: 320 }) }),
    })
    // Automations are not built; their page opens and is empty.
    .get('/api/v1/automations/list', () => json({ items: [], total: 0 }), { rank: 'user' })

/** Only the address: nothing is fetched from there by us. */
const gravatar = (email: string): string =>
  `https://www.gravatar.com/avatar/${sha256Hex(email.trim().toLowerCase())}?d=mp`
