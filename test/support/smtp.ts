// A mail server on loopback that takes everything, for tests of what is sent. Speaks as much SMTP as a sender needs.
import type { Socket } from 'bun'

export interface Letter {
  from: string
  to: string[]
  /** Headers and text, decoded. */
  raw: string
}

export interface MailServer extends Disposable {
  port: number
  letters: Letter[]
  /** The next letter that is not taken yet. */
  next(): Promise<Letter>
  /** Refuses receivers from now on. */
  refuse: boolean
}

interface Session {
  rest: string
  letter: Letter
  inData: boolean
}

const DEADLINE_MS = 10_000

export function startMailServer(): MailServer {
  const letters: Letter[] = []
  const waiting: ((letter: Letter) => void)[] = []
  let taken = 0
  const server = {
    letters,
    refuse: false,
    next() {
      const ready = letters[taken++]
      if (ready) return Promise.resolve(ready)
      return new Promise<Letter>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('No letter came.')), DEADLINE_MS)
        waiting.push((letter) => (clearTimeout(timer), resolve(letter)))
      })
    },
  }
  const accept = (letter: Letter) => {
    letters.push(letter)
    waiting.shift()?.(letter)
  }
  const listener = Bun.listen<Session>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        socket.data = { rest: '', letter: fresh(), inData: false }
        socket.write('220 mail.test\r\n')
      },
      data(socket, bytes) {
        socket.data.rest += bytes.toString('latin1')
        for (;;) {
          const end = socket.data.inData ? '\r\n.\r\n' : '\r\n'
          const at = socket.data.rest.indexOf(end)
          if (at < 0) return
          const part = socket.data.rest.slice(0, at)
          socket.data.rest = socket.data.rest.slice(at + end.length)
          answer(socket, part, server, accept)
        }
      },
    },
  })
  return Object.assign(server, { port: listener.port, [Symbol.dispose]: () => listener.stop(true) })
}

function answer(
  socket: Socket<Session>,
  part: string,
  server: { refuse: boolean },
  accept: (letter: Letter) => void,
): void {
  const session = socket.data
  if (session.inData) {
    session.inData = false
    accept({ ...session.letter, raw: readable(part) })
    session.letter = fresh()
    return void socket.write('250 taken\r\n')
  }
  const word = part.slice(0, 4).toUpperCase()
  const address = /<([^>]*)>/.exec(part)?.[1] ?? ''
  if (word === 'RCPT' && server.refuse) return void socket.write('550 not here\r\n')
  if (word === 'MAIL') session.letter.from = address
  if (word === 'RCPT') session.letter.to.push(address)
  if (word === 'DATA') session.inData = true
  socket.write({ EHLO: '250 mail.test\r\n', STAR: '502 no\r\n', DATA: '354 go on\r\n', QUIT: '221 bye\r\n' }[word] ?? '250 OK\r\n')
}

const fresh = (): Letter => ({ from: '', to: [], raw: '' })

/** Headers with their encoded words read, and the text. */
function readable(letter: string): string {
  const [head = '', ...body] = letter.split('\r\n\r\n')
  const headers = head
    .replace(/\?=\r\n =\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word: string) => Buffer.from(word, 'base64').toString())
  return `${headers}\r\n\r\n${Buffer.from(body.join(''), 'base64').toString()}`
}
