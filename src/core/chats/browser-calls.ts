/**
 * Questions to one tab of a person, over its socket: approve this call, run this tool of yours, ask your own model. The
 * realtime part answers them once it is there (`attach`); a tab that is gone or silent is an error for the model.
 */
import type { Uuid } from '../types.ts'
import { isJson } from './context.ts'
import type { Json } from './rows.ts'

export interface TabCall {
  userId: Uuid
  /** The socket that the question came from; only the person's own is asked. */
  sessionId: string
  chatId: string
  messageId: string
  type: string
  data: Json
  timeoutMs: number
  signal: AbortSignal
}

export interface TabChannel {
  /** As sessions and people name it to each other: `{user id}:{session id}:{id}`. */
  readonly name: string
  /** What the tab sends, in order. Ends when it says so, is gone, is silent, or the signal is raised. */
  readonly chunks: AsyncIterable<unknown>
  close(): void
}

export interface TabPort {
  /** What the tab answered. Rejects with a text for people. */
  call(call: TabCall): Promise<unknown>
  channel(call: Pick<TabCall, 'userId' | 'sessionId' | 'signal'> & { idleMs: number }): TabChannel
}

const nobody: TabPort = {
  call: () => Promise.reject(new Error('Client session disconnected.')),
  channel: () => {
    throw new Error('Client session disconnected.')
  },
}

export type BrowserCalls = ReturnType<typeof createBrowserCalls>

export function createBrowserCalls() {
  let port = nobody
  return {
    attach(other: TabPort): void {
      port = other
    },
    /** An answer of the tab that names an error is one. */
    async call(call: TabCall): Promise<unknown> {
      const answer = await port.call(call)
      if (isJson(answer) && typeof answer['error'] === 'string' && answer['error'] !== '')
        throw new Error(answer['error'])
      return answer
    },
    channel: (call: Parameters<TabPort['channel']>[0]): TabChannel => port.channel(call),
  }
}
