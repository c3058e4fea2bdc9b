/**
 * Where a request came from. The server notes it beside the Request object, because Elysia's own
 * `server.requestIP` is not there when we own Bun.serve (docs/stack.md).
 */
export interface Peer {
  /** Client address after the proxy rules of TRUST_PROXY; null in tests without a socket. */
  ip: string | null
  /** Id of this request in the log; also answered as X-Request-Id. */
  requestId: string
  /** Came from this machine itself, not through a proxy on it. */
  local?: boolean
}

const peers = new WeakMap<Request, Peer>()
const nobody: Peer = { ip: null, requestId: '' }

export function notePeer(request: Request, peer: Peer): void {
  peers.set(request, peer)
}

export function peerOf(request: Request): Peer {
  return peers.get(request) ?? nobody
}
