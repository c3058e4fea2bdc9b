/** The native face: our own API. Contract: native.md; what it supports: README.md beside this file. */
import { Elysia } from 'elysia'
import type { Core } from '../../core/core.ts'
import type { Logger } from '../../core/ports.ts'
import { peerOf } from '../../realtime/peer.ts'
import { toResponse } from './errors.ts'
import { admin } from './modules/admin/index.ts'
import { auth } from './modules/auth/index.ts'
import { invites } from './modules/invites/index.ts'
import { keys } from './modules/keys/index.ts'
import { members } from './modules/members/index.ts'
import { messages } from './modules/messages/index.ts'
import { models } from './modules/models/index.ts'
import { rooms } from './modules/rooms/index.ts'
import { search } from './modules/search/index.ts'
import { uploads } from './modules/uploads/index.ts'
import { users } from './modules/users/index.ts'

export interface NativeOptions {
  core: Core
  log: Logger
  /** Public address without a slash at its end, where configured: links and host checks use it. */
  publicUrl: string | undefined
}

export const nativeFace = ({ core, log, publicUrl }: NativeOptions) =>
  new Elysia({ name: 'native' })
    .onError(({ error, code, request }) =>
      toResponse(error, code, (unknown) =>
        log.error('a native route failed', { request_id: peerOf(request).requestId, error: unknown }),
      ),
    )
    .use(auth(core, { publicUrl }))
    .use(users(core))
    .use(keys(core))
    .use(admin(core))
    .use(rooms(core))
    .use(messages(core))
    .use(members(core))
    .use(invites(core, { publicUrl }))
    .use(search(core))
    .use(uploads(core))
    .use(models(core))

/** For a typed client: `treaty<App>(url)` of @elysiajs/eden. */
export type App = ReturnType<typeof nativeFace>
