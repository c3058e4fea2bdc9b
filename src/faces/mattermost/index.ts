/**
 * The Mattermost face: `/api/v4` for unmodified Mattermost web, desktop and mobile apps. README.md says
 * what is supported; unbuilt.ts what is answered as an unlicensed server answers it.
 */
import { Elysia } from 'elysia'
import { refuse } from './errors.ts'
import { refusalOf } from './unbuilt.ts'
import { type Face, pathOf } from './face.ts'
import { actions } from './modules/actions.ts'
import { bots } from './modules/bots.ts'
import { channelLists } from './modules/channel-lists.ts'
import { channels } from './modules/channels.ts'
import { commands, laterAnswers } from './modules/commands.ts'
import { emoji } from './modules/emoji.ts'
import { files } from './modules/files.ts'
import { history } from './modules/history.ts'
import { hooks } from './modules/hooks.ts'
import { hooksIn } from './modules/hooks-in.ts'
import { login } from './modules/login.ts'
import { links, publicFiles } from './modules/links.ts'
import { mail } from './modules/mail.ts'
import { members } from './modules/members.ts'
import { posts } from './modules/posts.ts'
import { reports } from './modules/reports.ts'
import { search } from './modules/search.ts'
import { settings } from './modules/settings.ts'
import { sidebar } from './modules/sidebar.ts'
import { system } from './modules/system.ts'
import { teams } from './modules/teams.ts'
import { threads } from './modules/threads.ts'
import { tokens } from './modules/tokens.ts'
import { uploads } from './modules/uploads.ts'
import { users } from './modules/users.ts'

export { Face, type MattermostOptions } from './face.ts'

export const mattermostFace = (face: Face) =>
  new Elysia({ name: 'mattermost' })
    .onError(({ error, code, request }) =>
      face.failure(code === 'NOT_FOUND' ? refuse.path() : error, request),
    )
    .use(publicFiles(face))
    .use(laterAnswers(face))
    .use(hooksIn(face))
    .group('/api/v4', (app) =>
      app
        .use(system(face))
        .use(login(face))
        .use(users(face))
        .use(settings(face))
        .use(teams(face))
        .use(channels(face))
        .use(channelLists(face))
        .use(members(face))
        .use(posts(face))
        .use(history(face))
        .use(threads(face))
        .use(sidebar(face))
        .use(files(face))
        .use(emoji(face))
        .use(search(face))
        .use(hooks(face))
        .use(commands(face))
        .use(actions(face))
        .use(bots(face))
        .use(tokens(face))
        .use(uploads(face))
        .use(reports(face))
        .use(links(face))
        .use(mail(face))
        .all(
          '/*',
          face.open((call) => unknown(call.request)),
        ),
    )

function unknown(request: Request): never {
  throw refusalOf(request.method, pathOf(request.url))
}
