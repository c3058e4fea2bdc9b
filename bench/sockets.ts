// Many websockets that only count what they get; in a process of their own when there are thousands.

export interface SocketCrowd {
  received(): number
  /** Size of the newest frame that counted. */
  frameBytes(): number
  close(): void
}

/**
 * Opens `count` sockets, at most 50 at a time; `hello` is sent by each once open. Frames that do not hold `counted` do
 * not count.
 */
export async function crowd(
  url: string,
  count: number,
  hello: string | null,
  counted = '',
): Promise<SocketCrowd> {
  const sockets: WebSocket[] = []
  let received = 0
  let frameBytes = 0
  const open = () =>
    new Promise<void>((resolve, reject) => {
      const socket = new WebSocket(url)
      sockets.push(socket)
      socket.onopen = () => {
        if (hello === null) resolve()
        else socket.send(hello)
      }
      socket.onmessage = ({ data }: MessageEvent<string>) => {
        resolve()
        if (!data.includes(counted)) return
        received++
        frameBytes = data.length
      }
      socket.onerror = () => reject(new Error('a socket of the crowd failed'))
    })
  for (let done = 0; done < count; done += 50) {
    await Promise.all(Array.from({ length: Math.min(50, count - done) }, open))
  }
  return {
    received: () => received,
    frameBytes: () => frameBytes,
    close: () => sockets.forEach((socket) => socket.close()),
  }
}

/** Resolves when `look` is true. */
export async function until(look: () => boolean, ms = 30_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!look()) {
    if (performance.now() > deadline) throw new Error('the bench waited too long')
    await Bun.sleep(2)
  }
}
