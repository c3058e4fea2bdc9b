/**
 * Who is signed in. The token lives in localStorage, so that all tabs share it;
 * signing out in one signs out the others.
 */
import { computed, signal } from '@preact/signals'
import { auth, type Signed } from '../api/endpoints.ts'
import { ApiError, useToken } from '../api/client.ts'
import type { User } from '../lib/types.ts'

const TOKEN_KEY = 'hubbub.token'

/** The signed-in person; `null` when nobody is. */
export const me = signal<User | null>(null)

/** `starting` until the saved token has been checked. */
export const sessionState = signal<'starting' | 'out' | 'in'>('starting')

/** The saved token could not be checked yet: the server does not answer. */
export const unreachable = signal(false)

/** Bumped at each sign-in; the socket follows it. */
export const sessionToken = signal<string | null>(null)

/** Id of the signed-in person, or "" when nobody is. */
export const myId = computed(() => me.value?.id ?? '')

export const isAdmin = computed(() => me.value?.role === 'admin')

function store(token: string | null): void {
  try {
    if (token) localStorage.setItem(TOKEN_KEY, token)
    else localStorage.removeItem(TOKEN_KEY)
  } catch {
    // Private windows may refuse storage; the session then lasts as long as the page.
  }
}

function saved(): string | null {
  try {
    return localStorage.getItem(TOKEN_KEY)
  } catch {
    return null
  }
}

/** Takes a sign-in answer as the session. */
export function enter({ token, user }: Signed): void {
  store(token)
  useToken(token)
  me.value = user
  sessionToken.value = token
  sessionState.value = 'in'
}

/** Forgets the session here; the server is told by `signOut`. */
export function forget(): void {
  store(null)
  useToken(null)
  sessionToken.value = null
  me.value = null
  sessionState.value = 'out'
}

/** Ends the session on the server and here. */
export async function signOut(): Promise<void> {
  await auth.logout().catch(() => undefined)
  forget()
}

/** Checks the saved token. An unreachable server is tried again, not a sign-out. */
export async function restoreSession(): Promise<void> {
  const token = saved()
  if (!token) return forget()
  useToken(token)
  try {
    enter({ token, user: await auth.me() })
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return forget()
    if (error instanceof ApiError && error.status === 403) return forget()
    unreachable.value = true
    setTimeout(() => void restoreSession(), 2_000)
  }
}

/** Follows sign-in and sign-out in other tabs. */
export function watchOtherTabs(): void {
  window.addEventListener('storage', (event) => {
    if (event.key === TOKEN_KEY && event.newValue !== sessionToken.value) {
      location.reload()
    }
  })
}
