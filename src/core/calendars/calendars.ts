/**
 * Calendars as Open WebUI's Python server keeps them, for reading: one's own, those opened to one, and what stands in
 * them. Whoever looks for the first time gets the calendar "Personal", as there. Times are nanoseconds.
 */
import type { OpenwebuiContext } from '../chats/context.ts'
import type { CalendarAttendeeRow, CalendarEventRow, CalendarRow, GrantRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor, User, Uuid } from '../types.ts'

export type CalendarView = CalendarRow & { grants: GrantRow[]; isSystem: boolean }

export type CalendarEventView = CalendarEventRow & {
  attendees: CalendarAttendeeRow[]
  /** Who made it; null when the account is gone. */
  author: User | null
}

export type Calendars = ReturnType<typeof createCalendars>

/** Of one look: more than a page can show. */
const EVENTS_MAX = 5000

export function createCalendars(context: OpenwebuiContext) {
  const { read, deps, core } = context

  async function require(actor: Actor): Promise<void> {
    if (!context.setting('calendar.enable', true)) throw fault.forbidden('calendar.off')
    await context.own.permissions.require(actor, 'features.calendar')
  }

  const granted = async (actor: Actor): Promise<string[]> => [
    ...(await context.own.grants.grantedIds(actor.user.id, 'calendar', 'read')),
  ]

  async function withGrants(rows: readonly CalendarRow[]): Promise<CalendarView[]> {
    const grants = await context.own.grants.listMany(
      'calendar',
      rows.map(({ id }) => id),
    )
    return rows.map((row) => ({ ...row, grants: grants.get(row.id) ?? [], isSystem: false }))
  }

  async function visible(actor: Actor): Promise<CalendarRow[]> {
    return read.calendars.find({
      where: { any: [{ userId: actor.user.id }, { id: { in: await granted(actor) } }] },
      order: [['createdAt', 'asc']],
    })
  }

  async function withPeople(rows: readonly CalendarEventRow[]): Promise<CalendarEventView[]> {
    if (rows.length === 0) return []
    const [attendees, authors] = await Promise.all([
      read.calendarAttendees.find({ where: { eventId: { in: rows.map(({ id }) => id) } } }),
      core.users.byIds([...new Set(rows.map(({ userId }) => userId))]),
    ])
    const people = new Map(authors.map((user) => [user.id, user]))
    return rows.map((row) => ({
      ...row,
      attendees: attendees.filter(({ eventId }) => eventId === row.id),
      author: people.get(row.userId) ?? null,
    }))
  }

  /** Two windows may look for the first time at once: the second finds what the first made. */
  async function personal(actor: Actor): Promise<CalendarRow[]> {
    const { nanos } = context.now()
    return context.write(async (tables) => {
      // Holds the other one until this one is done.
      await tables.people.getForChange({ id: actor.user.id })
      const there = await tables.calendars.find({ where: { userId: actor.user.id } })
      if (there.length > 0) return there
      const row: CalendarRow = {
        id: deps.ids.next(),
        userId: actor.user.id,
        name: 'Personal',
        color: '#3b82f6',
        isDefault: true,
        data: null,
        meta: null,
        createdAt: nanos,
        updatedAt: nanos,
      }
      await tables.calendars.insert(row)
      return [row]
    })
  }

  async function mayAutomate(actor: Actor): Promise<boolean> {
    if (!context.setting('automations.enable', false)) return false
    return (
      actor.user.role === 'admin' ||
      (await context.own.permissions.tree(actor.user.id)).has('features.automations')
    )
  }

  /** Lies in no table: where runs of automations are shown. */
  function scheduled(actor: Actor): CalendarView {
    const { nanos } = context.now()
    return {
      id: '__scheduled_tasks__',
      userId: actor.user.id,
      name: 'Scheduled Tasks',
      color: '#8b5cf6',
      isDefault: false,
      data: null,
      meta: null,
      createdAt: nanos,
      updatedAt: nanos,
      grants: [],
      isSystem: true,
    }
  }

  async function readable(actor: Actor, id: Uuid): Promise<CalendarRow> {
    const row = await read.calendars.get({ id })
    if (!row) throw fault.notFound('calendar.not_found', 'Calendar not found')
    if (row.userId === actor.user.id || actor.user.role === 'admin') return row
    if (await context.own.grants.allows(actor.user.id, 'calendar', id, 'read')) return row
    throw fault.forbidden('calendar.forbidden', 'Access denied')
  }

  return {
    async list(actor: Actor): Promise<CalendarView[]> {
      await require(actor)
      const rows = await visible(actor)
      const own = await withGrants(rows.length > 0 ? rows : await personal(actor))
      return (await mayAutomate(actor)) ? [...own, scheduled(actor)] : own
    },

    async get(actor: Actor, id: Uuid): Promise<CalendarView> {
      await require(actor)
      return (await withGrants([await readable(actor, id)]))[0]!
    },

    /**
     * What is in a span of time, in one's calendars (or those of `only`) and where one is asked to come. A series of
     * dates stands once, at its first.
     */
    async events(
      actor: Actor,
      span: { from: bigint; to: bigint },
      only: readonly Uuid[] | null,
    ): Promise<CalendarEventView[]> {
      await require(actor)
      const ids = (await visible(actor)).map(({ id }) => id).filter((id) => only?.includes(id) ?? true)
      const asked = await read.calendarAttendees.pick(['eventId'], {
        where: { userId: actor.user.id, status: { not: 'declined' } },
      })
      const rows = await read.calendarEvents.find({
        where: {
          isCancelled: false,
          startAt: { lt: span.to },
          any: [{ calendarId: { in: ids } }, { id: { in: asked.map(({ eventId }) => eventId) } }],
        },
        order: [['startAt', 'asc']],
      })
      return withPeople(
        rows
          .filter(({ startAt, endAt }) => startAt >= span.from || (endAt !== null && endAt > span.from))
          .slice(0, EVENTS_MAX),
      )
    },

    async event(actor: Actor, id: Uuid): Promise<CalendarEventView> {
      await require(actor)
      const row = await read.calendarEvents.get({ id })
      if (!row) throw fault.notFound('calendar.event_not_found', 'Event not found')
      await readable(actor, row.calendarId)
      return (await withPeople([row]))[0]!
    },
  }
}
