// Thousands of Open WebUI's windows lose the line at once and return at once, each into its chat: `bun
// bench/soak-return-openwebui.ts`. All must be heard and hear again while others go on; exits 1 when one is not.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startSoakServer } from './soak-server.ts'
import { rssMb, Watch } from './soak-watch.ts'
import { caller } from './world.ts'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '100' },
    windows: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    binary: { type: 'string', default: join(import.meta.dir, '..', 'dist', 'hubbub') },
  },
})

interface Person {
  token: string
  chatId: string
}

/** A window of somebody's: connects, signs in and opens the chat, as the front end does. */
class Window_ {
  socket: WebSocket | null = null
  heard = 0
  readonly #url: string
  readonly #person: Person

  constructor(url: string, person: Person) {
    this.#url = `${url.replace('http', 'ws')}/ws/socket.io/?EIO=4&transport=websocket`
    this.#person = person
  }

  back(): Promise<void> {
    const { token, chatId } = this.#person
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.#url)
      this.socket = socket
      const ask = (id: number, ...event: unknown[]) => socket.send(`42${id}${JSON.stringify(event)}`)
      socket.onerror = () => reject(new Error('a window could not return'))
      socket.onmessage = ({ data }: MessageEvent<string>) => {
        if (data === '2') socket.send('3')
        else if (data[0] === '0') socket.send(`40${JSON.stringify({ token })}`)
        else if (data.startsWith('40')) ask(1, 'user-join', { auth: { token } })
        else if (data.startsWith('431')) ask(2, 'events:chat', { chat_id: chatId, data: { type: 'join' } })
        else if (data === '432[true]') resolve()
        else if (data.startsWith('432')) reject(new Error('a window may not open its chat'))
        else if (data.includes('"last_read_at"')) this.heard++
      }
    })
  }
}

const soaked = await startSoakServer(values.binary)
const { server, dataDir } = soaked
const watch = new Watch(server.pid, dataDir, server.url)
let failed = false
try {
  const people: Person[] = []
  for (let n = 0; n < Number(values.accounts); n++) {
    const given = { username: `person${n}`, password: 'soak password 1' }
    const { token } = await caller(server.url)<{ token: string }>('POST', '/api/auth/register', given)
    const chat = { title: 'A chat', models: ['test-echo'], messages: [], history: { messages: {} } }
    const { id } = await caller(server.url, token)<{ id: string }>('POST', '/api/v1/chats/new', { chat })
    people.push({ token, chatId: id })
  }
  const windows = people.flatMap((person) =>
    Array.from({ length: Number(values.windows) }, () => new Window_(server.url, person)),
  )
  for (let at = 0; at < windows.length; at += 100)
    await Promise.all(windows.slice(at, at + 100).map((window) => window.back()))
  console.log(`${windows.length} windows: ${rssMb(server.pid).toFixed(0)} MB`)
  watch.start()
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const window of windows) window.socket?.close()
    await Bun.sleep(500)
    const cpuS = server.cpuS()
    const startedAt = performance.now()
    await Promise.all(windows.map((window) => window.back()))
    const ms = performance.now() - startedAt
    // One word of each person reaches each of their windows.
    const before = windows.reduce((sum, { heard }) => sum + heard, 0)
    for (let n = 0; n < people.length; n++) {
      const read = ['events:chat', { chat_id: people[n]!.chatId, data: { type: 'last_read_at' } }]
      windows[n * Number(values.windows)]!.socket!.send(`42${JSON.stringify(read)}`)
    }
    const deadline = performance.now() + 15_000
    const got = () => windows.reduce((sum, { heard }) => sum + heard, 0) - before
    while (got() < windows.length && performance.now() < deadline) await Bun.sleep(20)
    if (got() !== windows.length) throw new Error(`${got()} of ${windows.length} windows heard`)
    const spent = (server.cpuS() - cpuS).toFixed(2)
    console.log(`all back after ${ms.toFixed(0)} ms, ${spent} s CPU, ${rssMb(server.pid).toFixed(0)} MB`)
  }
  watch.stop()
  const { theirs, worstMs, probes } = watch.stalls
  console.log(`stalls over 200 ms: ${theirs} of ${probes} looks, worst ${worstMs.toFixed(0)} ms`)
  console.log('log:', soaked.log().slice(0, 10))
  failed = soaked.log().length > 0
} catch (error) {
  console.error(error)
  failed = true
} finally {
  await soaked.stop()
}
process.exit(failed ? 1 : 0)
