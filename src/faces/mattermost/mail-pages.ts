/**
 * The pages that links in e-mail open, where no Mattermost front end is served that has its own: a plain form each,
 * without a script. Opening one changes nothing, since mail programs look at links before people do.
 */
import { AppFault } from '../../core/faults.ts'
import type { Face } from './face.ts'
import { peerOf } from '../../realtime/peer.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
const STYLE = 'body{font:16px/1.5 system-ui;max-width:24rem;margin:15vh auto;padding:0 1rem}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;margin:.25rem 0 1rem}'
const BODY_MAX = 10_000

/** null for all other paths. */
export async function mailPage(face: Face, request: Request): Promise<Response | null> {
  const { pathname, searchParams } = new URL(request.url)
  const page = PAGES[pathname]
  if (!page || !face.core.mailLinks.enabled) return null
  if (request.method === 'GET') return html(page.title, page.form(secretOf(searchParams.get('token'))))
  if (request.method !== 'POST') return null
  const body = await request.text()
  const sent = new URLSearchParams(body.length > BODY_MAX ? '' : body)
  const token = secretOf(sent.get('token'))
  try {
    await page.act(face, token, sent.get('password') ?? '', peerOf(request).ip)
    return html(page.title, `<p>${page.done}</p>`)
  } catch (error) {
    if (!(error instanceof AppFault)) throw error
    const again = error.code === 'mail.bad_link' ? '' : page.form(token)
    return html(page.title, `<p role="alert">${escape(error.message)}</p>${again}`, 400)
  }
}

interface Page {
  title: string
  done: string
  form: (token: string) => string
  act: (face: Face, token: string, password: string, ip: string | null) => Promise<void>
}

const hidden = (token: string) => `<input type="hidden" name="token" value="${token}">`

const PAGES: Readonly<Record<string, Page>> = {
  '/reset_password_complete': {
    title: 'Choose a new password',
    done: 'Your password is changed. You can sign in with it now.',
    form: (token) =>
      `<form method="post">${hidden(token)}<label>New password<input type="password" name="password" minlength="8" required autocomplete="new-password"></label><button>Change it</button></form>`,
    act: (face, token, newPassword, ip) => face.core.mailLinks.resetPassword({ token, newPassword, ip }),
  },
  '/do_verify_email': {
    title: 'Confirm your e-mail address',
    done: 'Thank you. Your address is confirmed.',
    form: (token) => `<form method="post">${hidden(token)}<button>It is mine</button></form>`,
    act: (face, token, _password, ip) => face.core.mailLinks.confirmEmail({ token, ip }),
  },
}

/** Nothing else is a secret of ours, and so nothing else gets into a page. */
function secretOf(token: string | null): string {
  return token !== null && /^[0-9a-f]{1,128}$/.test(token) ? token : ''
}

const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

function html(title: string, body: string, status = 200): Response {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style><main><h1>${title}</h1>${body}</main></html>`
  return new Response(page, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  })
}
