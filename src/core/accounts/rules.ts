/** What names, addresses and passwords may be. Pure functions; each throws `invalid` naming its field. */
import { fault } from '../faults.ts'
import type { SessionKind } from '../types.ts'

export const PASSWORD_MIN_CHARS = 8
/** Long enough for any pass phrase; hashing time grows with length, so there is an end. */
export const PASSWORD_MAX_CHARS = 1_000
const DISPLAY_NAME_MAX_CHARS = 80
const BIO_MAX_CHARS = 500
const EMAIL_MAX_CHARS = 254
/** Open WebUI keeps pictures as data: URIs in the row. */
const IMAGE_URL_MAX_CHARS = 3_000_000

/** RFC 2606 keeps `.invalid` free of real addresses: nobody can own, or claim, one of these. */
const PLACEHOLDER_DOMAIN = '.hubbub.invalid'

const USERNAME = /^[a-z0-9._-]{2,32}$/
/** Mattermost's clients take 1 to 64; so do names made of something else: a model id, an address. */
const LONG_USERNAME = /^[a-z0-9._-]{1,64}$/
/** Words that call everybody or the AI in a message, or that routes mean something else by. */
const RESERVED = new Set([
  'ai',
  'all',
  'channel',
  'everyone',
  'here',
  'hubbub',
  'me',
  'system',
  'undefined',
  'null',
])

// Linear: no nested quantifiers. Stricter than RFC 5321 where that never matters to people.
const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9-]{1,63})*$/
const DATA_IMAGE = /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$/
// Control characters, and those that turn the direction of the text around them (spoofing).
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

/** The name as it is stored: lower case. */
export function checkUsername(username: string, kind: SessionKind | 'bot'): string {
  const name = username.trim().toLowerCase()
  const long = kind !== 'native'
  if (!(long ? LONG_USERNAME : USERNAME).test(name)) {
    const range = long ? '1 to 64' : '2 to 32'
    const rule = `${range} characters: letters a–z, digits, dot, hyphen, underscore.`
    throw fault.invalid('account.bad_username', `A username has ${rule}`, { username: rule })
  }
  if (kind !== 'bot' && isReserved(name)) {
    throw fault.invalid('account.reserved_username', 'This username is reserved.', {
      username: 'is reserved',
    })
  }
  return name
}

/** Also what deleted people are called afterwards: who took such a name could not be got rid of. */
export function isReserved(username: string): boolean {
  return RESERVED.has(username) || /^deleted-[0-9a-f-]{36}$/.test(username)
}

/** A name made of whatever text there is: for accounts that came without a username. */
export function usernameFrom(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '.')
    .replace(/\.{2,}/g, '.')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 28)
  return plain.length < 2 || isReserved(plain) ? `user${plain === '' ? '' : `-${plain}`}` : plain
}

/** As it is stored: lower case. */
export function checkEmail(email: string): string {
  const address = email.trim().toLowerCase()
  if (address.length > EMAIL_MAX_CHARS || !EMAIL.test(address) || address.endsWith(PLACEHOLDER_DOMAIN)) {
    throw fault.invalid('account.bad_email', 'This is no e-mail address.', { email: 'is no e-mail address' })
  }
  return address
}

/** What stands in Open WebUI's tables, whose accounts all have an address, for one without. */
export function placeholderEmail(username: string, isBot: boolean): string {
  return `${username}@${isBot ? 'bots' : 'users'}${PLACEHOLDER_DOMAIN}`
}

export function isPlaceholderEmail(email: string): boolean {
  return email.endsWith(PLACEHOLDER_DOMAIN)
}

/** For new passwords. Without hashing anything, so that an endless one costs nothing. */
export function checkNewPassword(password: string, field = 'password'): void {
  if (password.length >= PASSWORD_MIN_CHARS && password.length <= PASSWORD_MAX_CHARS) return
  const rule = `${PASSWORD_MIN_CHARS} to ${PASSWORD_MAX_CHARS} characters`
  throw fault.invalid('account.bad_password', `A password has ${rule}.`, { [field]: `has ${rule}` })
}

export function checkDisplayName(name: string): string {
  return checkText(name.trim(), 'display_name', 'A display name', 1, DISPLAY_NAME_MAX_CHARS)
}

export function checkBio(bio: string): string {
  const text = bio.trim()
  if (text.length > BIO_MAX_CHARS) {
    const rule = `has at most ${BIO_MAX_CHARS} characters`
    throw fault.invalid('account.bad_bio', `A bio ${rule}.`, { bio: rule })
  }
  return text.replaceAll('\0', '')
}

/** A path on this server, an https address, or a picture in the URL itself; nothing that could run. */
export function checkProfileImageUrl(url: string): string {
  const fits =
    url.length <= IMAGE_URL_MAX_CHARS &&
    (url === '' ||
      /^\/(?!\/)[\w./~%?&=-]*$/.test(url) ||
      /^https?:\/\/[^\s"'<>\\]+$/.test(url) ||
      DATA_IMAGE.test(url))
  if (fits) return url
  throw fault.invalid('account.bad_image_url', 'This is no picture we can show.', {
    profile_image_url: 'must be a path, an http(s) URL or a data: URI of a png, jpeg, webp or gif',
  })
}

function checkText(text: string, field: string, what: string, min: number, max: number): string {
  if (text.length < min || text.length > max || UNPRINTABLE.test(text)) {
    const rule = `has ${min} to ${max} printable characters`
    throw fault.invalid(`account.bad_${field}`, `${what} ${rule}.`, { [field]: rule })
  }
  return text
}

/** A short free text of a profile (first name, position …). */
export function checkProfileText(text: string, field: string): string {
  return checkText(text.trim(), field, 'This field', 0, 128)
}
