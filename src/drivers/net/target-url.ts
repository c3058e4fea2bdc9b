// Reads a URL from outside and decides whether its spelling alone already rules it out:
// scheme, credentials, port, host name. Addresses are judged later, after DNS (guarded-fetch.ts).
import ipaddr from 'ipaddr.js'
import { GuardedFetchError } from './guarded-fetch-error.ts'

const URL_LENGTH_MAX = 4096

/** Ports on which an HTTP request could be read as a command by another service (after the WHATWG fetch list). */
const BLOCKED_PORTS = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  2375, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  9200, 10080, 11211, 27017,
])

export interface TargetUrl {
  readonly url: URL
  /** Host without brackets and trailing dot; what DNS and TLS are asked for. */
  readonly hostname: string
  readonly port: number
  /** The host when it is an address already (any odd spelling normalised by the URL parser), else null. */
  readonly literalAddress: string | null
}

/** Parses and checks the spelling. Throws GuardedFetchError 'bad_url' or 'blocked'. */
export function parseTargetUrl(input: string, base?: URL): TargetUrl {
  if (input.length > URL_LENGTH_MAX) throw new GuardedFetchError('bad_url', 'The address is too long.')
  const url = URL.parse(input, base)
  if (url === null) throw new GuardedFetchError('bad_url', 'This is not a valid address.')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new GuardedFetchError('bad_url', 'Only http and https addresses can be opened.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new GuardedFetchError('bad_url', 'An address with a user name or password in it cannot be opened.')
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '')
  if (hostname === '') throw new GuardedFetchError('bad_url', 'The address has no host.')
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { url, hostname, port, literalAddress: ipaddr.isValid(hostname) ? hostname : null }
}

/** True for hosts that name this machine and for ports that belong to other protocols. */
export function isBlockedName(target: TargetUrl): boolean {
  const name = target.hostname.toLowerCase()
  return BLOCKED_PORTS.has(target.port) || name === 'localhost' || name.endsWith('.localhost')
}
