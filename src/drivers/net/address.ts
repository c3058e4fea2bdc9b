// Which network addresses a URL chosen by a user or a model may lead to.
// Pure: knows nothing of DNS or HTTP; guarded-fetch.ts asks it for every address before it connects.
import ipaddr from 'ipaddr.js'

/** Azure's metadata and DNS service lives on a public-looking address, unlike everybody else's. */
const BLOCKED_EXACT = new Set(['168.63.129.16'])

/**
 * True for an ordinary unicast address of the public internet. IPv6 forms that carry an IPv4
 * address (mapped, NAT64) are judged by the address inside; tunnels (6to4, Teredo) are refused
 * because the far end is chosen by the sender. Anything that is not an address is false.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%') || !ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed instanceof ipaddr.IPv4) return isPublicIpv4(parsed)
  const inner = embeddedIpv4(parsed)
  if (inner !== null) return isPublicIpv4(inner)
  // Only 2000::/3 is handed out as global unicast (RFC 4291); all else is special or unassigned.
  return parsed.range() === 'unicast' && (parsed.parts[0]! & 0xe000) === 0x2000
}

function isPublicIpv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !BLOCKED_EXACT.has(address.toString())
}

/** The IPv4 address inside ::ffff:a.b.c.d and the well-known NAT64 prefix 64:ff9b::/96. */
function embeddedIpv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const [high, prefix, third] = address.parts
  const nat64 = high === 0x64 && prefix === 0xff9b && third === 0
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  if (!nat64 || address.range() !== 'rfc6052') return null
  const bytes = address.toByteArray().slice(12)
  return new ipaddr.IPv4(bytes)
}
