/** All modules of this face that are built. */
import { Elysia } from 'elysia'
import type { FaceContext } from '../module.ts'
import { anthropic } from './anthropic.ts'
import { auths } from './auths.ts'
import { boot } from './boot.ts'
import { cache } from './cache.ts'
import { calendars } from './calendars.ts'
import { channelMessages } from './channel-messages.ts'
import { channels } from './channels.ts'
import { chatFigures } from './chat-figures.ts'
import { chatOrganise } from './chat-organise.ts'
import { chats } from './chats.ts'
import { completions } from './completions.ts'
import { configs } from './configs.ts'
import { evaluations } from './evaluations.ts'
import { files } from './files.ts'
import { folders } from './folders.ts'
import { groups } from './groups.ts'
import { knowledge } from './knowledge.ts'
import { modelManagement } from './model-management.ts'
import { media } from './media.ts'
import { models } from './models.ts'
import { notes } from './notes.ts'
import { notifications } from './notifications.ts'
import { ollama } from './ollama.ts'
import { openaiPass } from './openai-pass.ts'
import { promptVersions } from './prompt-versions.ts'
import { providers } from './providers.ts'
import { retrieval } from './retrieval.ts'
import { search } from './search.ts'
import { small } from './small.ts'
import { statistics } from './statistics.ts'
import { tasks } from './tasks.ts'
import { toolServers } from './tool-servers.ts'
import { users } from './users.ts'
import { webhooks } from './webhooks.ts'
import { prompts, workspaceLists } from './workspace.ts'

export const builtModules = (face: FaceContext) =>
  new Elysia({ name: 'openwebui.built' })
    .use(boot(face))
    .use(auths(face))
    .use(users(face))
    .use(groups(face))
    .use(chats(face))
    .use(chatFigures(face))
    .use(chatOrganise(face))
    .use(completions(face))
    .use(anthropic(face))
    .use(folders(face))
    .use(models(face))
    .use(modelManagement(face))
    .use(cache(face))
    .use(files(face))
    .use(retrieval(face))
    .use(notes(face))
    .use(prompts(face))
    .use(knowledge(face))
    .use(workspaceLists(face))
    .use(small(face))
    .use(calendars(face))
    .use(channels(face))
    .use(channelMessages(face))
    .use(evaluations(face))
    .use(search(face))
    .use(tasks(face))
    .use(statistics(face))
    .use(webhooks(face))
    .use(configs(face))
    .use(toolServers(face))
    .use(media(face))
    .use(notifications(face))
    .use(ollama(face))
    .use(openaiPass(face))
    .use(promptVersions(face))
    .use(providers(face))
