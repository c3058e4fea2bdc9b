/**
 * The client's address, by the proxies we believe (TRUST_PROXY). What a client writes itself counts for
 * nothing. Null = no address that tells people apart; limits by address do not apply then.
 */
import ipaddr from 'ipaddr.js'
import type { TrustProxy } from '../config/index.ts'

export type ClientIp = (request: Request, socketIp: string | null) => string | null

/** `local`: this machine's own address counts as one; else it is nobody's. */
export function clientIpRule(trust: TrustProxy, local: boolean): ClientIp {
  const rule = proxyRule(trust)
  if (local) return rule
  return (request, socketIp) => {
    const ip = rule(request, socketIp)
    return ip === '::1' || ip?.startsWith('127.') ? null : ip
  }
}

function proxyRule(trust: TrustProxy): ClientIp {
  if ('hops' in trust) {
    const { hops } = trust
    if (hops === 0) return (_request, socketIp) => plain(socketIp)
    // Each proxy appends the address it saw: the n-th from the right is what the outermost of ours saw.
    return (request, socketIp) => plain(forwarded(request).at(-hops) ?? socketIp)
  }
  const networks = trust.networks.map((network) => ipaddr.parseCIDR(network))
  const trusted = (address: string | null) => address !== null && isIn(address, networks)
  return (request, socketIp) => {
    if (!trusted(socketIp)) return plain(socketIp)
    const chain = forwarded(request)
    return plain(chain.findLast((address) => !trusted(address)) ?? chain[0] ?? socketIp)
  }
}

function forwarded(request: Request): string[] {
  const header = request.headers.get('x-forwarded-for') ?? ''
  return header
    .split(',')
    .slice(-20)
    .map((part) => part.trim())
    .filter((part) => ipaddr.isValid(part))
}

function isIn(address: string, networks: [ipaddr.IPv4 | ipaddr.IPv6, number][]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return networks.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits))
}

/** IPv4 in IPv6's clothes is IPv4: limits must not be doubled by the spelling. */
function plain(address: string | null | undefined): string | null {
  if (!address) return null
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
