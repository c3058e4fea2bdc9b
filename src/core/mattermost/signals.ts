/** Passing messages that only this face's clients understand; stored nowhere. */
import type { CoreDeps } from '../deps.ts'
import type { Millis, Uuid } from '../types.ts'

/** A message that one person sees and nobody keeps. */
export interface Ephemeral {
  id: Uuid
  userId: Uuid
  roomId: Uuid
  rootId: Uuid | null
  text: string
  from: Uuid
  at: Millis
  props: Record<string, unknown>
}

export interface Signals {
  ephemeral(input: Omit<Ephemeral, 'id' | 'at' | 'props'> & { props?: Record<string, unknown> }): Ephemeral
  /** Anything else, to some people or all: `data` must be plain JSON. */
  send(name: string, to: { users: Uuid[] } | { all: true }, data: unknown): void
}

export function createSignals(deps: CoreDeps): Signals {
  function send(name: string, to: { users: Uuid[] } | { all: true }, data: unknown): void {
    deps.events.emit({ type: 'face', face: 'mattermost', name, to, data })
  }
  return {
    send,
    ephemeral(input) {
      const told: Ephemeral = { props: {}, ...input, id: deps.ids.next(), at: deps.clock.now() }
      send('ephemeral_message', { users: [input.userId] }, told)
      return told
    },
  }
}
