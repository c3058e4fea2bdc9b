/** The official websocket client with what it heard, and a way to wait for an event. */
import { WebSocketClient } from '@mattermost/client'
import type { Json } from '../../support/api.ts'
import type { Rig } from './rig.ts'

export interface Heard {
  event: string
  // Wire data: what tests look at.
  data: Record<string, Json>
  broadcast: Record<string, Json>
  seq: number
}

export interface Listener extends Disposable {
  socket: WebSocketClient
  heard: Heard[]
  /** The first event (heard already or still to come) of this name that fits. */
  next(event: string, fits?: (heard: Heard) => boolean): Promise<Heard>
}

const DEADLINE_MS = 5_000

export async function listen(rig: Pick<Rig, 'url'>, token: string): Promise<Listener> {
  const socket = new WebSocketClient()
  const heard: Heard[] = []
  let wake: () => void = () => {}
  socket.addMessageListener((message) => {
    heard.push(message as unknown as Heard)
    wake()
  })
  socket.initialize(`${rig.url.replace('http', 'ws')}/api/v4/websocket`, token)
  const listener: Listener = {
    socket,
    heard,
    async next(event, fits = () => true) {
      const until = Date.now() + DEADLINE_MS
      for (;;) {
        const found = heard.find((one) => one.event === event && fits(one))
        if (found) return found
        const left = until - Date.now()
        if (left <= 0) throw new Error(`No ${event} came, only ${heard.map((one) => one.event).join(', ')}.`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
    [Symbol.dispose]: () => socket.close(),
  }
  await listener.next('hello')
  return listener
}

/** The JSON inside a doubly encoded field. */
export function inner(text: unknown): Record<string, Json> {
  return JSON.parse(String(text)) as Record<string, Json>
}
