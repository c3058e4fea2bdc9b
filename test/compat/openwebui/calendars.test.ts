// Goal: calendars that Open WebUI's Python server kept are shown to whom they belong or were opened, and to nobody else.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { SQL } from 'bun'
import type { Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { Owui } from './person.ts'

const NANOS = 1_000_000n
const at = (text: string): bigint => BigInt(Date.parse(text)) * NANOS

bothDialects('calendars', (fixture) => {
  let server: TestServer
  let admin: Owui
  let bob: Owui
  let eve: Owui
  let sql: SQL
  const [work, party, call] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]

  /** As the Python server writes them. */
  async function planned(): Promise<void> {
    const now = at('2026-01-01T00:00:00Z')
    await sql.unsafe(`insert into calendar (id, user_id, name, color, is_default, created_at, updated_at)
      values ('${work}', '${admin.user.id}', 'Work', null, false, ${now}, ${now})`)
    for (const [id, title, start, end] of [
      [party, 'Party', '2026-05-01T20:00:00Z', '2026-05-02T02:00:00Z'],
      [call, 'Call', '2026-05-03T10:00:00Z', '2026-05-03T10:30:00Z'],
    ] as const)
      await sql.unsafe(`insert into calendar_event
        (id, calendar_id, user_id, title, start_at, end_at, all_day, is_cancelled, created_at, updated_at)
        values ('${id}', '${work}', '${admin.user.id}', '${title}', ${at(start)}, ${at(end)}, false, false, ${now}, ${now})`)
    await sql.unsafe(`insert into calendar_event_attendee (id, event_id, user_id, status, created_at, updated_at)
      values ('${crypto.randomUUID()}', '${call}', '${bob.user.id}', 'pending', ${now}, ${now})`)
  }

  const titles = async (who: Owui, query: string) =>
    (await who.get(`/api/v1/calendars/events?${query}`)).body.map(({ title }: Json) => title)

  beforeAll(async () => {
    const url = await fixture.database()
    server = await startTestServer({ env: { DATABASE_URL: url } })
    sql = new SQL(url)
    admin = await Owui.signUp(server.url, 'admin')
    bob = await Owui.added(admin, 'bob')
    eve = await Owui.added(admin, 'eve')
    await planned()
  })
  afterAll(async () => {
    await sql.close()
    await server.stop()
  })

  test('who looks for the first time has one of their own, once', async () => {
    const looks = await Promise.all([1, 2, 3].map(() => bob.get('/api/v1/calendars/')))
    expect(new Set(looks.map(({ body }) => body[0].id)).size).toBe(1)
    expect(looks[0]!.body).toEqual([
      {
        id: expect.any(String),
        user_id: bob.user.id,
        name: 'Personal',
        color: '#3b82f6',
        is_default: true,
        is_system: false,
        data: null,
        meta: null,
        access_grants: [],
        created_at: expect.any(Number),
        updated_at: expect.any(Number),
      },
    ])
  })

  test('what is planned is shown in its span, also to who was asked to come, and to nobody else', async () => {
    const may = 'start=2026-05-02T00:00:00Z&end=2026-06-01T00:00:00Z'
    expect(await titles(admin, may)).toEqual(['Party', 'Call'])
    expect(await titles(admin, `${may}&calendar_ids=${crypto.randomUUID()}`)).toEqual([])
    expect(await titles(admin, 'start=2026-06-01T00:00:00Z&end=2026-07-01T00:00:00Z')).toEqual([])
    expect(await titles(bob, may)).toEqual(['Call'])
    expect(await titles(eve, may)).toEqual([])
    expect((await admin.get('/api/v1/calendars/events?start=May&end=June')).status).toBe(400)
  })

  test('one calendar and one event are for their owner, administrators and whom they were opened to', async () => {
    const { body } = await admin.get(`/api/v1/calendars/events/${call}`)
    expect(body).toMatchObject({
      title: 'Call',
      calendar_id: work,
      rrule: null,
      attendees: [{ status: 'pending' }],
    })
    expect((await admin.get(`/api/v1/calendars/${work}`)).body).toMatchObject({
      name: 'Work',
      access_grants: [],
    })
    for (const path of [work, `events/${party}`, `events/${call}`])
      expect((await eve.get(`/api/v1/calendars/${path}`)).status).toBe(403)
    expect((await eve.get(`/api/v1/calendars/${crypto.randomUUID()}`)).status).toBe(404)
    await sql.unsafe(`insert into access_grant
      (id, resource_type, resource_id, principal_type, principal_id, permission, created_at)
      values ('${crypto.randomUUID()}', 'calendar', '${work}', 'user', '${eve.user.id}', 'read', 1)`)
    expect((await eve.get('/api/v1/calendars/')).body).toMatchObject([{ name: 'Work' }])
    expect((await eve.get(`/api/v1/calendars/events/${party}`)).status).toBe(200)
  })
})
