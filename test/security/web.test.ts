// What browsers could be talked into: scripts in what people write and upload, and requests from other sites' pages.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseHTML } from 'linkedom'
import { highlight } from '../../public/src/markdown/highlight.ts'
import { parseBlocks } from '../../public/src/markdown/parse.ts'
import { Api } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { TINY_PNG } from '../support/test-images.ts'
import { PASSWORD, uploadPicture } from './support/native-world.ts'

let server: TestServer
let ann: Api

beforeAll(async () => {
  server = await startTestServer()
  ann = await Api.register(server.url, 'ann')
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
})

describe('messages as HTML', () => {
  const script = 'alert(1)'
  const payloads = [
    `<script>${script}</script>`,
    `<img src=x onerror=${script}>`,
    `<svg/onload=${script}>`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${script}&gt;">`,
    `<iframe srcdoc="<script>${script}</script>">`,
    `<a href="javascript:${script}">x</a>`,
    `[x](javascript:${script})`,
    `[x](JaVaScRiPt:${script})`,
    `[x](java\tscript:${script})`,
    `[x](java&#10;script:${script})`,
    `[x](&#106;avascript:${script})`,
    `[x](\u0001javascript:${script})`,
    `[x](vbscript:${script})`,
    `[x](data:text/html,<script>${script}</script>)`,
    `[x](//evil.example/x)`,
    `[x](/\\evil.example/x)`,
    `<javascript:${script}>`,
    `[x]: javascript:${script}\n\n[x]`,
    `![x](javascript:${script})`,
    `![x](data:image/svg+xml,<svg onload=${script}>)`,
    `![" onerror="${script}](/uploads/chat-images/x.png)`,
    `![x](/uploads/x.png" onerror="${script})`,
    `![x](/uploads/../api/v1/auths/signout)`,
    `![x](/uploads/%2e%2e/api/v1/auths/signout)`,
    `[x](https://a.example "t\\" onmouseover=\\"${script}")`,
    `[x](https://a.example 't" onmouseover="${script}')`,
    `[x](https://a.example" onmouseover="${script})`,
    `[<img src=x onerror=${script}>](https://a.example)`,
    `\`\`\`js" onmouseover="${script}\nx\n\`\`\``,
    `\`\`\`<img src=x onerror=${script}>\n<img src=x onerror=${script}>\n\`\`\``,
    `\`<img src=x onerror=${script}>\``,
    `| <img src=x onerror=${script}> |\n| --- |\n| <svg onload=${script}> |`,
    `$\\href{javascript:${script}}{x}$`,
    `$$\\htmlData{onclick=${script}}{x}$$`,
    `$"><img src=x onerror=${script}>$`,
    `$\\includegraphics[alt=x]{javascript:${script}}$`,
    `@ann"onmouseover="${script}`,
    `:"><img src=x onerror=${script}>:`,
    `# <img src=x onerror=${script}>`,
    `- [ ] <img src=x onerror=${script}>`,
    `https://a.example/"onmouseover="${script}`,
    `mailto:x@a.example"onclick="${script}`,
    `<!--><img src=x onerror=${script}>-->`,
    `&lt;img src=x onerror=${script}&gt;`,
    `<div style="background:url(javascript:${script})">`,
    `<form action=javascript:${script}><button>`,
    `\u2028<script>${script}</script>`,
    `<scr\u0000ipt>${script}</script>`,
  ]
  const allowed = new Set(
    'A BLOCKQUOTE BR CODE DEL DIV EM H1 H2 H3 H4 H5 H6 HR IMG LI OL P PRE SPAN STRONG TABLE TBODY TD TH THEAD TR UL'.split(
      ' ',
    ),
  )
  const attributes = /^(href|title|target|rel|src|alt|loading|class|data-[a-z]+|start)$/

  test.each(payloads)('%p is only text', (text) => {
    const { document } = parseHTML(`<html><body>${parseBlocks(text).join('')}</body></html>`)
    for (const element of document.body.querySelectorAll('*')) {
      expect(allowed).toContain(element.tagName)
      for (const { name } of element.attributes) expect(name).toMatch(attributes)
      const href = element.getAttribute('href')
      if (href !== null) expect(href).toMatch(/^(https?:\/\/|mailto:|\/[^/\\])/i)
      const src = element.getAttribute('src')
      if (src !== null) expect(new URL(src, 'http://here/').pathname).toMatch(/^\/uploads\//)
    }
  })

  test.each(payloads)('%p is only text in coloured code', (text) => {
    for (const language of ['html', 'xml', 'javascript', 'markdown', 'css']) {
      const html = highlight(text, language)
      if (html === null) continue
      const { document } = parseHTML(`<html><body>${html}</body></html>`)
      for (const element of document.body.querySelectorAll('*')) {
        expect(element.tagName).toBe('SPAN')
        expect([...element.attributes].map(({ name }) => name)).toEqual(['class'])
      }
    }
  })

  test('the page allows scripts of ours only, and no frames around it', async () => {
    const policy = (await fetch(server.url)).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe|script-src[^;]*\*/)
    for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      expect(policy).toContain(part)
  })
})

