// How e-mail leaves the server; without a host none does. See index.ts for the rules of the table.
import { option } from '../option.ts'
import { boolean, choice, integer, text } from '../parsers.ts'

export const mail = {
  host: option({
    names: 'SMTP_HOST SMTP_SERVER MM_EMAILSETTINGS_SMTPSERVER',
    about:
      'Mail server that takes what this server sends: forgotten passwords, checks of addresses, invitations to teams. Needs `PUBLIC_URL`.',
    as: text,
    shown: 'no e-mail',
  }),
  port: option({
    names: 'SMTP_PORT MM_EMAILSETTINGS_SMTPPORT',
    about: 'Its port.',
    as: integer(1, 65_535),
    shown: '587, or 465 with `tls`, or 25 with `none`',
  }),
  security: option({
    names: 'SMTP_SECURITY SMTP_TLS MM_EMAILSETTINGS_CONNECTIONSECURITY',
    about: 'How the connection is secured: `starttls`, `tls` from the start, or `none`.',
    as: choice({ starttls: 'starttls', tls: 'tls', none: 'none' }),
    or: 'starttls',
  }),
  username: option({
    names: 'SMTP_USERNAME SMTP_USER MM_EMAILSETTINGS_SMTPUSERNAME',
    about: 'Account there, when it wants one.',
    as: text,
  }),
  password: option({
    names: 'SMTP_PASSWORD SMTP_PASS MM_EMAILSETTINGS_SMTPPASSWORD',
    about: 'Its password.',
    as: text,
    secret: true,
  }),
  from: option({
    names: 'SMTP_FROM SMTP_FROM_ADDRESS MM_EMAILSETTINGS_FEEDBACKEMAIL',
    about: 'Address that the e-mail comes from.',
    as: text,
    shown: '`noreply@` and the host of `PUBLIC_URL`',
  }),
  fromName: option({
    names: 'SMTP_FROM_NAME MM_EMAILSETTINGS_FEEDBACKNAME',
    about: 'Name beside that address.',
    as: text,
    or: 'Hubbub',
  }),
  skipVerify: option({
    names: 'SMTP_SKIP_CERT_VERIFY MM_EMAILSETTINGS_SKIPSERVERCERTIFICATEVERIFICATION',
    about: 'Do not check the certificate of the mail server. Only for one on your own network.',
    as: boolean(),
    or: false,
  }),
}
