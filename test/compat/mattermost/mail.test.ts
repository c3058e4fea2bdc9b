import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import { createMailer } from '../../../src/drivers/mail.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { type MailServer, startMailServer } from '../../support/smtp.ts'
import { clientFor, PASSWORD, signUp } from './rig.ts'

// Goal: forgotten passwords, checks of addresses and invitations go by e-mail; a link works once and tells nobody who
// has an account. Method: whole servers with a mail server on loopback.

const post = (url: string, path: string, body: unknown, headers = {}) =>
  fetch(`${url}/api/v4${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
/** The client's types do not know all of it. */
const me = async (client: Client4) => (await client.getMe()) as unknown as Record<string, unknown>
const told = async (answer: Response) => [answer.status, ((await answer.json()) as { id?: string }).id]
const tokenIn = (raw: string) => /token=([0-9a-f]{64})/.exec(raw)?.[1] ?? 'none'

bothDialects('e-mail', (fixture) => {
  let server: TestServer
  let mail: MailServer
  let bobId: string

  beforeAll(async () => {
    mail = startMailServer()
    server = await startTestServer({
      env: {
        DATABASE_URL: await fixture.database(),
        PUBLIC_URL: 'https://chat.example.com',
        MM_EMAILSETTINGS_SMTPSERVER: '127.0.0.1',
        SMTP_PORT: String(mail.port),
        SMTP_SECURITY: 'none',
      },
    })
    await signUp(server, 'admin')
    ;({ id: bobId } = await signUp(server, 'bob'))
    await mail.next()
    await mail.next()
  }, 60_000)
  afterAll(async () => {
    mail[Symbol.dispose]()
    await server.stop()
  })

  const askReset = (email: string) => post(server.url, '/users/password/reset/send', { email })
  const reset = (token: string, new_password: string) =>
    post(server.url, '/users/password/reset', { token, new_password })
  const badReset = [400, 'api.user.reset_password.invalid_link.app_error']

  test('a forgotten password is set anew, once, and ends all sessions', async () => {
    const before = clientFor(server.url)
    await before.login('bob', PASSWORD)
    expect((await askReset('Bob@Example.com')).status).toBe(200)
    const letter = await mail.next()
    expect([letter.from, letter.to]).toEqual(['noreply@chat.example.com', ['bob@example.com']])
    expect(letter.raw).toContain('https://chat.example.com/reset_password_complete?token=')
    const token = tokenIn(letter.raw)
    expect((await reset(token, 'short')).status).toBe(400)
    expect((await reset(token, 'a quite new password')).status).toBe(200)
    await expect(before.getMe()).rejects.toMatchObject({ status_code: 401 })
    await clientFor(server.url).login('bob', 'a quite new password')
    expect(await told(await reset(token, 'another new password'))).toEqual(badReset)
  })

  test('nobody learns who has an account, and only the newest link works', async () => {
    const answers = [await askReset('bob@example.com'), await askReset('nobody@example.com')]
    expect(await Promise.all(answers.map(async (one) => [one.status, await one.text()]))).toEqual([
      [200, '{"status":"OK"}'],
      [200, '{"status":"OK"}'],
    ])
    const old = tokenIn((await mail.next()).raw)
    await askReset('bob@example.com')
    const newer = tokenIn((await mail.next()).raw)
    expect(await told(await reset(old, 'a newer password yet'))).toEqual(badReset)
    expect(await told(await reset('0'.repeat(64), 'a newer password yet'))).toEqual(badReset)
    // The fourth in an hour is not sent, and answered alike.
    expect((await askReset('bob@example.com')).status).toBe(200)
    expect((await reset(newer, 'a newer password yet')).status).toBe(200)
  })

  test('an address is verified by whoever gets the letter', async () => {
    const { client, id } = await signUp(server, 'carol')
    expect((await me(client))['email_verified']).toBe(false)
    const letter = await mail.next()
    expect(letter.to).toEqual(['carol@example.com'])
    const token = tokenIn(letter.raw)
    expect((await post(server.url, '/users/email/verify', { token })).status).toBe(200)
    expect(await me(client)).toMatchObject({ id, email_verified: true })
    expect(await told(await post(server.url, '/users/email/verify', { token }))).toEqual([
      400,
      'api.user.verify_email.bad_link.app_error',
    ])
    // Another address is another question; a link of the one kind does not do for the other.
    const move = (password?: string) => client.patchMe({ email: 'carol2@example.com', password } as never)
    await expect(move()).rejects.toMatchObject({ status_code: 400 })
    await expect(move('not hers')).rejects.toMatchObject({ status_code: 400 })
    await move(PASSWORD)
    expect((await me(client))['email_verified']).toBe(false)
    await post(server.url, '/users/email/verify/send', { email: 'carol2@example.com' })
    const again = tokenIn((await mail.next()).raw)
    expect(await told(await reset(again, 'a newer password yet'))).toEqual(badReset)
  })

  test('an invitation names the team and its link', async () => {
    const client = clientFor(server.url)
    await client.login('admin', PASSWORD)
    const team = await client.createTeam({ name: 'crew', display_name: 'Crew\r\nBcc: x', type: 'I' } as never)
    const headers = { authorization: `Bearer ${client.getToken()}` }
    const path = `/teams/${team.id}/invite/email`
    const sent = await post(server.url, `${path}?graceful=true`, ['new@example.com'], headers)
    expect([sent.status, await sent.json()]).toEqual([200, [{ email: 'new@example.com', error: null }]])
    const { to, raw } = await mail.next()
    expect(to).toEqual(['new@example.com'])
    expect(raw).toContain(`https://chat.example.com/signup_user_complete/?id=${team.invite_id}`)
    expect(raw).not.toMatch(/^Bcc:/im)
    mail.refuse = true
    const refused = await post(server.url, `${path}?graceful=true`, ['new@example.com'], headers)
    mail.refuse = false
    expect(await refused.json()).toMatchObject([{ error: { status_code: 500 } }])
    const stranger = clientFor(server.url)
    await stranger.login('carol', PASSWORD)
    const asStranger = { authorization: `Bearer ${stranger.getToken()}` }
    expect((await post(server.url, path, ['new@example.com'], asStranger)).status).toBe(404)
    expect((await post(server.url, path, ['no address'], headers)).status).toBe(400)
  })

  test('the configuration says so, and cannot say otherwise', async () => {
    const client = clientFor(server.url)
    await client.login('admin', PASSWORD)
    const config = await client.getConfig()
    expect(config.EmailSettings).toMatchObject({ SMTPServer: '127.0.0.1', SMTPPort: String(mail.port) })
    expect(config.ServiceSettings.EnableEmailInvitations).toBe(true)
    config.EmailSettings.SMTPServer = 'evil.example.com'
    expect((await client.updateConfig(config)).EmailSettings.SMTPServer).toBe('127.0.0.1')
  })

  test('an administrator tries the mail server, and vouches for an address', async () => {
    const client = clientFor(server.url)
    await client.login('admin', PASSWORD)
    const as = (who: Client4) => ({ authorization: `Bearer ${who.getToken()}` })
    expect((await post(server.url, '/email/test', {}, as(client))).status).toBe(200)
    expect((await mail.next()).to).toEqual(['admin@example.com'])
    mail.refuse = true
    expect((await post(server.url, '/email/test', {}, as(client))).status).toBe(503)
    mail.refuse = false
    const { client: erin, id } = await signUp(server, 'erin')
    await mail.next()
    expect((await post(server.url, '/email/test', {}, as(erin))).status).toBe(403)
    expect((await post(server.url, `/users/${id}/email/verify/member`, {}, as(erin))).status).toBe(403)
    expect((await post(server.url, `/users/${id}/email/verify/member`, {}, as(client))).status).toBe(200)
    expect((await me(erin))['email_verified']).toBe(true)
  })

  test('the page behind a link changes the password by a form, not by being opened', async () => {
    const { client } = await signUp(server, 'dora')
    await mail.next()
    await askReset('dora@example.com')
    const token = tokenIn((await mail.next()).raw)
    const page = `${server.url}/reset_password_complete?token=${token}`
    for (let n = 0; n < 2; n++) expect(await (await fetch(page)).text()).toContain(token)
    const sent = await fetch(page, { method: 'POST', body: new URLSearchParams({ token, password: 'short' }) })
    expect(sent.status).toBe(400)
    const body = new URLSearchParams({ token, password: 'chosen in a form' })
    expect(await (await fetch(page, { method: 'POST', body })).text()).toContain('changed')
    await expect(client.getMe()).rejects.toMatchObject({ status_code: 401 })
    await clientFor(server.url).login('dora', 'chosen in a form')
    const strange = await fetch(`${server.url}/do_verify_email?token=%22%3E%3Cscript%3E`)
    expect(await strange.text()).not.toContain('<script>')
    expect(strange.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('what went wrong is in the log, and no secret is', () => {
    expect(server.errors.every((line) => !/token=|[0-9a-f]{64}/.test(line))).toBe(true)
    expect(bobId).not.toBe('')
  })
})

test('without a mail server, asking for a link is refused as Mattermost does', async () => {
  const server = await startTestServer()
  try {
    const ask = (path: string) => post(server.url, path, { email: 'a@example.com' })
    expect(await told(await ask('/users/password/reset/send'))).toEqual([
      501,
      'api.user.send_password_reset.disabled.app_error',
    ])
    expect((await ask('/users/email/verify/send')).status).toBe(501)
    const { client } = await signUp(server, 'admin')
    expect((await me(client))['email_verified']).toBe(true)
  } finally {
    await server.stop()
  }
})

test('a mailer that must have a secured line sends nothing without', async () => {
  using mail = startMailServer()
  const settings = {
    host: '127.0.0.1',
    port: mail.port,
    security: 'starttls' as const,
    login: null,
    from: 'a@example.com',
    fromName: 'A',
    skipVerify: false,
  }
  await expect(
    createMailer(settings).send({ to: 'b@example.com', subject: 'x', text: 'y' }),
  ).rejects.toThrow(/STARTTLS/)
  expect(mail.letters).toEqual([])
})
