/** Retrieval: texts into collections, and what is found in them. Its settings pages are in configs.ts. */
import { Elysia, t } from 'elysia'
import { jsonOf, textOf } from '../../../core/chats/context.ts'
import type { SearchedWeb } from '../../../core/retrieval/web-texts.ts'
import type { Actor } from '../../../core/types.ts'
import { presentWholeFile } from '../present/workspace.ts'
import type { FoundChunk } from '../../../core/retrieval/search-texts.ts'
import { openwebuiAuth } from '../auth.ts'
import { dict, flagOf, form, maybe, maybeText } from '../forms.ts'
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

const UrlForm = form({ url: t.String({ minLength: 1, maxLength: 4_000 }), collection_name: maybeText })
const BatchFile = form({ id: t.String(), data: maybe(dict) })

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
    .post('/process/url', ({ actor, body, query }) => loaded(face, actor, body, query), {
      rank: 'user',
      body: UrlForm,
    })
    .post('/process/web', ({ actor, body, query }) => pageRead(face, actor, body, query), {
      rank: 'user',
      body: UrlForm,
    })
    .post(
      '/process/web/search',
      async ({ actor, body }) => json(searched(await core.webTexts.search(actor, body.queries))),
      { rank: 'user', body: form({ queries: t.Array(t.String({ maxLength: 2_000 }), { maxItems: 20 }) }) },
    )
    .post(
      '/process/files/batch',
      async ({ actor, body }) => json(await library.processBatch(actor, body.collection_name, body.files)),
      {
        rank: 'user',
        body: form({ files: t.Array(BatchFile, { maxItems: 1_000 }), collection_name: collectionName }),
      },
    )
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
    .post(
      '/reset/db',
      async ({ actor }) => {
        await library.forgetAll(actor)
        return json(null)
      },
      { rank: 'admin' },
    )
    .post('/reset/uploads', ({ actor }) => done(core.openFiles.removeAll(actor)), { rank: 'admin' })
}

type Flags = Record<string, string | undefined>

async function pageRead(
  face: FaceContext,
  actor: Actor,
  body: typeof UrlForm.static,
  query: Flags,
): Promise<Response> {
  const keep = flagOf(query['process'], true)
  const { url, text, collection } = await face.core.webTexts.page(
    actor,
    body.url,
    keep,
    body.collection_name || null,
  )
  if (!keep) return json({ status: true, content: text })
  return json({
    status: true,
    collection_name: collection,
    filename: url,
    content: text,
    file: { data: { content: text }, meta: { name: url, source: url } },
  })
}

async function loaded(
  face: FaceContext,
  actor: Actor,
  { url, collection_name }: typeof UrlForm.static,
  query: Flags,
): Promise<Response> {
  const keep = flagOf(query['process'], true)
  const found = await face.core.webTexts.load(actor, url, keep, collection_name || null)
  if (found.kind === 'page') {
    const { text: content, collection } = found
    return json({
      status: true,
      type: 'web',
      name: url,
      url,
      collection_name: collection,
      content,
      file: null,
    })
  }
  const meta = jsonOf(found.row.meta)
  const picture = textOf(meta['content_type'])?.startsWith('image/') === true
  return json({
    status: true,
    type: picture ? 'image' : 'file',
    name: found.row.filename,
    url,
    collection_name: meta['collection_name'] ?? null,
    content: null,
    file: presentWholeFile(found.row),
  })
}

function searched({ collection, hits, pages }: SearchedWeb): Record<string, unknown> {
  return {
    status: true,
    ...(collection === null
      ? { collection_name: null, docs: pages.map(({ text, meta }) => ({ content: text, metadata: meta })) }
      : { collection_names: [collection] }),
    items: hits.map(({ title, url, snippet }) => ({ link: url, title, snippet })),
    filenames: pages.flatMap(({ meta }) => textOf(meta['source']) ?? []),
    loaded_count: pages.length,
  }
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
