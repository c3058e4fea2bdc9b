/**
 * How times, sizes and counts are written for people.
 * Pure: callers pass `now`, so that tests do not depend on the day.
 */

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
})
const monthDay = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
})
const longDay = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  month: 'long',
  day: 'numeric',
})
const withYear = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
})
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'full',
  timeStyle: 'short',
})

/** Local midnights between two instants, so "yesterday" follows the calendar. */
function daysBetween(a: Date, b: Date): number {
  const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime()
  return Math.round((midnight(b) - midnight(a)) / 86_400_000)
}

/** `14:05` in the reader's own format. */
export function clockTime(iso: string): string {
  return clock.format(new Date(iso))
}

/** The clock without AM or PM, where there is little room. */
export function bareClock(iso: string): string {
  return clockTime(iso).replace(/\s*[AP]\.?M\.?\s*/i, '')
}

/** Full date and time, for tooltips. */
export function fullTime(iso: string): string {
  return full.format(new Date(iso))
}

/** A heading for one day of the timeline. */
export function dayLabel(iso: string, now: Date): string {
  const date = new Date(iso)
  const days = daysBetween(date, now)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  if (date.getFullYear() === now.getFullYear()) return longDay.format(date)
  return withYear.format(date)
}

/** Short form for lists: a clock today, a date otherwise. */
export function shortTime(iso: string, now: Date): string {
  const date = new Date(iso)
  const days = daysBetween(date, now)
  if (days === 0) return clock.format(date)
  if (days === 1) return 'Yesterday'
  return monthDay.format(date)
}

/** True when both instants fall on the same local day. */
export function sameDay(a: string, b: string): boolean {
  return daysBetween(new Date(a), new Date(b)) === 0
}

/** `1.2 MB` */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`
}

/** `12.3k` tokens */
export function compact(count: number): string {
  if (count < 1000) return String(count)
  if (count < 1_000_000) return `${(count / 1000).toFixed(1)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

/** `$0.0012`, with enough digits that a small cost does not read as zero. */
export function money(usd: number): string {
  return `$${usd.toFixed(usd < 0.01 ? 4 : 2)}`
}
