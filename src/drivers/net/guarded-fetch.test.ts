// Goal: nothing inside is reachable by any spelling, redirect or DNS answer; size and time are bounded.
// Method: real HTTP to a page server on loopback, opened for the test by the exact host:port list.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startPageServer, type PageServer } from '../../../test/support/search-upstream.ts'
import { GuardedFetchError, type GuardedFetchErrorKind } from './guarded-fetch-error.ts'
import { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts'

let pages: PageServer
beforeAll(() => {
  pages = startPageServer()
})
afterAll(() => pages.close())

const limits = { maxBytes: 1_000_000, timeoutMs: 5_000 }

async function failure(work: Promise<unknown>): Promise<GuardedFetchErrorKind | 'none'> {
  try {
    await work
    return 'none'
  } catch (error) {
    if (error instanceof GuardedFetchError) return error.kind
    throw error
  }
}

const noDns: GuardedFetchOptions = {
  resolve: async (name) => {
    throw new Error(`asked DNS for ${name}`)
  },
}

describe('spellings that are refused before anything is sent', () => {
  const port = () => new URL(pages.url).port
  const hosts = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '017700000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '①②⑦.⓪.⓪.①',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'app.localhost',
    '0',
    '0.0.0.0',
    '169.254.169.254',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fd00::1]',
    '%31%32%37.0.0.1',
  ]
  test.each(hosts)('http://%s', async (host) => {
    const before = pages.requests.length
    const guarded = createGuardedFetch(noDns)
    expect(await failure(guarded(`http://${host}:${port()}/article`, limits))).toBe('blocked')
    expect(pages.requests.length).toBe(before)
  })

  const badUrls = [
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:text/html,hello',
    'javascript:alert(1)',
    'gopher://127.0.0.1/',
    'http://user:secret@example.com/',
    'http://user@example.com/',
    '//example.com/',
    '/etc/passwd',
    'http://',
    'http://[::1%25eth0]/',
    'http://300.1.1.1/',
    'http://a b/',
    '',
    `http://example.com/${'x'.repeat(5000)}`,
  ]
  test.each(badUrls)('%s', async (url) => {
    expect(await failure(createGuardedFetch(noDns)(url, limits))).toBe('bad_url')
  })

  test.each([22, 25, 5432, 6379])('port %i of another protocol', async (blockedPort) => {
    const guarded = createGuardedFetch({ resolve: async () => ['8.8.8.8'] })
    expect(await failure(guarded(`http://example.com:${blockedPort}/`, limits))).toBe('blocked')
  })
})

describe('DNS', () => {
  test('a name that leads inside is refused', async () => {
    for (const address of ['127.0.0.1', '10.0.0.5', '::1', '::ffff:192.168.0.1', 'fe80::1%lo']) {
      const guarded = createGuardedFetch({ resolve: async () => [address] })
      expect(await failure(guarded('http://inner.example/', limits))).toBe('blocked')
    }
  })

  test('one inner address among public ones is enough', async () => {
    const guarded = createGuardedFetch({ resolve: async () => ['93.184.216.34', '127.0.0.1'] })
    expect(await failure(guarded('http://mixed.example/', limits))).toBe('blocked')
  })

  test('a name is resolved once and the connection goes to the checked address', async () => {
    let asked = 0
    const port = new URL(pages.url).port
    const guarded = createGuardedFetch({
      allowHosts: [`rebind.example:${port}`],
      resolve: async () => (++asked === 1 ? ['127.0.0.1'] : ['10.255.255.1']),
    })
    const answer = await guarded(`http://rebind.example:${port}/plain`, limits)
    expect(new TextDecoder().decode(answer.bytes)).toBe('just words')
    expect(asked).toBe(1)
    expect(pages.requests.at(-1)?.headers['host']).toBe(`rebind.example:${port}`)
  })

  test('a name without address is unreachable', async () => {
    expect(
      await failure(createGuardedFetch({ resolve: async () => [] })('http://gone.example/', limits)),
    ).toBe('unreachable')
    expect(await failure(createGuardedFetch(noDns)('http://gone.example/', limits))).toBe('unreachable')
  })

  test('the next address is tried when the first does not answer', async () => {
    const port = new URL(pages.url).port
    const guarded = createGuardedFetch({
      allowHosts: [`two.example:${port}`],
      resolve: async () => ['127.0.0.2', '127.0.0.1'],
    })
    expect((await guarded(`http://two.example:${port}/plain`, limits)).status).toBe(200)
  })
})

describe('TLS', () => {
  test('the certificate is checked against the name, not the address', async () => {
    const { cert, key } = await import('../../../test/support/test-certificate.ts')
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      tls: { cert, key },
      fetch: () => new Response('safe'),
    })
    const names = [`pinned.example:${server.port}`, `other.example:${server.port}`]
    const guarded = createGuardedFetch({ allowHosts: names, resolve: async () => ['127.0.0.1'], ca: cert })
    const answer = await guarded(`https://${names[0]}/`, limits)
    expect(new TextDecoder().decode(answer.bytes)).toBe('safe')
    expect(await failure(guarded(`https://${names[1]}/`, limits))).toBe('unreachable')
    await server.stop(true)
  })
})

