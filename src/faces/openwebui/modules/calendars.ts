/** Calendars, for reading: nothing is planned here yet, and what Python's server planned is shown. */
import { Elysia, t } from 'elysia'
import type { CalendarEventView, CalendarView } from '../../../core/calendars/calendars.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import { json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentGrant } from '../present/grants.ts'

const Span = t.Object({
  start: t.String({ maxLength: 40 }),
  end: t.String({ maxLength: 40 }),
  calendar_ids: t.Optional(t.String({ maxLength: 10_000 })),
})

export const calendars = (face: FaceContext) => {
  const { core } = face
  return new Elysia({ name: 'openwebui.calendars', prefix: '/api/v1/calendars' })
    .use(openwebuiAuth(core))
    .get('/', async ({ actor }) => json((await core.calendars.list(actor)).map(present)), { rank: 'user' })
    .get(
      '/events',
      async ({ actor, query }) => {
        const span = { from: nanosOf(query.start), to: nanosOf(query.end) }
        const only = query.calendar_ids ? query.calendar_ids.split(',') : null
        return json((await core.calendars.events(actor, span, only)).map(presentEvent))
      },
      { rank: 'user', query: Span },
    )
    .get(
      '/events/:event_id',
      async ({ actor, params }) => {
        const { user: _, ...event } = presentEvent(await core.calendars.event(actor, params.event_id))
        return json(event)
      },
      { rank: 'user' },
    )
    .get(
      '/:calendar_id',
      async ({ actor, params }) => json(present(await core.calendars.get(actor, params.calendar_id))),
      { rank: 'user' },
    )
}

function nanosOf(text: string): bigint {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw detail.bad('Invalid date format. Use ISO 8601 (e.g. 2026-04-01T00:00:00)')
  return BigInt(ms) * 1_000_000n
}

const present = ({ grants, ...calendar }: CalendarView) => ({
  ...row(calendar),
  access_grants: grants.map(presentGrant),
})

const presentEvent = ({ attendees, author, ...event }: CalendarEventView) => ({
  ...row(event),
  attendees: attendees.map((attendee) => row(attendee)),
  user: author && { id: author.id, name: author.displayName, role: author.role, email: '' },
})
