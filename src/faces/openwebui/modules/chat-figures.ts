/** A person's chats in figures, for sharing them without their words; and long chats summed up. */
import { Elysia } from 'elysia'
import type { CountedChat } from '../../../core/chats/chat-figures.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { flagOf, form, maybe, maybeText, pageOf } from '../forms.ts'
import { json, toJson } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentFigures } from '../present/chat-figures.ts'
import { presentUsage } from '../present/chats.ts'

type Query = Record<string, string | undefined>

export const chatFigures = (face: FaceContext) => {
  const { core } = face
  return new Elysia({ name: 'openwebui.chat-figures', prefix: '/api/v1/chats' })
    .use(openwebuiAuth(core))
    .get('/stats/export', ({ actor, query }) => exported(face, actor, query), { rank: 'user' })
    .get(
      '/stats/export/:chat_id',
      async ({ actor, params }) => json(presentFigures(await core.chatFigures.one(actor, params.chat_id))),
      { rank: 'user' },
    )
    .post(
      '/:id/compact',
      async ({ actor, params, body }) => {
        const result = await core.compaction.compact(actor, params.id, body?.model || null)
        const usage = core.compaction.usage(await core.chats.own(actor, params.id))
        return json({ ok: true, ...presentCompaction(result), context_usage: presentUsage(usage) })
      },
      { rank: 'user', body: maybe(form({ model: maybeText })) },
    )
}

type Compacted = Awaited<ReturnType<FaceContext['core']['compaction']['compact']>>

function presentCompaction(result: Compacted) {
  if (!result.compacted) return result
  return {
    compacted: true,
    dropped_messages: result.dropped,
    kept_messages: result.kept,
    summary_chars: result.summaryChars,
  }
}

async function exported(face: FaceContext, actor: Actor, query: Query): Promise<Response> {
  const { chatFigures: figures } = face.core
  // Before the answer begins, so that who may not is told so.
  const changed = await figures.changed(actor, Number(query['updated_at']) || 0)
  if (!flagOf(query['stream'])) {
    const page = pageOf(query)
    const chats = (await figures.page(actor, changed, page)) ?? []
    return json({ type: 'chats', items: chats.map(presentFigures), total: changed.length, page })
  }
  return new Response(
    lines((page) => figures.page(actor, changed, page)),
    {
      headers: {
        'content-type': 'application/x-ndjson',
        'content-disposition': `attachment; filename=chat-stats-export-${actor.user.id}.jsonl`,
      },
    },
  )
}

/** One chat a line; a page is read when the one before it has been taken. */
function lines(read: (page: number) => Promise<readonly CountedChat[] | null>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let page = 0
  return new ReadableStream({
    async pull(controller) {
      const chats = await read(++page)
      if (chats === null) return controller.close()
      controller.enqueue(encoder.encode(chats.map((chat) => `${toJson(presentFigures(chat))}\n`).join('')))
    },
  })
}
