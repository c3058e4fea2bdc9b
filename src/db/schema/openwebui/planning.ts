/**
 * Open WebUI's automations and calendars. Times are nanoseconds.
 * Columns only: the tables are created by Open WebUI's own DDL (db/ddl), never by Drizzle.
 */
import type { Columns } from '../../columns/sqlite.ts'

export function definePlanning(c: Columns) {
  const automation = c.table('automation', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    name: c.text('name').notNull(),
    data: c.json('data').notNull(),
    meta: c.json('meta'),
    isActive: c.bool('is_active').notNull(),
    lastRunAt: c.ns('last_run_at'),
    nextRunAt: c.ns('next_run_at'),
    createdAt: c.ns('created_at').notNull(),
    updatedAt: c.ns('updated_at').notNull(),
    folderId: c.text('folder_id'),
  })

  const automationRun = c.table('automation_run', {
    id: c.text('id').primaryKey(),
    automationId: c.text('automation_id').notNull(),
    chatId: c.text('chat_id'),
    status: c.text('status').notNull(),
    error: c.text('error'),
    createdAt: c.ns('created_at').notNull(),
  })

  const calendar = c.table('calendar', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    name: c.text('name').notNull(),
    color: c.text('color'),
    isDefault: c.bool('is_default').notNull(),
    data: c.json('data'),
    meta: c.json('meta'),
    createdAt: c.ns('created_at').notNull(),
    updatedAt: c.ns('updated_at').notNull(),
  })

  const calendarEvent = c.table('calendar_event', {
    id: c.text('id').primaryKey(),
    calendarId: c.text('calendar_id').notNull(),
    userId: c.text('user_id').notNull(),
    title: c.text('title').notNull(),
    description: c.text('description'),
    startAt: c.ns('start_at').notNull(),
    endAt: c.ns('end_at'),
    allDay: c.bool('all_day').notNull(),
    rrule: c.text('rrule'),
    color: c.text('color'),
    location: c.text('location'),
    data: c.json('data'),
    meta: c.json('meta'),
    isCancelled: c.bool('is_cancelled').notNull(),
    createdAt: c.ns('created_at').notNull(),
    updatedAt: c.ns('updated_at').notNull(),
  })

  const calendarEventAttendee = c.table('calendar_event_attendee', {
    id: c.text('id').primaryKey(),
    eventId: c.text('event_id').notNull(),
    userId: c.text('user_id').notNull(),
    status: c.text('status').notNull(),
    meta: c.json('meta'),
    createdAt: c.ns('created_at').notNull(),
    updatedAt: c.ns('updated_at').notNull(),
  })

  return { automation, automationRun, calendar, calendarEvent, calendarEventAttendee }
}
