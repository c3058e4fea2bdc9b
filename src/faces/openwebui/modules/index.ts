/** All modules of this face that are built. */
import { Elysia } from 'elysia'
import type { FaceContext } from '../module.ts'
import { auths } from './auths.ts'
import { boot } from './boot.ts'
import { chatOrganise } from './chat-organise.ts'
import { chats } from './chats.ts'
import { completions } from './completions.ts'
import { folders } from './folders.ts'
import { groups } from './groups.ts'
import { models } from './models.ts'
import { users } from './users.ts'

export const builtModules = (face: FaceContext) =>
  new Elysia({ name: 'openwebui.built' })
    .use(boot(face))
    .use(auths(face))
    .use(users(face))
    .use(groups(face))
    .use(chats(face))
    .use(chatOrganise(face))
    .use(completions(face))
    .use(folders(face))
    .use(models(face))
