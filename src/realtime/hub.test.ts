import { expect, test } from 'bun:test'
import type { DomainEvent } from '../core/events.ts'
import type { Logger } from '../core/ports.ts'
import { Hub, localBus } from './hub.ts'

test("an event of one face reaches that face and what is no face, others' reach all", () => {
  const hub = new Hub(localBus(), { error: () => {} } as unknown as Logger)
  const heard: string[] = []
  for (const name of ['native', 'openwebui', 'mattermost', 'caches'])
    hub.listen({ name, onEvent: ({ type }) => void heard.push(`${name} ${type}`) })
  hub.listenLocal({ name: 'ai', onEvent: ({ type }) => void heard.push(`ai ${type}`) })
  hub.emit({ type: 'face', face: 'openwebui', name: 'events', to: {}, data: null })
  expect(heard.splice(0)).toEqual(['openwebui face', 'caches face', 'ai face'])
  hub.emit({ type: 'settings.changed', keys: [] } as unknown as DomainEvent)
  expect(heard).toHaveLength(5)
})
