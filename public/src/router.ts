/**
 * History routing: the path in the address bar as a signal.
 * The server answers every such path with index.html.
 */
import { computed, signal } from '@preact/signals'

export type Route =
  | { name: 'home' }
  | { name: 'login' }
  | { name: 'register' }
  | { name: 'room'; id: string; thread: string | null; message: string | null }
  | { name: 'invite'; token: string }
  | { name: 'browse' }
  | { name: 'search'; query: string; room: string | null }
  | { name: 'settings'; page: string }
  | { name: 'admin'; page: string }
  | { name: 'unknown' }

/** Reads a path with its query; never throws, also not on broken escapes. */
export function parseRoute(url: string): Route {
  const { pathname, searchParams } = new URL(url, 'http://client.invalid')
  const parts = pathname.split('/').filter(Boolean).map(decode)
  const [head, second] = parts
  if (head === undefined) return { name: 'home' }
  if (head === 'rooms' && second) {
    return {
      name: 'room',
      id: second,
      thread: searchParams.get('thread'),
      message: searchParams.get('message'),
    }
  }
  if (head === 'invite' && second) return { name: 'invite', token: second }
  if (head === 'search') {
    return {
      name: 'search',
      query: searchParams.get('q') ?? '',
      room: searchParams.get('room'),
    }
  }
  if (head === 'settings') return { name: 'settings', page: second ?? 'profile' }
  if (head === 'admin') return { name: 'admin', page: second ?? 'users' }
  if (head === 'login' || head === 'register' || head === 'browse') {
    return { name: head }
  }
  return { name: 'unknown' }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const here = () => (typeof location === 'undefined' ? '/' : location.pathname + location.search)

const address = signal(here())

/** The route that is showing. */
export const route = computed(() => parseRoute(address.value))

/** Counts the ways taken: going again to the message that the address names is a way too. */
export const visits = signal(0)

/** Goes to a path of this app; `replace` leaves no step in the history. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  visits.value += 1
  if (to === address.value) return
  if (options.replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  address.value = to
}

/** Path of a room, with an open thread or a message to show. */
export function roomPath(id: string, at: { thread?: string | null; message?: string | null } = {}): string {
  const query = new URLSearchParams()
  if (at.thread) query.set('thread', at.thread)
  if (at.message) query.set('message', at.message)
  const tail = query.toString()
  return `/rooms/${encodeURIComponent(id)}${tail ? `?${tail}` : ''}`
}

/** Follows Back and Forward, and plain clicks on links to our own pages. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    address.value = here()
  })
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || link.target || link.origin !== location.origin) return
    if (link.hasAttribute('download') || !ours(link.pathname)) return
    event.preventDefault()
    navigate(link.pathname + link.search)
  })
}

/** Paths that the server answers itself must not be caught here. */
function ours(pathname: string): boolean {
  return pathname === '/' || parseRoute(pathname).name !== 'unknown'
}
