/** The part of an address that one subscriber has: all of an IPv4 address, the first 64 bits of an IPv6 one. */
export function networkOf(ip: string): string {
  // IPv4, also mapped into IPv6 (`::ffff:192.0.2.1`).
  const dotted = /(\d+\.\d+\.\d+\.\d+)$/.exec(ip)?.[1]
  if (dotted !== undefined) return dotted
  if (!ip.includes(':')) return ip
  const [head = '', tail = ''] = ip.toLowerCase().split('%', 1)[0]!.split('::')
  const [first, last] = [groupsOf(head), groupsOf(tail)]
  const middle = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  const groups = [...first, ...middle, ...last].map((group) => group.replace(/^0+(?=.)/, ''))
  return `${groups.slice(0, 4).join(':')}::/64`
}

function groupsOf(part: string): string[] {
  return part === '' ? [] : part.split(':')
}
