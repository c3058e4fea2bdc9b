// Goal: files as Open WebUI's users know them: uploaded, read behind their back with a status to follow, searched,
// given to models with citations, and nobody's but who may read them. Method: HTTP on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { docx, pdf } from '../../support/documents.ts'
import { zipEntries } from '../../../src/drivers/zip.ts'
import { startMediaServer } from '../../support/media-server.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startPageServer, type PageServer } from '../../support/search-upstream.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

bothDialects('files', (fixture) => {
  let upstream: Upstream
  let pages: PageServer
  let server: TestServer
  let admin: Owui
  let alice: Owui
  let mallory: Owui

  beforeAll(async () => {
    upstream = await startUpstream()
    pages = startPageServer()
    const hits = [
      { title: 'Tides', url: `${pages.url}/article`, snippet: 'moon' },
      { title: 'Gone', url: `${pages.url}/nowhere`, snippet: '' },
    ]
    server = await startTestServer({
      overrides: { webSearch: { search: () => Promise.resolve(hits) } },
      env: {
        FETCH_ALLOW_HOSTS: pages.host,
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
    await pages.close()
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

  test('a recording becomes what is said in it, where a service is set up', async () => {
    const sound = new Uint8Array([0, 1, 2])
    const deaf = await upload(admin, 'a.mp3', sound, 'audio/mpeg', '?process_in_background=false')
    expect(deaf.data).toMatchObject({ status: 'failed', error: expect.stringContaining('Transcription') })
    const service = startMediaServer()
    const { body } = await admin.get('/api/v1/audio/config')
    const stt = { ENGINE: 'openai', OPENAI_API_BASE_URL: service.url, OPENAI_API_KEY: 'key', MODEL: 'hear' }
    await admin.post('/api/v1/audio/config/update', { ...body, stt: { ...body.stt, ...stt } })
    const said = await upload(admin, 'b.mp3', sound, 'audio/mpeg', '?process_in_background=false')
    expect(said.data.status).toBe('completed')
    expect((await admin.get(`/api/v1/files/${said.id}/data/content`)).body.content).toBe('what was said')
    await admin.post('/api/v1/audio/config/update', body)
    await service.stop()
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
      expect(chat.chat.history.messages[answerId]).toMatchObject({
        sources: [source],
        statusHistory: [{ action: 'sources_retrieved', count: 1, done: true }],
      })
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

    test('a page that the model reads is cited, and stored so', async () => {
      const url = `${pages.url}/article`
      upstream.queue({ toolCalls: [{ name: 'fetch_url', arguments: { url } }] }, { chunks: ['Read it [1].'] })
      const { chatId, answerId } = await admin.ask('Read the page', {
        body: { features: { web_search: true } },
      })
      await admin.idle(chatId)
      const heard = await admin.heard((event) => event.chat_id === chatId && event.data?.type === 'source')
      expect(heard.data.data).toMatchObject({
        source: { name: url, id: url },
        metadata: [{ source: url, url }],
      })
      expect(heard.data.data.document[0]).toContain('sailors')
      const told = upstream.requests.findLast(({ body }) => body.messages.at(-1)?.role === 'tool')
      expect(String(told?.body.messages.at(-1)?.content)).toEndWith('(This is source 1: cite it as [1].)')
      const { history } = (await admin.get(`/api/v1/chats/${chatId}`)).body.chat
      expect(history.messages[answerId].sources).toEqual([heard.data.data])
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

  describe('knowledge', () => {
    let id: string
    const path = (rest: string): string => `/api/v1/knowledge/${id}/${rest}`
    const names = async (query = ''): Promise<string[]> =>
      (await alice.get(path(`files${query}`))).body.items.map((item: Json) => item.filename)
    const text = (name: string, content: string): Promise<Json> =>
      upload(alice, name, new Uint8Array(Buffer.from(content)), 'text/plain', '?process_in_background=false')

    beforeAll(async () => {
      id = (await alice.post('/api/v1/knowledge/create', { name: 'Library', description: 'Books' })).body.id
    })

    test('an upload that names a collection is put there once it is read', async () => {
      const form = new FormData()
      form.set('file', new File([pdf(['Auto linked'])], 'auto.pdf'))
      form.set('metadata', JSON.stringify({ knowledge_id: id, file_hash: 'h1' }))
      const file = (await alice.call('POST', '/api/v1/files/', form)).body
      const stream = await alice.get(path('files/pending?stream=true'))
      expect(stream.body.trimEnd().split('\n\n').at(-1)).toBe('data: []')
      expect((await alice.get(path('files/pending'))).body).toEqual([])
      expect(await names()).toEqual(['auto.pdf'])
      const strange = new FormData()
      strange.set('file', new File(['poison'], 'poison.txt'))
      strange.set('metadata', JSON.stringify({ knowledge_id: id }))
      const theirs = await mallory.call('POST', '/api/v1/files/?process_in_background=false', strange)
      expect(theirs.body.data.status).toBe('completed')
      expect(await names()).toEqual(['auto.pdf'])
      const listed = (await alice.get(`/api/v1/knowledge/?page=1`)).body.items
      expect(listed.find((one: Json) => one.id === id).file_count).toBe(1)
      await alice.post(path('file/remove'), { file_id: file.id })
      expect((await alice.get(`/api/v1/files/${file.id}`)).status).toBe(404)
    })

    test('files are added once, with their text, and taken out without being deleted where wanted', async () => {
      const one = await text('one.txt', 'The first one')
      const same = await text('same.txt', 'The first one')
      const unread = await upload(alice, 'a.png', new Uint8Array([0, 1]), 'image/png', '?process=false')
      expect((await alice.post(path('file/add'), { file_id: one.id })).body.files).toHaveLength(1)
      expect(await alice.post(path('file/add'), { file_id: same.id })).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining('Duplicate content') },
      })
      expect((await alice.post(path('file/add'), { file_id: unread.id })).status).toBe(400)
      const batch = await alice.post(path('files/batch/add'), [
        { file_id: (await text('two.txt', 'The second')).id },
        { file_id: unread.id },
      ])
      expect(batch.body.files).toHaveLength(2)
      expect(batch.body.warnings.errors).toEqual([expect.stringContaining(unread.id)])
      await alice.post(`/api/v1/files/${one.id}/data/content/update`, { content: 'It is about otters now' })
      expect((await alice.post(path('file/update'), { file_id: one.id })).status).toBe(200)
      const found = await alice.post('/api/v1/retrieval/query/doc', { collection_name: id, query: 'otters' })
      expect(found.body.documents).toEqual([['It is about otters now']])
      await alice.post(path('file/remove?delete_file=false'), { file_id: one.id })
      expect((await alice.get(`/api/v1/files/${one.id}`)).status).toBe(200)
      const gone = await alice.post('/api/v1/retrieval/query/doc', { collection_name: id, query: 'otters' })
      expect(gone.body.documents).toEqual([[]])
      expect((await alice.post(path('reset'))).body.files).toBeNull()
      expect(await names()).toEqual([])
    })

    test('folders: made, moved, shown with their path, removed with or without what is in them', async () => {
      const docs = (await alice.post(path('dirs/create'), { name: 'docs' })).body
      expect(docs).toMatchObject({ knowledge_id: id, parent_id: null, name: 'docs', user_id: alice.user.id })
      const api = (await alice.post(path('dirs/create'), { name: 'api', parent_id: docs.id })).body
      expect((await alice.post(path('dirs/create'), { name: 'docs' })).status).toBe(400)
      expect((await alice.post(path(`dirs/${docs.id}/update`), { parent_id: api.id })).status).toBe(400)
      const file = await text('deep.txt', 'Deep down')
      await alice.post(path('file/add'), { file_id: file.id, directory_id: api.id })
      const { body } = await alice.get(path(`files?directory_id=${api.id}`))
      expect(body.items[0]).toMatchObject({
        directory_id: api.id,
        directory_path: 'docs/api',
        has_original: true,
      })
      expect(body.breadcrumbs.map((one: Json) => one.name)).toEqual(['docs', 'api'])
      expect((await alice.get(path('files?directory_id='))).body).toMatchObject({
        items: [],
        directories: [{ name: 'docs' }],
      })
      expect(await names('?query=deep%20down&include_content=true')).toEqual(['deep.txt'])
      expect(await names('?query=deep%20down')).toEqual([])
      await alice.post(path('file/move'), { file_id: file.id, directory_id: null })
      expect(await names('?directory_id=')).toEqual(['deep.txt'])
      await alice.post(path('file/move'), { file_id: file.id, directory_id: api.id })
      await alice.delete(path(`dirs/${api.id}/delete`))
      expect(await names(`?directory_id=${docs.id}`)).toEqual(['deep.txt'])
      expect((await alice.delete(path(`dirs/${docs.id}/delete?move_files=false`))).body).toEqual({
        status: true,
        file_ids: [file.id],
      })
      expect(await names()).toEqual([])
    })

    test('kept in step with a folder by what differs', async () => {
      const form = new FormData()
      form.set('file', new File(['Old'], 'old.md'))
      form.set('metadata', JSON.stringify({ knowledge_id: id, file_hash: 'sum-old' }))
      const old = (await alice.call('POST', '/api/v1/files/?process_in_background=false', form)).body
      const dir = (await alice.post(path('dirs/create'), { name: 'stale' })).body
      const entry = (filename: string, checksum: string, at = ''): Json => ({
        filename,
        path: at,
        checksum,
        size: 1,
      })
      const diff = async (manifest: Json[]): Promise<Json> =>
        (await alice.post(path('sync/diff'), { manifest })).body
      expect(await diff([entry('old.md', 'sum-old'), entry('new.md', 'x', 'a/b')])).toEqual({
        added: [{ filename: 'new.md', path: 'a/b' }],
        modified: [],
        deleted: [],
        mkdir: ['a', 'a/b'],
        rmdir: [dir.id],
        unmodified_count: 1,
        directory_map: { stale: dir.id },
      })
      expect((await diff([entry('old.md', 'changed')])).modified).toEqual([
        { filename: 'old.md', path: '', stale_file_id: old.id },
      ])
      expect((await diff([])).deleted).toEqual([{ file_id: old.id, filename: 'old.md' }])
      await alice.post(path('sync/cleanup'), { file_ids: [old.id], dir_ids: [dir.id] })
      expect((await alice.get(`/api/v1/files/${old.id}`)).status).toBe(404)
      expect((await alice.get(path('files'))).body).toMatchObject({ items: [], directories: [] })
    })

    test('an administrator exports the texts and indexes all anew', async () => {
      await alice.post(path('file/add'), { file_id: (await text('../x.md', 'Exported text')).id })
      const archive = await fetch(`${server.url}${path('export')}`, {
        headers: { authorization: `Bearer ${admin.token}` },
      })
      expect(archive.headers.get('content-disposition')).toContain('Library.zip')
      const [entry] = zipEntries(new Uint8Array(await archive.arrayBuffer()))
      expect([entry?.name, entry?.read().toString()]).toEqual(['x.md.txt', 'Exported text'])
      expect((await alice.get(path('export'))).status).toBe(401)
      expect((await admin.post('/api/v1/knowledge/reindex')).body).toBe(true)
      const found = await alice.post('/api/v1/retrieval/query/collection', {
        collection_names: [id],
        query: 'exported',
      })
      expect(found.body.documents).toEqual([['Exported text']])
    })

    test('nobody else changes it', async () => {
      const dir = (await alice.post(path('dirs/create'), { name: 'mine' })).body
      const file = await upload(
        mallory,
        'm.txt',
        new Uint8Array(Buffer.from('m')),
        'text/plain',
        '?process_in_background=false',
      )
      const attempts: [string, Json][] = [
        ['file/add', { file_id: file.id }],
        ['file/remove', { file_id: file.id }],
        ['file/update', { file_id: file.id }],
        ['file/move', { file_id: file.id }],
        ['files/batch/add', [{ file_id: file.id }]],
        ['reset', {}],
        ['dirs/create', { name: 'x' }],
        [`dirs/${dir.id}/update`, { name: 'x' }],
        ['sync/diff', { manifest: [] }],
        ['sync/cleanup', { file_ids: [], dir_ids: [dir.id] }],
      ]
      for (const [rest, body] of attempts)
        expect([rest, (await mallory.post(path(rest), body)).status]).toEqual([rest, 404])
      expect((await mallory.delete(path(`dirs/${dir.id}/delete`))).status).toBe(404)
      expect((await mallory.get(path('files'))).status).toBe(404)
      expect((await mallory.get(path('files/pending'))).status).toBe(404)
      // Their own collection is no way to a file that they may not read, nor to folders of another.
      const own = (await mallory.post('/api/v1/knowledge/create', { name: 'm', description: '' })).body
      const hers = await text('private.txt', 'Private')
      expect((await mallory.post(`/api/v1/knowledge/${own.id}/file/add`, { file_id: hers.id })).status).toBe(
        404,
      )
      const inHers = { file_id: file.id, directory_id: dir.id }
      expect((await mallory.post(`/api/v1/knowledge/${own.id}/file/add`, inHers)).status).toBe(404)
      expect((await mallory.delete(`/api/v1/knowledge/${own.id}/dirs/${dir.id}/delete`)).status).toBe(404)
      expect(server.errors).toEqual([])
    })
  })

  test("files are found by name and counted, everybody's by administrators only", async () => {
    await upload(
      mallory,
      'unique-name.txt',
      new Uint8Array(Buffer.from('x')),
      'text/plain',
      '?process_in_background=false',
    )
    const find = async (person: Owui, pattern: string, who = ''): Promise<unknown> => {
      const { status, body } = await person.get(
        `/api/v1/files/${who}search?filename=${encodeURIComponent(pattern)}`,
      )
      return status === 200 ? body.map((file: Json) => file.filename) : status
    }
    expect(await find(mallory, 'uni*NAME.t?t')).toEqual(['unique-name.txt'])
    expect(await find(admin, 'unique-*')).toEqual(['unique-name.txt'])
    expect(await find(admin, 'unique-*', 'user/')).toEqual([])
    expect(await find(alice, 'unique-*')).toBe(404)
    const counts = await Promise.all(
      [mallory, admin].map(async (person) => (await person.get('/api/v1/files/count')).body),
    )
    expect(counts[0]).toBe((await mallory.get('/api/v1/files/user/count')).body)
    expect(counts[1]).toBeGreaterThan(counts[0])
  })

  test('pages and files at addresses are read through the guarded fetch', async () => {
    const page = await alice.post('/api/v1/retrieval/process/web', { url: `${pages.url}/article` })
    expect(page.body).toMatchObject({
      status: true,
      filename: `${pages.url}/article`,
      file: { meta: { source: `${pages.url}/article` } },
    })
    const asked = { collection_name: page.body.collection_name, query: 'sailors' }
    expect((await alice.post('/api/v1/retrieval/query/doc', asked)).body.documents[0][0]).toContain('sailors')
    expect((await mallory.post('/api/v1/retrieval/query/doc', asked)).status).toBe(403)
    expect(
      (await alice.post('/api/v1/retrieval/process/url', { url: `${pages.url}/article` })).body,
    ).toMatchObject({ type: 'web' })
    const plain = await alice.post('/api/v1/retrieval/process/url', { url: `${pages.url}/plain` })
    expect(plain.body).toMatchObject({
      type: 'file',
      name: 'plain',
      file: { data: { content: 'just words' }, user_id: alice.user.id },
    })
    const inside = await alice.post('/api/v1/retrieval/process/url', { url: `${server.url}/health` })
    expect(inside.status).toBe(400)
    expect((await alice.post('/api/v1/retrieval/process/web/search', { queries: ['x'] })).status).toBe(403)
    await settings({ web: { ENABLE_WEB_SEARCH: true } })
    const searched = (await admin.post('/api/v1/retrieval/process/web/search', { queries: ['tides'] })).body
    expect(searched).toMatchObject({
      status: true,
      loaded_count: 1,
      filenames: [`${pages.url}/article`],
      items: [{ link: `${pages.url}/article`, title: 'Tides', snippet: 'moon' }],
    })
    const [name] = searched.collection_names
    expect(name).toStartWith(`web-search-${admin.user.id}-`)
    const found = await admin.post('/api/v1/retrieval/query/doc', { collection_name: name, query: 'sailors' })
    expect(found.body.metadatas[0][0]).toMatchObject({ source: `${pages.url}/article` })
    expect(
      (await alice.post('/api/v1/retrieval/query/doc', { collection_name: name, query: 'x' })).status,
    ).toBe(403)
    await settings({ web: { ENABLE_WEB_SEARCH: false } })
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
