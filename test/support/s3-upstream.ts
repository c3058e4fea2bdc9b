// As much of S3 as the file store uses, in memory: put, get with ranges, head, delete, list in pages. Signatures are
// looked at only for being there; how a real service judges them is for a real service to show.
import { createHash } from 'node:crypto'

interface StoredThing {
  bytes: Uint8Array<ArrayBuffer>
  type: string
  at: Date
}

export interface S3Upstream {
  url: string
  bucket: string
  objects: Map<string, StoredThing>
  close(): Promise<void>
}

const PAGE = 3

export function startS3Upstream(bucket = 'test-bucket'): S3Upstream {
  const objects = new Map<string, StoredThing>()
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const url = new URL(request.url)
      const [, first = '', ...rest] = url.pathname.split('/')
      if (!request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256'))
        return failure(403, 'AccessDenied')
      if (first !== bucket) return failure(404, 'NoSuchBucket')
      const key = decodeURIComponent(rest.join('/'))
      if (key === '') return list(objects, url.searchParams)
      if (request.method === 'PUT') {
        const type = request.headers.get('content-type') ?? 'binary/octet-stream'
        const thing = { bytes: new Uint8Array(await request.arrayBuffer()), type, at: new Date() }
        objects.set(key, thing)
        return new Response(null, { headers: { etag: etagOf(thing) } })
      }
      if (request.method === 'DELETE') {
        objects.delete(key)
        return new Response(null, { status: 204 })
      }
      const thing = objects.get(key)
      return thing ? send(request, thing) : failure(404, 'NoSuchKey')
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, bucket, objects, close: () => server.stop(true) }
}

function send(request: Request, thing: StoredThing): Response {
  const headers = { 'content-type': thing.type, etag: etagOf(thing), 'last-modified': thing.at.toUTCString() }
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? []
  if (request.method === 'HEAD') {
    return new Response(null, { headers: { ...headers, 'content-length': String(thing.bytes.length) } })
  }
  if (from === undefined) return new Response(thing.bytes, { headers })
  const part = thing.bytes.slice(Number(from), to ? Number(to) + 1 : undefined)
  return new Response(part, { status: 206, headers })
}

function list(objects: Map<string, StoredThing>, asked: URLSearchParams): Response {
  const after = asked.get('continuation-token') ?? ''
  const all = [...objects.keys()]
    .filter((key) => key.startsWith(asked.get('prefix') ?? '') && key > after)
    .toSorted((a, b) => (a < b ? -1 : 1))
  const page = all.slice(0, PAGE)
  const more =
    all.length > PAGE ? `<NextContinuationToken>${escape(page.at(-1)!)}</NextContinuationToken>` : ''
  const contents = page.map((key) => `<Contents><Key>${escape(key)}</Key><Size>1</Size></Contents>`).join('')
  const xml = `<?xml version="1.0"?><ListBucketResult><KeyCount>${page.length}</KeyCount><IsTruncated>${more !== ''}</IsTruncated>${more}${contents}</ListBucketResult>`
  return new Response(xml, { headers: { 'content-type': 'application/xml' } })
}

function failure(status: number, code: string): Response {
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`
  return new Response(xml, { status, headers: { 'content-type': 'application/xml' } })
}

function etagOf(thing: StoredThing): string {
  return `"${createHash('md5').update(thing.bytes).digest('hex')}"`
}

function escape(text: string): string {
  return text.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;' })[char] ?? '&gt;')
}
