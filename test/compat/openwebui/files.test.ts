// Goal: files as Open WebUI's users know them: uploaded, read behind their back with a status to follow, searched,
// given to models with citations, and nobody's but who may read them. Method: HTTP on both databases.
import { afterAll, beforeAll, expect, test } from 'bun:test'
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
