/** Retrieval: texts into collections, and what is found in them. Its settings pages are in configs.ts. */
import { Elysia, t } from 'elysia'
import type { FoundChunk } from '../../../core/retrieval/search-texts.ts'
import { openwebuiAuth } from '../auth.ts'
import { form, maybe, maybeText } from '../forms.ts'
import { done, json } from '../json.ts'
import type { FaceContext } from '../module.ts'

const count = maybe(t.Integer({ minimum: 1, maximum: 100 }))
const Query = {
  query: t.String({ maxLength: 20_000 }),
  k: count,
  k_reranker: count,
  r: maybe(t.Number()),
  hybrid: maybe(t.Boolean()),
  hybrid_bm25_weight: maybe(t.Number()),
}
const collectionName = t.String({ minLength: 1, maxLength: 255 })

export const retrieval = (face: FaceContext) => {
  const { core } = face
  const { library } = core
  return new Elysia({ name: 'openwebui.retrieval', prefix: '/api/v1/retrieval' })
    .use(openwebuiAuth(core))
    .post('/process/file', async ({ actor, body }) => json(await library.processFile(actor, body)), {
      rank: 'user',
      body: form({ file_id: t.String(), content: maybeText, collection_name: maybeText }),
    })
    .post('/process/text', async ({ actor, body }) => json(await library.processText(actor, body)), {
      rank: 'user',
      body: form({ name: t.String(), content: t.String(), collection_name: maybeText }),
    })
    .post(
      '/query/doc',
      async ({ actor, body }) =>
        json(found(await library.query(actor, [body.collection_name], rulesOf(body)))),
      { rank: 'user', body: form({ ...Query, collection_name: collectionName }) },
    )
    .post(
      '/query/collection',
      async ({ actor, body }) =>
        json(found(await library.query(actor, body.collection_names, rulesOf(body)))),
      {
        rank: 'user',
        body: form({ ...Query, collection_names: t.Array(collectionName, { maxItems: 100 }) }),
      },
    )
    .post(
      '/delete',
      async ({ actor, body }) => {
        await library.forget(actor, body.collection_name)
        return json({ status: true })
      },
      { rank: 'admin', body: form({ collection_name: collectionName, file_id: t.String() }) },
    )
    .post('/reset/db', ({ actor }) => done(library.forgetAll(actor)), { rank: 'admin' })
    .post('/reset/uploads', ({ actor }) => done(core.openFiles.removeAll(actor)), { rank: 'admin' })
}

interface QueryBody {
  query: string
  k?: number | null | undefined
  r?: number | null | undefined
  hybrid?: boolean | null | undefined
  hybrid_bm25_weight?: number | null | undefined
}

function rulesOf({ query, k, r, hybrid, hybrid_bm25_weight }: QueryBody) {
  return {
    query,
    ...(k ? { topK: k } : {}),
    ...(typeof r === 'number' ? { threshold: r } : {}),
    ...(typeof hybrid === 'boolean' ? { hybrid } : {}),
    ...(typeof hybrid_bm25_weight === 'number' ? { wordWeight: hybrid_bm25_weight } : {}),
  }
}

/** As vector databases answer: one list a question, and here is one question. */
function found(chunks: readonly FoundChunk[]): Record<string, unknown> {
  return {
    ids: [chunks.map(({ id }) => String(id))],
    documents: [chunks.map(({ text }) => text)],
    metadatas: [chunks.map(({ meta }) => meta)],
    distances: [chunks.map(({ likeness }) => likeness)],
  }
}
