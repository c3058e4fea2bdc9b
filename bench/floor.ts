// The floor: what bare Bun and bare Elysia need for the same work, with nothing of ours around it.
import { Database } from 'bun:sqlite'
import { Elysia, t } from 'elysia'

const port = Number(process.env['PORT'])
const database = new Database(process.env['FLOOR_DB'] ?? ':memory:', { strict: true })
database.run('PRAGMA journal_mode=WAL')
database.run('PRAGMA synchronous=NORMAL')
database.run('CREATE TABLE IF NOT EXISTS post(id TEXT PRIMARY KEY, room TEXT, content TEXT, at INTEGER)')
const insert = database.query('INSERT INTO post(id, room, content, at) VALUES ($id, $room, $content, $at)')
const profile = {
  id: 'u',
  username: 'ann',
  display_name: 'Ann',
  avatar_url: null,
  bio: '',
  email: null,
  npub: null,
  role: 'user',
  is_bot: false,
  created_at: '2026-01-01T00:00:00.000Z',
}

const app = new Elysia()
  .get('/ready', () => 'ok')
  .get('/me', () => profile)
  .post(
    '/post',
    ({ body }) => {
      const message = { id: Bun.randomUUIDv7(), room: 'r', content: body.content, at: Date.now() }
      database.run('BEGIN IMMEDIATE')
      insert.run(message)
      database.run('COMMIT')
      server.publish('room', JSON.stringify(message))
      return message
    },
    { body: t.Object({ content: t.String() }) },
  )
  .compile()

const server = Bun.serve<{ speaks: boolean }>({
  port,
  hostname: '127.0.0.1',
  fetch(request, self) {
    if (request.headers.get('upgrade'))
      return self.upgrade(request, { data: { speaks: request.url.endsWith('/speak') } })
        ? undefined
        : new Response(null, { status: 400 })
    return app.fetch(request)
  },
  websocket: {
    perMessageDeflate: false,
    open: (socket) => {
      if (!socket.data.speaks) socket.subscribe('room')
    },
    // Any text from the bench is what is published to all: the floor of a fan-out.
    message: (_, data) => void server.publish('room', String(data), false),
  },
})
