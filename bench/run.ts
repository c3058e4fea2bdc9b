// `bun run bench`: what we promise, measured beside the floor in one run; `--only=<part>` for one part of it. With
// `--beside-open-webui`: beside Open WebUI's own server. Writes its section of docs/performance.md with `--write`.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { besideOpenWebui } from './beside-open-webui.ts'
import { fillRooms } from './fill.ts'
import { type Figure, table } from './figures.ts'
import { nativeFanOut } from './fan-out.ts'
import { history, loginStorm, post, search, smallGet } from './http-scenarios.ts'
import { mattermost } from './mattermost-scenarios.ts'
import { openwebui } from './openwebui-scenarios.ts'
import { aiStreams, idle, idleSockets, start } from './socket-scenarios.ts'
import { createWorld, type World } from './world.ts'

/** Messages in the large room; the promise is about 1,000,000. With 0 history and search are left out. */
const messages = Number(process.env['BENCH_MESSAGES'] ?? 1_000_000)

const only = process.argv.find((given) => given.startsWith('--only='))?.slice('--only='.length)
const page = join(import.meta.dir, '..', 'docs', 'performance.md')
const besideHeading = '## Beside Open WebUI’s own server'

type Add = (figure: Figure) => void

/** By the name that `--only` takes, in their order. */
const parts: [name: string, measure: (world: World, add: Add) => Promise<void>][] = [
  ['start', async (world, add) => add(start(world))],
  ['idle', async (world, add) => add(await idle(world))],
  ['sockets', async (world, add) => add(await idleSockets(world))],
  ['get', async (world, add) => add(await smallGet(world))],
  ['post', async (world, add) => add(await post(world))],
  ['fan-out', async (world, add) => add(await nativeFanOut(world))],
  ['mattermost', async (world, add) => (await mattermost(world)).forEach(add)],
  ['openwebui', async (world, add) => (await openwebui(world)).forEach(add)],
  // Late, as it makes a hundred rooms.
  ['ai', async (world, add) => add(await aiStreams(world))],
  ['login', async (world, add) => add(await loginStorm(world))],
]

async function main(): Promise<void> {
  const figures: Figure[] = []
  const [loadBefore = 0] = loadavg()
  const add: Add = (figure) => {
    figures.push(figure)
    console.log(
      `${figure.met ? 'ok ' : 'NOT'}  ${figure.what}: ${figure.ours}${figure.floor && ` beside ${figure.floor}`}${figure.ratio === null ? '' : ` (${figure.ratio.toFixed(2)})`}; promised ${figure.target}`,
    )
  }
  if (process.argv.includes('--beside-open-webui')) {
    await besideOpenWebui(add)
    return write(besideReport(figures, loadBefore), false)
  }
  const world = await createWorld()
  try {
    for (const [name, measure] of parts) if (only === undefined || only === name) await measure(world, add)
  } finally {
    await world.stop()
  }
  if (only !== undefined) return
  if (messages > 0) await large(add)
  write(report(figures, loadBefore), true)
}

async function large(add: (figure: Figure) => void): Promise<void> {
  const filled = await fillRooms(messages)
  try {
    add(await history(filled.world, filled.large, filled.small))
    add(await search(filled.world, messages))
  } finally {
    await filled.world.stop()
  }
}

/** What a reader of the table should know; measured by hand, with scripts that did the same work in one process. */
const notes = `## Notes

- A post runs five statements. Messages are found by hash through a table that is written in batches behind the posts (an index over
  random keys made each post change a page of its own), and the indexes over threads hold only what is in a thread. On
  a quieter machine (load average 1 to 4, a room that begins empty), old and new in turn four times, the CPU of a post went from 122–140 µs
  to 101–114, and the ratio to the floor from 3.8–4.0 to 2.9–3.4. One whole bench gave 108 µs and 3.0: near the promise, mostly still above.
- On a busy machine the CPU of the same post is up to twice that of a quiet one; the floor's, which needs less memory, hardly changes.
- The native fan-out has ranged from 0.9 to 1.7 times a bare publish between runs. The publish is the same call with the same bytes; what differs is
  that ours comes after a commit, outside a socket's callback. Not explained yet.
- The first word of a hundred streams costs two hundred connections and requests where asking directly costs a hundred: about 250 µs of one
  core each to a program, and 500 to a browser, whose chats are written too (400 and 1,000 before: the SDK's reader, a client of it for each
  request, and statements built anew). A provider that answers all in 10 ms shows that as it is; beside one that thinks for 300 ms, as
  real ones do, it is some per cent. The model is asked while its question is being written.
- Reading a channel means its newest page, which is kept in memory until something in the channel changes; a page that must be read from the
  database takes about 200 µs more.`

const machine = (loadBefore: number) =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Bun ${Bun.version}; ${loadBefore.toFixed(1)} other processes wanted a core as it began`

function report(figures: readonly Figure[], loadBefore: number): string {
  const told = `${machine(loadBefore)}; ${messages} messages in the large room`
  return `# Performance\n\nOne run of \`bun run build && bun run bench --write\`. Client, floor and server share the machine: compare ratios and CPU times, not rates or machines.\n\n${told}\n\n${table(figures)}\n\n${notes}\n`
}

function besideReport(figures: readonly Figure[], loadBefore: number): string {
  return `${besideHeading}

One run of \`OPEN_WEBUI_PYTHON=… bun run bench --beside-open-webui --write\`: Open WebUI 0.12.4 with one worker, as it starts by default, and
ours, at the same time on copies of the same database, asked in turn by the same client. Each has one core at most, and shares the two with the
client and the model provider, which takes more from ours: the ratios are what a client sees. Figures after the comma are the server's CPU a request.

${machine(loadBefore)}

${table(figures, ['what', 'ours', 'Open WebUI', 'ratio', 'promised', 'met'])}
`
}

/** The file has two parts, each written by a run of its own. */
function write(part: string, isMain: boolean): void {
  if (!process.argv.includes('--write')) return console.log(`\n${part}`)
  const old = readFileSync(page, 'utf8')
  const at = old.includes(besideHeading) ? old.indexOf(besideHeading) : old.length
  writeFileSync(
    page,
    isMain ? `${part}\n${old.slice(at)}`.trimEnd() + '\n' : `${old.slice(0, at).trimEnd()}\n\n${part}`,
  )
}

await main()
