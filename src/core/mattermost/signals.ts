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
  /** `props` may name the message's own id. */
  ephemeral(
    input: Omit<Ephemeral, 'id' | 'at' | 'props'> & {
      props?: Record<string, unknown> | ((id: Uuid) => Record<string, unknown>)
    },
  ): Ephemeral
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
      const id = deps.ids.next()
      const props = typeof input.props === 'function' ? input.props(id) : (input.props ?? {})
      const told: Ephemeral = { ...input, props, id, at: deps.clock.now() }
      send('ephemeral_message', { users: [input.userId] }, told)
      return told
    },
  }
}