describe('uploads', () => {
  test.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['a script', 'alert(1)//'],
    ['a GIF that is none', 'GIF8<script>alert(1)</script>'],
    ['a PDF', '%PDF-1.7'],
  ])('%s named .png is refused', async (_name, bytes) => {
    expect((await uploadPicture(ann, bytes, 'a.png')).status).toBe(415)
  })

  test('a picture with a page behind it is handed out as a picture and nothing else', async () => {
    const page = new TextEncoder().encode('<html><script>alert(1)</script></html>')
    const names = [
      'a.html',
      '../../../etc/passwd',
      'a.png\r\nSet-Cookie: token=x',
      '"><script>.svg',
      'x\u202egnp.exe',
      '\ud800.png',
    ]
    for (const name of names) {
      const { status, body } = await uploadPicture(ann, new Uint8Array([...TINY_PNG, ...page]), name)
      expect(status).toBe(201)
      expect(body.url).toMatch(/^\/uploads\/chat-images\/[0-9a-f-]{36}\.png$/)
      const shown = await fetch(server.url + body.url)
      expect(shown.headers.get('content-type')).toBe('image/png')
      expect(shown.headers.get('x-content-type-options')).toBe('nosniff')
      expect(shown.headers.get('content-security-policy')).toContain('sandbox')
      expect(shown.headers.get('set-cookie')).toBeNull()
      expect(shown.headers.get('content-disposition')).not.toMatch(/[\r\n"<>]|\.\.\//)
    }
  })

  test.each([
    '../chat.db',
    '..%2fchat.db',
    '%2e%2e/%2e%2e/etc/passwd',
    '....//chat.db',
    'avatars/../../chat.db',
    'avatars/..%2f..%2fchat.db',
    '/etc/passwd',
    'chat-images/%00',
    'chat-images/%ff',
    '..\\chat.db',
    'thumbnails/../chat.db',
  ])('nothing outside the folder by /uploads/%s', async (path) => {
    const { port } = server.server
    // As it is written: fetch would straighten the path out first.
    const answer = await raw(
      port ?? 0,
      `GET /uploads/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    // Paths that are no upload may be a page of the client's.
    expect(answer).toMatch(/^HTTP\/1\.1 (404|400)|content-type: text\/html/i)
    expect(answer).not.toMatch(/root:x:0|SQLite format/)
  })

  test('files of the Open WebUI face are downloads unless they are pictures', async () => {
    const form = new FormData()
    form.set('file', new File(['<script>alert(1)</script>'], 'page.html', { type: 'text/html' }))
    const { body } = await ann.call('POST', '/api/v1/files/', form)
    for (const tail of ['content', 'content/html', 'content/page.html']) {
      const shown = await fetch(`${server.url}/api/v1/files/${body.id}/${tail}`, {
        headers: { authorization: `Bearer ${ann.token}` },
      })
      if (!shown.ok) continue
      const headers = Object.fromEntries(shown.headers)
      const runs =
        /html|svg|xml|javascript/.test(headers['content-type'] ?? '') &&
        !/attachment/.test(headers['content-disposition'] ?? '')
      expect({ tail, runs, sandbox: /sandbox/.test(headers['content-security-policy'] ?? '') }).toEqual({
        tail,
        runs,
        sandbox: runs || /sandbox/.test(headers['content-security-policy'] ?? ''),
      })
    }
  })

  test('a picture of oneself is a picture, whatever it says it is', async () => {
    const set = (url: string) =>
      ann.post('/api/v1/auths/update/profile', { name: 'ann', profile_image_url: url })
    for (const url of [
      'javascript:alert(1)',
      'data:text/html;base64,PHNjcmlwdD4=',
      'data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+',
      '//evil.example/x',
      '/\\evil.example',
      'file:///etc/passwd',
    ]) {
      await set(url)
      const shown = await fetch(`${server.url}/api/v1/users/${ann.user.id}/profile/image`, {
        redirect: 'manual',
        headers: { authorization: `Bearer ${ann.token}` },
      })
      expect(shown.headers.get('location') ?? '/').toMatch(/^\/(?![/\\])/)
      const type = shown.headers.get('content-type') ?? ''
      expect(type).not.toContain('html')
      if (type.includes('svg')) expect(shown.headers.get('content-security-policy')).toContain('sandbox')
    }
    await set('')
  })
})

describe('requests of other sites', () => {
  test('a cookie of ours is worth nothing to them', async () => {
    const login = await fetch(`${server.url}/api/v4/users/login`, {
      method: 'POST',
      headers: { 'x-requested-with': 'XMLHttpRequest' },
      body: JSON.stringify({ login_id: 'ann', password: PASSWORD }),
    })
    const mm = login.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ')
    expect(login.headers.getSetCookie().every((cookie) => /SameSite=Lax/i.test(cookie))).toBe(true)
    expect(login.headers.getSetCookie().find((cookie) => cookie.startsWith('MMAUTHTOKEN'))).toContain(
      'HttpOnly',
    )
    const writes: [string, string, string, object][] = [
      ['POST', '/api/v1/chats/new', `token=${ann.token}`, { chat: { title: 'forged' } }],
      [
        'POST',
        '/api/v1/auths/update/profile',
        `token=${ann.token}`,
        { name: 'forged', profile_image_url: '' },
      ],
      ['DELETE', '/api/v1/chats/', `token=${ann.token}`, {}],
      ['PUT', '/api/v4/users/me/patch', mm, { nickname: 'forged' }],
      ['POST', '/api/v4/users/logout', mm, {}],
    ]
    for (const [method, path, cookie, body] of writes) {
      for (const origin of [
        'https://evil.example',
        'null',
        `${server.url}.evil.example`,
        'http://127.0.0.1:1',
      ]) {
        for (const more of [
          {},
          { authorization: 'Basic eDp5' },
          { authorization: 'Bearer none' },
          { 'x-requested-with': 'XMLHttpRequest' },
        ] as Record<string, string>[]) {
          const answer = await fetch(server.url + path, {
            method,
            headers: { cookie, origin, 'content-type': 'text/plain', ...more },
            body: JSON.stringify(body),
          })
          expect([401, 403]).toContain(answer.status)
          expect(answer.headers.get('access-control-allow-origin')).toBeNull()
        }
      }
    }
    expect((await ann.get('/api/auth/me')).body.display_name).not.toBe('forged')
    // Without an Origin (not a page), Mattermost's cookie still needs its proof.
    const bare = await fetch(`${server.url}/api/v4/users/me/patch`, {
      method: 'PUT',
      headers: { cookie: mm },
      body: '{"nickname":"forged"}',
    })
    expect(bare.status).toBe(401)
  })

  test('a picture on a page signs nobody out', async () => {
    const own = await Api.register(server.url, 'signed-in')
    for (const dest of ['image', 'document', 'iframe', 'script']) {
      await fetch(`${server.url}/api/v1/auths/signout`, {
        headers: { cookie: `token=${own.token}`, 'sec-fetch-dest': dest, 'sec-fetch-site': 'same-origin' },
      })
      expect((await own.get('/api/auth/me')).status).toBe(200)
    }
    await fetch(`${server.url}/api/v1/auths/signout`, {
      headers: { authorization: `Bearer ${own.token}`, 'sec-fetch-dest': 'empty' },
    })
    expect((await own.get('/api/auth/me')).status).toBe(401)
  })

  test('CORS for every origin lets nobody come with cookies; a named one may', async () => {
    const open = await startTestServer({ env: { CORS_ALLOW_ORIGIN: '*' } })
    const named = await startTestServer({ env: { CORS_ALLOW_ORIGIN: 'https://chat.example' } })
    try {
      const ask = (url: string, origin: string) => fetch(`${url}/api/config`, { headers: { origin } })
      const any = await ask(open.url, 'https://evil.example')
      expect(any.headers.get('access-control-allow-origin')).toBe('https://evil.example')
      expect(any.headers.get('access-control-allow-credentials')).toBeNull()
      expect((await ask(open.url, 'null')).headers.get('access-control-allow-origin')).toBeNull()
      const own = await ask(named.url, 'https://chat.example')
      expect(own.headers.get('access-control-allow-credentials')).toBe('true')
      expect(
        (await ask(named.url, 'https://evil.example')).headers.get('access-control-allow-origin'),
      ).toBeNull()
      const victim = await Api.register(open.url, 'victim')
      const forged = await fetch(`${open.url}/api/v1/auths/update/profile`, {
        method: 'POST',
        headers: {
          origin: 'https://evil.example',
          cookie: `token=${victim.token}`,
          authorization: 'Basic x',
          'content-type': 'application/json',
        },
        body: '{"name":"forged","profile_image_url":""}',
      })
      expect(forged.status).toBe(403)
    } finally {
      await open.stop()
      await named.stop()
    }
  })
})

async function raw(port: number, text: string): Promise<string> {
  let answer = ''
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data: (_socket, data) => void (answer += data.toString('latin1')),
      close: () => resolve(),
      error: () => resolve(),
    },
  })
  socket.write(text)
  await promise
  return answer
}
