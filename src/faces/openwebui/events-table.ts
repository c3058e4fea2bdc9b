/** Each event of Open WebUI's socket with its state here: who sends it, what tests it, or why there is none. */

export interface CoveredEvent {
  /** The event, and the type within it where there is one. */
  name: string
  from: 'client' | 'server'
  state: 'done' | 'not built' | 'n/a'
  /** Where it is told or answered, from this project's folder. */
  where?: string
  test?: string
  note?: string
}

const SOCKET = 'src/faces/openwebui/socket/'
const TESTS = 'test/compat/openwebui/'

/** Names, where, test. */
const FROM_CLIENTS: [names: string, where: string, test: string][] = [
  ['user-join', 'client-events.ts', 'transports.test.ts'],
  ['heartbeat', 'client-events.ts', 'transports.test.ts'],
  ['join-channels', 'client-events.ts', 'transports.test.ts'],
  ['events:channel/typing', 'client-events.ts', 'transports.test.ts'],
  ['events:chat/join events:chat/leave events:chat/typing', 'client-events.ts', 'shared-live.test.ts'],
  ['events:chat/last_read_at', 'client-events.ts', 'socket-events.test.ts'],
  ['events:channel/last_read_at usage join-note', 'client-events.ts', 'client-events.test.ts'],
  [
    'ydoc:document:join ydoc:document:state ydoc:document:update ydoc:document:leave ydoc:awareness:update',
    'documents.ts',
    'client-events.test.ts',
  ],
]

const FROM_SERVER: [names: string, where: string, test: string][] = [
  [
    'events/chat:active events/response:completion events/chat:completion events/chat:tasks:cancel',
    'src/core/chats/chat-runs.ts',
    'chat.test.ts',
  ],
  ['events/chat:message:error', 'src/core/chats/chat-runs.ts', 'chat.test.ts'],
  ['events/chat:list', 'src/core/chats/place-turn.ts', 'chat.test.ts'],
  [
    'events/chat:title events/chat:tags events/chat:message:follow_ups',
    'src/core/chats/chat-tasks.ts',
    'chat.test.ts',
  ],
  ['events/chat:messages', 'src/core/chats/shared-copy.ts', 'shared-live.test.ts'],
  ['events/chat:presence events/chat:access', `${SOCKET}open-chats.ts`, 'shared-live.test.ts'],
  ['events/typing', `${SOCKET}client-events.ts`, 'shared-live.test.ts'],
  ['access:updated', 'src/core/chats/context.ts', 'shared-live.test.ts'],
  [
    'events/chat:message events/chat:message:voice events/status events/message events/replace events/embeds events/files events/source events/citation',
    'src/core/chats/chat-messages.ts',
    'socket-events.test.ts',
  ],
  ['events:channel/channel:mute', `${SOCKET}channel-frames.ts`, 'socket-events.test.ts'],
  ['events:channel/message events:channel/typing', `${SOCKET}channel-frames.ts`, 'transports.test.ts'],
  [
    'events:channel/message:update events:channel/message:reply events:channel/message:delete events:channel/message:reaction:add events:channel/message:reaction:remove events:channel/channel:created',
    `${SOCKET}channel-frames.ts`,
    'client-events.test.ts',
  ],
  ['events:note', 'src/core/notes/notes.ts', 'client-events.test.ts'],
  [
    'ydoc:document:state ydoc:document:update ydoc:user:joined ydoc:user:left ydoc:awareness:update',
    `${SOCKET}documents.ts`,
    'client-events.test.ts',
  ],
]

const ABSENT: [from: CoveredEvent['from'], names: string, state: 'not built' | 'n/a', why: string][] = [
  [
    'client',
    'encryption:start encryption:status encryption:join encryption:bind encryption:packet encryption:leave encryption:ping',
    'not built',
    'acknowledged with `{ok: false}` and words',
  ],
  ['client', '{user}:{session}:{request}', 'not built', 'direct connections of a browser to a model'],
  [
    'server',
    'events/request:chat:completion events/request:terminal events/request:terminal:state',
    'not built',
    'direct connections and terminals of a browser',
  ],
  [
    'server',
    'events/confirmation events/input events/request:user_input events/request:elicitation events/request:interaction:done',
    'not built',
    'questions that a tool asks in the middle of an answer',
  ],
  ['server', 'events/execute events/execute:python events/execute:tool', 'not built', 'code in the browser'],
  ['server', 'events/chat:message:tasks', 'not built', 'a model’s list of what it has to do'],
  ['server', 'events/context_compaction', 'not built', 'long chats are not summarised'],
  ['server', 'events/chat:reload', 'not built', 'timers and models that ask models'],
  ['server', 'events/calendar:alert automation:result', 'not built', 'calendars and automations'],
  ['server', 'events:app', 'not built', 'channel apps'],
  ['server', 'encryption:available encryption:event', 'not built', 'encrypted channels'],
  ['server', 'events/chat:outlet', 'n/a', 'filters need Python'],
  ['server', 'events/voice:play_animation', 'n/a', 'told by functions, which need Python'],
  ['server', 'events/chat:message:favorite', 'n/a', 'nothing sends it in 0.12.4; programs may'],
  ['server', 'events/notification', 'n/a', 'told by functions, which need Python; programs may'],
]

export const openwebuiEvents: readonly CoveredEvent[] = [
  ...FROM_CLIENTS.flatMap(([names, where, test]) => done('client', names, SOCKET + where, test)),
  ...FROM_SERVER.flatMap(([names, where, test]) => done('server', names, where, test)),
  ...ABSENT.flatMap(([from, names, state, note]) =>
    names.split(' ').map((name): CoveredEvent => ({ name, from, state, note })),
  ),
]

function done(from: CoveredEvent['from'], names: string, where: string, test: string): CoveredEvent[] {
  return names.split(' ').map((name) => ({ name, from, state: 'done', where, test: TESTS + test }))
}
