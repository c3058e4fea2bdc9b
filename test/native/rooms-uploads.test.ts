// Pictures over HTTP: what is taken, how it is handed out, and what never happens.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Api, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { TINY_PNG } from '../support/test-images.ts'

let server: TestServer
let ann: Api
let bob: Api

beforeAll(async () => {
  server = await startTestServer()
  ann = await Api.register(server.url, 'ann')
  bob = await Api.register(server.url, 'bob')
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
})

function upload(api: Api, bytes: Uint8Array | string, name: string, type: string) {
  const form = new FormData()
  form.set('file', new File([bytes as BlobPart], name, { type }))
  return api.call('POST', '/api/upload', form)
}

async function uploaded(api: Api): Promise<Json> {
  const { status, body } = await upload(api, TINY_PNG, 'tiny.png', 'image/png')
  expect(status).toBe(201)
  return body
}

test('a picture is kept, shown with care, and comes with a message', async () => {
  const picture = await uploaded(ann)
  expect(picture).toMatchObject({ width: 1, height: 1, size: TINY_PNG.length, content_type: 'image/png' })
  expect(picture.url).toMatch(/^\/uploads\/chat-images\/[0-9a-f-]{36}\.png$/)
  const shown = await fetch(server.url + picture.url)
  expect(new Uint8Array(await shown.arrayBuffer())).toEqual(TINY_PNG)
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  const room = await ann.room({ name: 'Gallery', kind: 'public' })
  const message = await ann.say(room.id, '', { image_urls: [picture.url] })
  expect(message.images).toMatchObject([{ url: picture.url, width: 1, height: 1 }])
  await bob.post(`/api/rooms/${room.id}/join`)
  const { body } = await bob.get(`/api/rooms/${room.id}/messages`)
  expect(body.messages[0].images).toMatchObject([{ url: picture.url }])

  await ann.delete(`/api/rooms/${room.id}/messages/${message.id}`)
  expect((await fetch(server.url + picture.url)).status).toBe(404)
})

test('ETag and ranges', async () => {
  const { url } = await uploaded(ann)
  const get = (headers: Record<string, string>) => fetch(server.url + url, { headers })
  const etag = (await get({})).headers.get('etag')!
  expect((await get({ 'if-none-match': etag })).status).toBe(304)
  const part = await get({ range: 'bytes=1-3' })
  expect([part.status, part.headers.get('content-range'), new Uint8Array(await part.arrayBuffer())]).toEqual([
    206,
    `bytes 1-3/${TINY_PNG.length}`,
    TINY_PNG.slice(1, 4),
  ])
  const tail = await get({ range: 'bytes=-4' })
  expect(new Uint8Array(await tail.arrayBuffer())).toEqual(TINY_PNG.slice(-4))
  const beyond = await get({ range: `bytes=${TINY_PNG.length}-` })
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${TINY_PNG.length}`])
  expect((await get({ range: 'bytes=5-2' })).status).toBe(200)
  expect((await get({ range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)
})

test.each([
  ['an SVG named .png', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 415],
  ['HTML named .png', '<!doctype html><script>alert(1)</script>', 415],
  ['a PDF named .png', '%PDF-1.7', 415],
  ['a header and nothing else', '\x89PNG\r\n\x1a\n', 415],
  ['nothing', '', 400],
])('%s is refused', async (_name, bytes, status) => {
  const answer = await upload(ann, bytes, 'evil.png', 'image/png')
  expect([answer.status, typeof answer.body.error.code]).toEqual([status, 'string'])
})

test('too large is 413, no file 4xx, a stranger 401', async () => {
  const big = new Uint8Array(5 * 1024 * 1024 + 1)
  big.set(TINY_PNG)
  expect((await upload(ann, big, 'big.png', 'image/png')).status).toBe(413)
  expect((await ann.call('POST', '/api/upload', new FormData())).status).toBe(422)
  expect((await upload(new Api(server.url), TINY_PNG, 'x.png', 'image/png')).status).toBe(401)
})

test('one’s own pictures only, and each with one message only', async () => {
  const room = await ann.room({ name: 'Mine', kind: 'public' })
  await bob.post(`/api/rooms/${room.id}/join`)
  const picture = await uploaded(ann)
  const path = `/api/rooms/${room.id}/messages`
  expect((await bob.post(path, { content: 'mine now', image_urls: [picture.url] })).status).toBe(400)
  expect((await bob.post(path, { content: 'mine now', file_ids: [picture.id] })).status).toBe(400)
  const both = await Promise.all([1, 2].map(() => ann.post(path, { content: 'mine', file_ids: [picture.id] })))
  expect(both.map(({ status }) => status).sort()).toEqual([201, 400])
})

test('nothing outside the folder is ever read', async () => {
  await Bun.write(join(server.dataDir, 'uploads', 'loose.html'), '<script>alert(1)</script>')
  const { url } = await uploaded(ann)
  for (const path of [
    '/uploads/../webui.db',
    '/uploads/%2e%2e/webui.db',
    '/uploads/..%2fwebui.db',
    '/uploads/chat-images/..%2f..%2f..%2fetc%2fpasswd',
    '/uploads/chat-images/%2e%2e%2f%2e%2e%2f.webui_secret_key',
    '/uploads//etc/passwd',
    '/uploads/chat-images/%00',
    '/uploads/%ff',
    '/uploads/loose.html',
    '/uploads/',
    `${url}/../x`,
    url.replace('.png', '.html'),
    url.replace('chat-images', 'attachments'),
  ]) {
    // Sent raw: fetch would tidy the path before it goes out.
    const answer = await raw(path)
    expect([path, /^HTTP\/1\.1 (200|206)/.test(answer)]).toEqual([path, false])
    expect(answer).not.toContain('alert(1)')
  }
})

/** One request as it is written, whatever a client library would make of the path. */
function raw(path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let text = ''
  void Bun.connect({
    hostname: '127.0.0.1',
    port: Number(new URL(server.url).port),
    socket: {
      open: (socket) => void socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
      data: (_socket, chunk) => void (text += chunk.toString()),
      close: () => resolve(text),
      error: (_socket, error) => reject(error),
    },
  })
  return promise
}