describe('redirects', () => {
  const guarded = (extra: GuardedFetchOptions = {}) =>
    createGuardedFetch({ allowHosts: [pages.host], ...extra })
  const to = (url: string, status = 302) => `${pages.url}/to?status=${status}&url=${encodeURIComponent(url)}`

  test('are followed and the last address is told', async () => {
    const answer = await guarded()(to('/to?url=/plain'), limits)
    expect(answer.url).toBe(`${pages.url}/plain`)
    expect(answer.status).toBe(200)
  })

  const innerTargets: [string, GuardedFetchErrorKind][] = [
    ['http://127.0.0.1:1/', 'blocked'],
    ['http://[::1]/', 'blocked'],
    ['http://2130706433/', 'blocked'],
    ['http://169.254.169.254/latest/meta-data/', 'blocked'],
    ['http://localhost/', 'blocked'],
    ['file:///etc/passwd', 'bad_url'],
    ['http://user:pass@example.com/', 'bad_url'],
  ]
  test.each(innerTargets)('to %s is %s', async (target, kind) => {
    expect(await failure(guarded(noDns)(to(target), limits))).toBe(kind)
  })

  test('stop after five', async () => {
    pages.requests.length = 0
    expect(await failure(guarded()(`${pages.url}/loop`, limits))).toBe('too_many_redirects')
    expect(pages.requests.length).toBe(6)
  })

  test('carry no cookie, and no caller header to another origin', async () => {
    const other = startPageServer()
    const both = guarded({ allowHosts: [pages.host, other.host] })
    await both(to(`${other.url}/plain`), {
      ...limits,
      headers: { authorization: 'Bearer s3cret', cookie: 'a=b' },
    })
    expect(pages.requests.at(-1)?.headers['authorization']).toBe('Bearer s3cret')
    expect(pages.requests.at(-1)?.headers['cookie']).toBeUndefined()
    expect(other.requests.at(-1)?.headers['authorization']).toBeUndefined()
    expect(other.requests.at(-1)?.headers['cookie']).toBeUndefined()
    await other.close()
  })

  test('303 turns a POST into a GET, 307 keeps it', async () => {
    const post = { ...limits, method: 'POST' as const, body: 'hello' }
    await guarded()(to('/plain', 303), post)
    expect(pages.requests.at(-1)).toMatchObject({ path: '/plain', method: 'GET', body: '' })
    await guarded()(to('/plain', 307), post)
    expect(pages.requests.at(-1)).toMatchObject({ path: '/plain', method: 'POST', body: 'hello' })
  })
})

describe('limits', () => {
  const guarded = () => createGuardedFetch({ allowHosts: [pages.host] })

  test('an endless body is cut off and the connection closed', async () => {
    expect(await failure(guarded()(`${pages.url}/endless`, { ...limits, maxBytes: 100_000 }))).toBe(
      'too_large',
    )
    await pages.hungUp
  })

  test('a decompression bomb is refused', async () => {
    expect(await failure(guarded()(`${pages.url}/bomb`, limits))).toBe('too_large')
  })

  test('a compressed answer is read, a torn one is not', async () => {
    const answer = await guarded()(`${pages.url}/gzip`, limits)
    expect(new TextDecoder().decode(answer.bytes)).toBe('squeezed')
    expect(await failure(guarded()(`${pages.url}/torn-gzip`, limits))).toBe('bad_response')
  })

  test.each(['/never', '/slow'])('%s ends at the time limit', async (path) => {
    expect(await failure(guarded()(pages.url + path, { ...limits, timeoutMs: 30 }))).toBe('timeout')
  })

  test('the caller can stop it', async () => {
    const stop = new AbortController()
    const work = guarded()(`${pages.url}/slow`, { ...limits, signal: stop.signal })
    stop.abort()
    expect(await failure(work)).toBe('aborted')
  })

  test('a stuck resolver cannot hold it', async () => {
    const stuck = createGuardedFetch({ resolve: () => new Promise(() => {}) })
    expect(await failure(stuck('http://stuck.example/', { ...limits, timeoutMs: 20 }))).toBe('timeout')
  })

  test('unwanted media types are refused unread', async () => {
    expect(await failure(guarded()(`${pages.url}/image`, { ...limits, types: ['text/*'] }))).toBe(
      'wrong_type',
    )
    expect(await failure(guarded()(`${pages.url}/image`, { ...limits, types: ['image/*'] }))).toBe('none')
  })

  test('allowPrivate opens everything', async () => {
    const open = createGuardedFetch({ allowPrivate: true })
    expect((await open(`${pages.url}/plain`, limits)).status).toBe(200)
  })

  test('the list is exact about the port', async () => {
    const narrow = createGuardedFetch({ allowHosts: ['127.0.0.1:1'] })
    expect(await failure(narrow(`${pages.url}/plain`, limits))).toBe('blocked')
  })
})
