/**
 * The outbox of the signed-in person as a signal, kept in localStorage.
 */
import { effect, signal } from '@preact/signals'
import { parseOutbox, type Outgoing } from './outbox.ts'
import { readSetting, writeSetting } from './ui.ts'

export const outbox = signal<Outgoing[]>([])

let stopSaving: (() => void) | null = null

/** Loads what this person left unsent, and saves from now on. */
export function openOutbox(userId: string): void {
  stopSaving?.()
  const key = `hubbub.outbox.${userId}`
  outbox.value = parseOutbox(readSetting(key))
  stopSaving = effect(() => writeSetting(key, JSON.stringify(outbox.value)))
}

/** Signed out: what is unsent stays saved for the next sign-in. */
export function closeOutbox(): void {
  stopSaving?.()
  stopSaving = null
  outbox.value = []
}
