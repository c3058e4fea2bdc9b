/** Asking the person at the terminal; passwords without showing them, or from a pipe. */

export function isTerminal(): boolean {
  return process.stdin.isTTY === true
}

export async function ask(question: string): Promise<string> {
  process.stderr.write(question)
  return (await firstLine()) ?? ''
}

/** Asked for twice at a terminal; else the first line of standard input. */
export async function askNewPassword(): Promise<string> {
  if (!isTerminal()) {
    const line = await firstLine()
    if (line === null || line === '') throw new Error('Expected the password on standard input.')
    return line
  }
  const password = await askHidden('Password: ')
  if ((await askHidden('Again: ')) !== password) throw new Error('The two are not the same.')
  return password
}

const END = new Set(['\r', '\n', '\u0004'])
const ERASE = new Set(['\u007f', '\b'])

function askHidden(question: string): Promise<string> {
  const { stdin } = process
  process.stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.resume()
  return new Promise((resolve, reject) => {
    let typed = ''
    const stop = (end: () => void) => {
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
      process.stderr.write('\n')
      end()
    }
    const onData = (data: string) => {
      for (const char of data) {
        if (char === '\u0003') return stop(() => reject(new Error('Stopped.')))
        if (END.has(char)) return stop(() => resolve(typed))
        typed = ERASE.has(char) ? [...typed].slice(0, -1).join('') : typed + char
      }
    }
    stdin.on('data', onData)
  })
}

/** Null at the end of input. */
async function firstLine(): Promise<string | null> {
  for await (const line of console) return line
  return null
}
