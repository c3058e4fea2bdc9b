/** The commands that every Mattermost server has, each in terms of what the core does. */
import type { PresenceState, User } from '../../../core/types.ts'
import { changesOf, notice, tellRoom } from '../modules/notices.ts'
import { PROPS_KEY } from '../present/post.ts'
import { directName } from '../present/places.ts'
import { aiCommand } from './ai.ts'
import { clientCommands } from './client-side.ts'
import { type BuiltIn, type CommandAnswer, type CommandCall, done, said } from './command.ts'

export const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  ...clientCommands,
  ai: aiCommand,
  away: status('away', 'away'),
  dnd: status('dnd', 'do not disturb'),
  offline: status('offline', 'offline'),
  online: status(null, 'online'),
  code: {
    hint: '[text]',
    description: 'Display text as a code block',
    run: (asked) => post(asked, `    ${asked.text.replaceAll('\n', '\n    ')}`),
  },
  echo: {
    hint: '[message]',
    description: 'Echo back text from your account',
    run: (asked) => post(asked, asked.text),
  },
  header: {
    hint: '[text]',
    description: 'Edit the channel header',
    async run({ face, call, room, text }) {
      const after = await face.core.rooms.update(call.actor, room.id, { header: text })
      await tellRoom(face, after, call.actor.user, ...changesOf(call.actor.user, room, after))
      return done
    },
  },
  help: { hint: '', description: 'Show the commands', run: (asked) => Promise.resolve(help(asked)) },
  invite: { hint: '@[username]', description: 'Invite someone to this channel', run: invite },
  join: { hint: '[channel-name]', description: 'Join the open channel', run: join },
  open: { hint: '[channel-name]', description: 'Join the open channel', run: join },
  kick: { hint: '@[username]', description: 'Remove someone from this channel', run: kick },
  remove: { hint: '@[username]', description: 'Remove someone from this channel', run: kick },
  leave: {
    hint: '',
    description: 'Leave the current channel',
    async run({ face, call, room, team }) {
      await face.core.rooms.leave(call.actor, room.id)
      await tellRoom(face, room, call.actor.user, notice.left(call.actor.user))
      return { text: '', goto: `/${team.slug}/channels/town-square` }
    },
  },
  me: {
    hint: '[message]',
    description: 'Do an action',
    run: (asked) => post(asked, `*${asked.text}*`, 'me'),
  },
  msg: { hint: '@[username] [message]', description: 'Send a direct message', run: message },
  mute: {
    hint: '',
    description: 'Turn off notifications of this channel, or on again',
    async run({ face, call, room }) {
      const { member } = await face.core.rooms.get(call.actor, room.id)
      const muted = !member?.muted
      await face.core.members.updateOwn(call.actor, room.id, { muted })
      return said(
        muted ? 'You will not receive notifications for this channel.' : 'This channel is no longer muted.',
      )
    },
  },
  purpose: {
    hint: '[text]',
    description: 'Edit the channel purpose',
    async run({ face, call, room, text }) {
      const after = await face.core.rooms.update(call.actor, room.id, { description: text })
      await tellRoom(face, after, call.actor.user, ...changesOf(call.actor.user, room, after))
      return done
    },
  },
  rename: {
    hint: '[text]',
    description: 'Rename the channel',
    async run({ face, call, room, text }) {
      const after = await face.core.rooms.update(call.actor, room.id, { name: text })
      await tellRoom(face, after, call.actor.user, ...changesOf(call.actor.user, room, after))
      return done
    },
  },
  shrug: {
    hint: '[message]',
    description: 'Adds ¯\\_(ツ)_/¯ to your message',
    run: (asked) => post(asked, `${asked.text} ¯\\\\\\_(ツ)\\_/¯`.trim()),
  },
}

function status(state: PresenceState | null, words: string): BuiltIn {
  return {
    hint: '',
    description: `Set your status ${words}`,
    async run({ face, call }) {
      await face.core.presence.set(call.actor, state)
      return said(`You are now ${words}.`)
    },
  }
}

async function post(asked: CommandCall, content: string, type = ''): Promise<CommandAnswer> {
  if (asked.text === '') return said('A message must be provided.')
  await asked.face.core.messages.post(asked.call.actor, asked.room.id, {
    content,
    threadId: asked.rootId,
    ...(type ? { props: { 'mattermost.type': type, [PROPS_KEY]: { message: asked.text } } } : {}),
  })
  return done
}

async function named({ face, text }: CommandCall): Promise<User | null> {
  const name = text.trim().split(/\s+/, 1)[0]?.replace(/^@/, '') ?? ''
  return name === '' ? null : face.core.users.byUsername(name)
}

async function invite(asked: CommandCall): Promise<CommandAnswer> {
  const user = await named(asked)
  if (!user) return said("We couldn't find the user.")
  await asked.face.core.members.add(asked.call.actor, asked.room.id, [user.id])
  const by = asked.call.actor.user
  await tellRoom(asked.face, asked.room, by, notice.added(by, user))
  return said(`@${user.username} added to the channel.`)
}

async function kick(asked: CommandCall): Promise<CommandAnswer> {
  const user = await named(asked)
  if (!user) return said("We couldn't find the user.")
  await asked.face.core.members.remove(asked.call.actor, asked.room.id, user.id)
  await tellRoom(asked.face, asked.room, asked.call.actor.user, notice.removed(user))
  return done
}

async function join({ face, call, team, text }: CommandCall): Promise<CommandAnswer> {
  const slug = text.trim().replace(/^~/, '').toLowerCase()
  if (slug === '') return said('Name a channel.')
  const { room } = await face.core.rooms.bySlug(call.actor, team.id, slug)
  const before = await face.core.rooms.get(call.actor, room.id)
  await face.core.rooms.join(call.actor, room.id)
  if (!before.member) await tellRoom(face, room, call.actor.user, notice.joined(call.actor.user))
  return { text: '', goto: `/${team.slug}/channels/${room.slug}` }
}

async function message(asked: CommandCall): Promise<CommandAnswer> {
  const { face, call, team } = asked
  const user = await named(asked)
  if (!user) return said("We couldn't find the user.")
  const room = await face.core.rooms.direct(call.actor, [call.me, user.id])
  const content = asked.text.trim().replace(/^\S+\s*/, '')
  if (content !== '') await face.core.messages.post(call.actor, room.id, { content })
  return { text: '', goto: `/${team.slug}/channels/${directName(call.me, user.id)}` }
}

function help(_asked: CommandCall): CommandAnswer {
  const lines = Object.entries(BUILT_IN).map(([name, one]) => `| /${name} ${one.hint} | ${one.description} |`)
  return said(['| Command | What it does |', '| :-- | :-- |', ...lines].join('\n'))
}
