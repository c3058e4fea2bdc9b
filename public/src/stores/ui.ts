/**
 * State of the screen that no server knows: theme, toasts, open dialogs,
 * drafts, and what the live region says.
 */
import { signal } from '@preact/signals'
import { messageOf } from '../api/client.ts'

export type Theme = 'system' | 'light' | 'dark'

const THEME_KEY = 'hubbub.theme'

/** What the person chose; `system` follows the device. */
export const theme = signal<Theme>('system')

/** Applies and keeps the choice, and follows the device while it is `system`. */
export function startTheme(): void {
  const saved = readSetting(THEME_KEY)
  if (saved === 'light' || saved === 'dark') theme.value = saved
  const device = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const dark = theme.value === 'dark' || (theme.value === 'system' && device.matches)
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  }
  device.addEventListener('change', apply)
  theme.subscribe((value) => {
    writeSetting(THEME_KEY, value)
    apply()
  })
}

/** Reads localStorage; null where it is refused. */
export function readSetting(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Writes localStorage; a refusal loses only the memory of the choice. */
export function writeSetting(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Full or forbidden storage is not worth a message.
  }
}

export interface Toast {
  id: number
  text: string
  kind: 'info' | 'error'
}

export const toasts = signal<Toast[]>([])
let lastToast = 0

/** Shows a short message for some seconds. */
export function toast(text: string, kind: Toast['kind'] = 'info'): void {
  lastToast += 1
  const id = lastToast
  toasts.value = [...toasts.value.slice(-3), { id, text, kind }]
  setTimeout(() => dismissToast(id), kind === 'error' ? 7_000 : 3_500)
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((item) => item.id !== id)
}

/** Runs an action of the person and shows its failure; true when it went well. */
export async function attempt(action: Promise<unknown>): Promise<boolean> {
  try {
    await action
    return true
  } catch (error) {
    toast(messageOf(error), 'error')
    return false
  }
}

/** Text for the polite live region. */
export const announcement = signal('')

export function announce(text: string): void {
  announcement.value = text
}

export type Dialog =
  | { name: 'create-room' }
  | { name: 'new-direct' }
  | { name: 'switcher' }
  | { name: 'invite'; roomId: string }
  | { name: 'room-settings'; roomId: string }
  | { name: 'history'; roomId: string; messageId: string }
  | { name: 'image'; url: string; alt: string }
  | { name: 'shortcuts' }
  | {
      name: 'confirm'
      title: string
      text: string
      action: string
      run: () => Promise<unknown>
    }

/** The dialog on top, if any; one at a time. */
export const dialog = signal<Dialog | null>(null)

export function closeDialog(): void {
  dialog.value = null
}

/** Which side panel of the room is open; a thread panel comes from the address. */
export const panel = signal<'members' | 'pins' | null>(null)

/** Unsent text by room or thread; in memory only. */
export const drafts = new Map<string, string>()
