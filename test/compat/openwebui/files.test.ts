// Goal: files as Open WebUI's users know them: uploaded, read behind their back with a status to follow, searched,
// given to models with citations, and nobody's but who may read them. Method: HTTP on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { docx, pdf } from '../../support/documents.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

bothDialects('files', (fixture) => {
  let upstream: Upstream
  let server: TestServer
  let admin: Owui
  let alice: Owui
  let mallory: Owui

  beforeAll(async () => {
    upstream = await startUpstream()
    server = await startTestServer({
      env: {
        OPENAI_API_BASE_URL: upstream.url,
        OPENAI_API_KEY: 'key',
        DATABASE_URL: await fixture.database(),
      },
    })
    admin = await Owui.signUp(server.url, 'admin')
    alice = await Owui.added(admin, 'alice')
    mallory = await Owui.added(admin, 'mallory')
    await admin.connect()
    await admin.post('/api/v1/models/model/access/update', {
      id: 'test-echo',
      name: 'test-echo',
      access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
    })
    const permissions = (await admin.get('/api/v1/users/default/permissions')).body
    permissions.workspace.knowledge = true
    await admin.post('/api/v1/users/default/permissions', permissions)
  }, 60_000)

  afterAll(async () => {
    admin.close()
    await server.stop()
    await upstream.close()
  })

  test('an upload is pending, and its status stream ends with its text', async () => {
    const file = await upload(
      alice,
      'zebra.pdf',
      pdf(['Zebras are striped.', 'Page two.']),
      'application/pdf',
    )
    expect(file).toMatchObject({
      status: true,
      filename: 'zebra.pdf',
      data: { status: 'pending' },
      hash: null,
    })
    const stream = await alice.get(`/api/v1/files/${file.id}/process/status?stream=true`)
    expect(stream.headers.get('content-type')).toBe('text/event-stream')
    expect(stream.body.trimEnd().split('\n\n').at(-1)).toBe('data: {"status":"completed"}')
    expect((await alice.get(`/api/v1/files/${file.id}/process/status`)).body).toEqual({ status: 'completed' })
    expect((await alice.get(`/api/v1/files/${file.id}/data/content`)).body).toEqual({
      content: 'Zebras are striped. Page two.',
    })
    expect((await alice.get(`/api/v1/files/${file.id}`)).body).toMatchObject({
      hash: new Bun.CryptoHasher('sha256').update('Zebras are striped. Page two.').digest('hex'),
      data: { status: 'completed', content: 'Zebras are striped. Page two.' },
      meta: { collection_name: `file-${file.id}`, content_type: 'application/pdf' },
    })
  })

  test('what cannot be read fails with the reason', async () => {
    const locked = await upload(
      alice,
      'old.doc',
      new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0]),
      'application/msword',
    )
    const { body } = await alice.get(`/api/v1/files/${locked.id}/process/status?stream=true`)
    expect(body).toContain('"status":"failed","error":"Documents of Office 2003')
    const empty = await upload(
      alice,
      'empty.txt',
      new Uint8Array(Buffer.from(' \n ')),
      'text/plain',
      '?process_in_background=false',
    )
    expect(empty.data).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('content provided is empty'),
    })
    const picture = await upload(
      alice,
      'a.png',
      new Uint8Array([0x89, 0x50, 0, 0]),
      'image/png',
      '?process_in_background=false',
    )
    expect(picture.data.error).toBe('File type image/png is not supported for processing')
    const kept = await upload(
      alice,
      'a.png',
      new Uint8Array([0x89, 0x50, 0, 0]),
      'image/png',
      '?process=false',
    )
    expect(kept.data).toEqual({})
  })

  test('endings and sizes are as the administrator allows', async () => {
    await settings({ ALLOWED_FILE_EXTENSIONS: ['pdf'], FILE_MAX_SIZE: 1 })
    const text = new FormData()
    text.set('file', new File(['x'], 'a.txt', { type: 'text/plain' }))
    expect(await alice.call('POST', '/api/v1/files/', text)).toMatchObject({
      status: 400,
      body: { detail: '[ERROR: File type txt is not allowed]' },
    })
    const large = new FormData()
    large.set('file', new File(['x'.repeat(1_100_000)], 'a.pdf'))
    expect((await alice.call('POST', '/api/v1/files/', large)).status).toBe(413)
    await settings({ ALLOWED_FILE_EXTENSIONS: [], FILE_MAX_SIZE: null })
  })

  test("nobody else sees a file's status, text or bytes", async () => {
    const file = await upload(alice, 'secret.docx', docx('Secret', 'The vault opens at noon.'))
    await alice.get(`/api/v1/files/${file.id}/process/status?stream=true`)
    for (const path of ['', '/process/status', '/process/status?stream=true', '/data/content', '/content'])
      expect((await mallory.get(`/api/v1/files/${file.id}${path}`)).status).toBe(404)
    const change = await mallory.post(`/api/v1/files/${file.id}/data/content/update`, { content: 'mine' })
    expect(change.status).toBe(404)
    expect(server.errors).toEqual([])
  })

  describe('in a chat', () => {
    test('a PDF is given to the model, with citations of its pages', async () => {
      const file = await upload(
        admin,
        'zebra.pdf',
        pdf(['Zebras are striped.', 'They run.']),
        'application/pdf',
      )
      const { chatId, answerId } = await admin.ask('What are zebras?', {
        body: {
          files: [{ type: 'file', id: file.id, name: 'zebra.pdf', file: { data: { content: 'forged' } } }],
        },
      })
      const sources = await admin.heard((event) => event.chat_id === chatId && event.data?.data?.sources)
      await admin.idle(chatId)
      expect(asked('What are zebras?')).toContain(
        '<source id="1" name="zebra.pdf">\nZebras are striped. They run.',
      )
      expect(asked('What are zebras?')).not.toContain('forged')
      const source = {
        source: { type: 'file', id: file.id, name: 'zebra.pdf' },
        document: ['Zebras are striped. They run.'],
        metadata: [{ file_id: file.id, name: 'zebra.pdf', source: 'zebra.pdf' }],
      }
      expect(sources.data.data.sources).toEqual([source])
      const status = admin.events.find((event) => event.chat_id === chatId && event.data?.type === 'status')
      expect(status.data.data).toEqual({ action: 'sources_retrieved', count: 1, done: true })
      const chat = (await admin.get(`/api/v1/chats/${chatId}`)).body
      expect(chat.chat.history.messages[answerId].sources).toEqual([source])
    })

    test('of much text, the pieces that bear on the question are given', async () => {
      const file = await upload(admin, 'book.pdf', pdf(library('The walrus signs the treaty in Geneva.')))
      const { chatId } = await admin.ask('Who signs the treaty? (walrus)', {
        body: { files: [{ type: 'file', id: file.id }] },
      })
      const heard = await admin.heard((event) => event.chat_id === chatId && event.data?.data?.sources)
      await admin.idle(chatId)
      const [source] = heard.data.data.sources
      expect(source.document[0]).toBe('The walrus signs the treaty in Geneva.')
      expect(source.document.length).toBeLessThanOrEqual(3)
      expect(source.metadata[0]).toMatchObject({ file_id: file.id, name: 'book.pdf', page: 30 })
      expect(asked('(walrus)')?.length).toBeLessThan(6_000)
      const queries = admin.events.find(
        (event) => event.chat_id === chatId && event.data?.data?.action === 'queries_generated',
      )
      expect(queries.data.data.queries).toEqual(['first query'])
    })

    test('a person may switch a file to whole, and an administrator all of them', async () => {
      const file = await upload(admin, 'long.pdf', pdf(library('Needle in the middle.')))
      const ask = async (question: string, item: Json = {}): Promise<number> => {
        const { chatId } = await admin.ask(question, {
          body: { files: [{ type: 'file', id: file.id, ...item }] },
        })
        await admin.idle(chatId)
        return asked(question)?.length ?? 0
      }
      expect(await ask('whole?', { context: 'full' })).toBeGreaterThan(50_000)
      await settings({ RAG_FULL_CONTEXT: true })
      expect(await ask('all whole?')).toBeGreaterThan(50_000)
      await settings({ RAG_FULL_CONTEXT: false, RAG_TEMPLATE: 'Facts: {{CONTEXT}} Asked: {{QUERY}}' })
      await ask('in our words?')
      expect(asked('in our words?')).toStartWith('Facts: <source id="1" name="long.pdf">')
      await settings({ RAG_TEMPLATE: '' })
    })

    test('vectors are asked for, stored and compared, alone and beside words', async () => {
      const vectors = startEmbeddings()
      const { body } = await admin.post('/api/v1/retrieval/embedding/update', {
        RAG_EMBEDDING_ENGINE: 'openai',
        RAG_EMBEDDING_MODEL: 'stub',
        RAG_EMBEDDING_BATCH_SIZE: 16,
        openai_config: { url: vectors.url, key: 'secret-key' },
      })
      expect(body.RAG_EMBEDDING_ENGINE).toBe('openai')
      try {
        const file = await upload(admin, 'vectors.pdf', pdf(library('A feline sleeps on the sofa.')))
        await admin.get(`/api/v1/files/${file.id}/process/status?stream=true`)
        expect(vectors.batches[0]?.length).toBe(16)
        const found = await admin.post('/api/v1/retrieval/query/doc', {
          collection_name: `file-${file.id}`,
          query: 'cat',
          k: 2,
        })
        expect(found.body.documents[0][0]).toBe('A feline sleeps on the sofa.')
        expect(found.body.distances[0][0]).toBeCloseTo(1, 5)
        expect(found.body.metadatas[0][0]).toMatchObject({ page: 30, source: 'vectors.pdf' })
        await settings({ ENABLE_RAG_HYBRID_SEARCH: true, HYBRID_BM25_WEIGHT: 0.5 })
        const both = await admin.post('/api/v1/retrieval/query/collection', {
          collection_names: [`file-${file.id}`],
          query: 'cat page 7',
          k: 3,
        })
        expect(both.body.documents[0]).toContain('A feline sleeps on the sofa.')
        vectors.fail = true
        const down = await upload(
          admin,
          'down.txt',
          new Uint8Array(Buffer.from('words')),
          'text/plain',
          '?process_in_background=false',
        )
        expect(down.data).toMatchObject({
          status: 'failed',
          error: expect.stringContaining('model provider'),
        })
      } finally {
        await admin.post('/api/v1/retrieval/embedding/update', {
          RAG_EMBEDDING_ENGINE: '',
          RAG_EMBEDDING_MODEL: '',
        })
        await settings({ ENABLE_RAG_HYBRID_SEARCH: false })
        await vectors.close()
      }
    })

    test('an OpenAI client gets the sources beside the answer', async () => {
      const file = await upload(
        admin,
        'note.md',
        new Uint8Array(Buffer.from('# Plan\nBuy cheese.')),
        'text/markdown',
      )
      const plain = {
        model: 'test-echo',
        messages: [{ role: 'user', content: 'Plan?' }],
        files: [{ type: 'file', id: file.id }],
      }
      const whole = await admin.post('/api/chat/completions', { ...plain, stream: false })
      expect(whole.body.sources[0].document).toEqual(['# Plan\nBuy cheese.'])
      expect(whole.body.choices[0].message.content).toContain('Buy cheese.')
      const streamed = await admin.post('/api/chat/completions', { ...plain, stream: true })
      expect(streamed.body.split('\n\n')[0]).toContain('{"sources":[{"source":{"name":"note.md"')
    })
  })

  test("nothing of another's comes into a chat by its id, wherever it is named", async () => {
    const word = 'xylophone'
    const file = await upload(
      alice,
      'hers.txt',
      new Uint8Array(Buffer.from(`My ${word}`)),
      'text/plain',
      '?process_in_background=false',
    )
    const knowledge = (await alice.post('/api/v1/knowledge/create', { name: 'Hers', description: '' })).body
    await alice.post(`/api/v1/knowledge/${knowledge.id}/file/add`, { file_id: file.id })
    const note = (await alice.post('/api/v1/notes/create', { title: 'n', data: { content: { md: word } } }))
      .body
    const text = (await alice.post('/api/v1/retrieval/process/text', { name: 't', content: word })).body
    expect(text.status).toBe(true)
    const items = [
      { type: 'file', id: file.id },
      { id: file.id },
      { type: 'file', id: file.id, context: 'full' },
      { type: 'collection', id: knowledge.id },
      { type: 'collection', id: knowledge.id, context: 'full' },
      { type: 'collection', id: 'none', legacy: true, collection_names: [`file-${file.id}`] },
      { type: 'note', id: note.id },
      { type: 'text', collection_name: text.collection_name },
      { type: 'text', collection_name: `file-${file.id}` },
      { type: 'web_search', collection_name: knowledge.id },
      { collection_name: `file-${file.id}` },
      { collection_names: [knowledge.id] },
    ]
    await mallory.connect()
    const folder = (await mallory.post('/api/v1/folders/', { name: 'Loot', data: { files: items } })).body
    await mallory.post(`/api/v1/folders/${folder.id}/update`, { name: 'Loot', data: { files: items } })
    const before = upstream.requests.length
    const plain = await mallory.post('/api/chat/completions', {
      model: 'test-echo',
      messages: [{ role: 'user', content: 'give' }],
      files: [...items, { type: 'folder', id: folder.id }],
    })
    expect(plain.body.sources).toBeUndefined()
    const { chatId } = await mallory.ask('give', { body: { files: items, folder_id: folder.id } })
    await mallory.idle(chatId)
    mallory.close()
    const sent = JSON.stringify(upstream.requests.slice(before).map(({ body }) => body))
    expect(sent).toContain('give')
    expect(sent).not.toContain(word)
    for (const collection of [`file-${file.id}`, knowledge.id, text.collection_name]) {
      const doc = await mallory.post('/api/v1/retrieval/query/doc', {
        collection_name: collection,
        query: word,
      })
      expect([doc.status, JSON.stringify(doc.body).includes(word)]).toEqual([403, false])
      const many = { collection_names: [collection], query: word }
      expect((await mallory.post('/api/v1/retrieval/query/collection', many)).status).toBe(403)
      const put = { name: 'x', content: 'poison', collection_name: collection }
      expect((await mallory.post('/api/v1/retrieval/process/text', put)).status).toBe(403)
    }
    expect((await mallory.post('/api/v1/retrieval/process/file', { file_id: file.id })).status).toBe(404)
    expect(server.errors).toEqual([])
  })

  /** What the model was sent as the last question. */
  function asked(question: string): string | undefined {
    const request = upstream.requests.findLast(({ body }) => {
      const text = String(body.messages.at(-1)?.content)
      return text.endsWith(question) && !text.includes('"queries"')
    })
    return request && String(request.body.messages.at(-1)?.content)
  }

  async function upload(
    person: Owui,
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    type = '',
    query = '',
  ): Promise<Json> {
    const form = new FormData()
    form.set('file', new File([bytes], name, { type }))
    const { status, body } = await person.call('POST', `/api/v1/files/${query}`, form)
    if (status !== 200) throw new Error(`upload ${name}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** Settings of retrieval, as the administrator's page saves them. */
  async function settings(change: Json): Promise<void> {
    const { status } = await admin.post('/api/v1/retrieval/config/update', change)
    if (status !== 200) throw new Error(`settings: ${status}`)
  }
})

/** Sixty pages of filler, with a sentence on the thirty-first. */
function library(sentence: string): string[] {
  return Array.from({ length: 60 }, (_, at) =>
    at === 30
      ? sentence
      : `Page ${at} tells about weather and wind. ${'It blows from the west again. '.repeat(30)}`,
  )
}

/** An endpoint for which only cats and felines are alike. */
function startEmbeddings() {
  const batches: string[][] = []
  const stub = {
    batches,
    fail: false,
    url: '',
    close: () => server.stop(true),
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { input } = (await request.json()) as { input: string[] }
      batches.push(input)
      if (stub.fail || request.headers.get('authorization') !== 'Bearer secret-key')
        return Response.json({ error: { message: 'secret-key is wrong' } }, { status: 401 })
      const data = input.map((text, index) => ({
        index,
        embedding: /cat|feline/.test(text) ? [1, 0, 0.1] : [-0.2, 1, index % 3],
      }))
      return Response.json({ data })
    },
  })
  stub.url = `http://127.0.0.1:${server.port}/v1`
  return stub
}
