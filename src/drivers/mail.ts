/**
 * E-mail over SMTP: one plain letter a connection, since there are few. Of nodemailer only the protocol is used; its
 * parts for attachments, templates and other ways of sending would make the binary a megabyte larger.
 */
import SmtpConnection from 'nodemailer/lib/smtp-connection'
import type { Mail, Mailer } from '../core/ports.ts'

/** As src/config gives it. */
export interface SmtpSettings {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'tls' | 'none'
  readonly login: { readonly username: string; readonly password: string } | null
  readonly from: string
  readonly fromName: string
  readonly skipVerify: boolean
}

const CONNECT_MS = 15_000
const SILENCE_MS = 30_000
/** Bytes in one encoded word of a header: with its frame it stays below 75 characters. */
const WORD_BYTES = 42

export function createMailer(settings: SmtpSettings): Mailer {
  return {
    async send(mail) {
      const connection = connect(settings)
      // Errors also reach the callbacks; without a listener they would end the process.
      const broken = new Promise<never>((_, reject) => connection.once('error', reject))
      try {
        await Promise.race([broken, deliver(connection, settings, mail)])
        connection.quit()
      } catch (error) {
        connection.close()
        throw error
      }
    },
  }
}

function connect({ host, port, security, skipVerify }: SmtpSettings): SmtpConnection {
  return new SmtpConnection({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { rejectUnauthorized: !skipVerify },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  })
}

async function deliver(connection: SmtpConnection, settings: SmtpSettings, mail: Mail): Promise<void> {
  const { login, from } = settings
  await done((end) => connection.connect(end))
  if (login) {
    const credentials = { user: login.username, pass: login.password }
    await done((end) => connection.login({ credentials }, end))
  }
  await done((end) => connection.send({ from, to: [mail.to] }, letter(settings, mail), end))
}

function done(start: (end: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())))
}

/** Addresses were checked where they came in; names and subjects are encoded, so that nothing in them is a header. */
function letter({ from, fromName }: SmtpSettings, { to, subject, text }: Mail): string {
  const body = Buffer.from(text.replace(/\r?\n/g, '\r\n')).toString('base64')
  return [
    `From: ${encoded(fromName)} <${from}>`,
    `To: <${to}>`,
    `Subject: ${encoded(subject)}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${crypto.randomUUID()}@${from.slice(from.indexOf('@') + 1)}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(body.match(/.{1,76}/g) ?? []),
    '',
  ].join('\r\n')
}

/** Words of RFC 2047, none of which cuts a character. */
function encoded(text: string): string {
  const words: string[] = []
  let word = ''
  for (const char of text) {
    if (Buffer.byteLength(word + char) > WORD_BYTES) {
      words.push(word)
      word = ''
    }
    word += char
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ')
}
