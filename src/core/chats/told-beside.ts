/** What an answer that is being written has told so far: beside its text, and over what is stored of it. */
import { numbered, type Source } from '../retrieval/sources.ts'
import type { Answer, Emit } from './chat-tasks.ts'
import { jsonOf, listOf } from './context.ts'
import { historyOf } from './history.ts'
import { outputText, type OutputBuilder } from './output.ts'
import type { ChatRow, Json } from './rows.ts'

export interface ToldBeside {
  statusHistory: unknown[]
  sources: Source[]
}

/** As it is stored. */
export const toldOf = (told: ToldBeside): Json =>
  Object.fromEntries(Object.entries(told).filter(([, list]) => list.length > 0))

/** An answer that a person's verdict lets go on keeps what it told before. */
export function toldBefore({ resume, history }: Pick<Answer, 'resume' | 'history'>): ToldBeside {
  const before = resume ? history.at(-1) : undefined
  return {
    statusHistory: [...listOf(before?.['statusHistory'])],
    sources: [...(listOf(before?.['sources']) as Source[])],
  }
}

/** Shows a source that a tool found; gives the number it is cited by. */
export const citing =
  ({ sources }: ToldBeside, emit: Emit) =>
  (source: Source): number => {
    sources.push(source)
    emit('source', source)
    return numbered(sources).at(-1)?.id ?? sources.length
  }

/** The chat with what these answers have so far; not of one that stores each step itself. */
export function overlaid(
  row: ChatRow,
  runs: readonly { messageId: string; storing: boolean; builder: OutputBuilder }[],
): ChatRow {
  if (runs.length === 0) return row
  const history = historyOf(row.chat)
  for (const { messageId, builder } of runs.filter(({ storing }) => !storing)) {
    const message = history.messages[messageId]
    if (!message) continue
    const output = structuredClone(builder.items)
    history.messages[messageId] = { ...message, output, content: outputText(output), done: false }
  }
  return { ...row, chat: { ...jsonOf(row.chat), history } }
}
