// Open WebUI's own server and ours in one run on the same data: its 1,000 chats, its tokens, the same client and the
// same model provider. OPEN_WEBUI_PYTHON names the python of an environment that has the package.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openWebuiEnvironment } from '../test/support/open-webui-environment.ts'
import { type Figure, round } from './figures.ts'
import { measure, shown } from './http-scenarios.ts'
import { chats, fillChats, readPaths, streams } from './openwebui-scenarios.ts'
import { freePort, type ServerProcess, startProcess } from './process.ts'
import { browser, many, manyOrFewer, streamed, type Times } from './streams.ts'
import { binary, caller, startProvider } from './world.ts'

const channels = 5
const secret = 'only for the bench, only for the bench'
/** Both have ended what a start sets off by then. */
const settleMs = 10_000

interface Sides {
  ours: ServerProcess
  theirs: ServerProcess
  upstream: ServerProcess
  token: string
}

export async function besideOpenWebui(add: (figure: Figure) => void): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'hubbub-beside-'))
  const upstream = await startProvider()
  const running = [upstream]
  const start = async (command: string[], folder: string): Promise<ServerProcess> => {
    const server = await startOn(join(root, folder), command, `${upstream.url}/v1`)
    running.push(server)
    return server
  }
  try {
    const first = await start(openWebui(), 'theirs')
    const token = await fill(first.url)
    await first.stop()
    cpSync(join(root, 'theirs'), join(root, 'ours'), { recursive: true })
    // Once to migrate: what is measured is a start on a database that each of them knows.
    await (await start([binary], 'ours')).stop()
    const ours = await start([binary], 'ours')
    const theirs = await start(openWebui(), 'theirs')
    const sides = { ours, theirs, upstream, token }
    add(starts(sides))
    add(await memory(sides))
    for (const path of readPaths) add(await rate(sides, path))
    for (const figure of await streaming(sides)) add(figure)
  } finally {
    await Promise.all(running.map((server) => server.stop()))
    rmSync(root, { recursive: true, force: true })
  }
}

function openWebui(): string[] {
  const python = process.env['OPEN_WEBUI_PYTHON'] ?? ''
  if (!existsSync(python)) throw new Error('OPEN_WEBUI_PYTHON has to name a python with open-webui.')
  return [join(dirname(python), 'open-webui'), 'serve']
}

/** One environment for both: they know the same names. */
function startOn(dataDir: string, command: string[], providerUrl: string): Promise<ServerProcess> {
  mkdirSync(dataDir, { recursive: true })
  const port = freePort()
  const address = command[0] === binary ? [] : ['--host', '127.0.0.1', '--port', String(port)]
  return startProcess({
    command: [...command, ...address],
    cwd: dataDir,
    port,
    readyPath: '/health',
    patienceMs: 180_000,
    quiet: command[0] !== binary,
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      ...openWebuiEnvironment(dataDir, secret, providerUrl),
      LOG_LEVEL: 'error',
      GLOBAL_LOG_LEVEL: 'ERROR',
      RATE_LIMIT_ENABLED: 'false',
    },
  })
}

/** Their server makes the data, as the first administrator's. */
async function fill(url: string): Promise<string> {
  const account = { name: 'Bench', email: 'bench@example.com', password: 'bench Password 1' }
  const { token } = await caller(url)<{ token: string }>('POST', '/api/v1/auths/signup', account)
  const call = caller(url, token)
  await fillChats(call)
  for (let n = 0; n < channels; n++)
    await call('POST', '/api/v1/channels/create', {
      name: `channel-${n}`,
      description: '',
      access_grants: [],
    })
  return token
}

function starts({ ours, theirs }: Sides): Figure {
  const ratio = theirs.startMs / ours.startMs
  return {
    what: 'start to first 200 of /health',
    ours: `${round(ours.startMs, 0)} ms`,
    floor: `${round(theirs.startMs, 0)} ms`,
    ratio,
    target: '≤ 1/50',
    met: ratio >= 50,
  }
}

async function memory({ ours, theirs }: Sides): Promise<Figure> {
  await Bun.sleep(settleMs)
  const megabytes = (server: ServerProcess) => `${round(server.pssBytes() / 1e6, 0)} MB`
  const ratio = theirs.pssBytes() / ours.pssBytes()
  return {
    what: 'idle memory, all processes',
    ours: megabytes(ours),
    floor: megabytes(theirs),
    ratio,
    target: '≤ 1/10',
    met: ratio >= 10,
  }
}

async function rate({ ours, theirs, token }: Sides, path: string): Promise<Figure> {
  const headers = { authorization: `Bearer ${token}` }
  const slow = await measure(theirs, () => ({ path, headers }))
  const quick = await measure(ours, () => ({ path, headers }))
  const ratio = quick.perSecond / slow.perSecond
  return {
    what: `GET ${path}${path.includes('chats') ? ` of ${chats} chats` : ''}`,
    ours: shown(quick),
    floor: shown(slow),
    ratio,
    target: '≥ 50 × its rate',
    met: ratio >= 50,
  }
}

async function streaming({ ours, theirs, upstream, token }: Sides): Promise<Figure[]> {
  const figures: Figure[] = []
  const direct = () => streamed(`${upstream.url}/v1/chat/completions`, token, 'slow')
  const plain = (server: ServerProcess) => () => streamed(`${server.url}/api/chat/completions`, token, 'slow')
  const tabs = { ours: await browser(ours.url, token), theirs: await browser(theirs.url, token) }
  const ways = [
    { how: 'to a program', mine: plain(ours), its: plain(theirs) },
    { how: 'to a browser', mine: () => tabs.ours.chat('slow'), its: () => tabs.theirs.chat('slow') },
  ]
  for (const { how, mine, its } of ways) {
    // Each once before it counts.
    await many(streams, mine)
    await manyOrFewer(streams, its)
    const bare = await many(streams, direct)
    const quick = await many(streams, mine)
    const slow = await manyOrFewer(streams, its)
    for (const which of ['first', 'last'] as const) figures.push(word({ which, how, bare, quick, slow }))
  }
  tabs.ours.close()
  tabs.theirs.close()
  return figures
}

function word({
  which,
  how,
  bare,
  quick,
  slow,
}: {
  which: 'first' | 'last'
  how: string
  bare: Times
  quick: Times
  slow: Times & { refused: number }
}): Figure {
  const key = which === 'first' ? 'firstMs' : 'lastMs'
  const ratio = quick[key] / bare[key]
  return {
    what: `${which} word of ${streams} streams at once ${how}; asked directly ${round(bare[key], 0)} ms`,
    ours: `${round(quick[key], 0)} ms (${ratio.toFixed(2)} × direct)`,
    floor: `${round(slow[key], 0)} ms (${(slow[key] / bare[key]).toFixed(2)} × direct)${slow.refused ? `, ${slow.refused} of ${streams} refused` : ''}`,
    ratio: slow[key] / quick[key],
    target: 'ours ≤ 1.1 × direct',
    met: ratio <= 1.1,
  }
}
