/** What the server's e-mail says. Plain text: nothing in it is markup, whatever names people have. */
import type { Mail } from '../ports.ts'
import type { User } from '../types.ts'

type Text = Pick<Mail, 'subject' | 'text'>

/** Names people chose, in one line and not endless. */
const oneLine = (name: string) => name.replace(/\s+/g, ' ').trim().slice(0, 80)

export function resetMail(user: User, link: string): Text {
  return {
    subject: 'Reset your password',
    text: [
      `Somebody, presumably you, asked for a new password of the account ${user.username}.`,
      `Open this page to choose one:\n\n${link}`,
      'The link works once, and for 24 hours. If you did not ask for it, do nothing: your password stays as it is.\n',
    ].join('\n\n'),
  }
}

export function verifyMail(user: User, link: string): Text {
  return {
    subject: 'Confirm your e-mail address',
    text: [
      `This address was given for the account ${user.username}.`,
      `Open this page to confirm that it is yours:\n\n${link}`,
      'If you do not know the account, do nothing.\n',
    ].join('\n\n'),
  }
}

export function testMail(): Text {
  return { subject: 'A test', text: 'E-mail leaves this server: somebody tried it on the system console.\n' }
}

export function invitationMail(inviter: User, teamName: string, link: string): Text {
  const name = oneLine(inviter.displayName)
  return {
    subject: `${name} invites you to ${oneLine(teamName)}`,
    text: [
      `${name} (@${inviter.username}) invites you to join the team ${oneLine(teamName)}.`,
      `Open this page to come in:\n\n${link}\n`,
    ].join('\n\n'),
  }
}
