// Hundreds of simulated people for minutes: `bun bench/soak.ts --minutes=10 --users=300 --face=mattermost|native|openwebui|all`.
// Looks for errors, lost or doubled events, counters that drift, stalls and growing memory; exits 1 when it finds any.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ServerProcess } from './process.ts'
import { each, Ledger, type Person } from './soak-ledger.ts'
import { type Face, firstAdmin, gather } from './soak-people.ts'
import { startSoakServer } from './soak-server.ts'
import { rssMb, Watch } from './soak-watch.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    users: { type: 'string', default: '300' },
    face: { type: 'string', default: 'all' },
    /** Mean seconds between two actions of one person. */
    pace: { type: 'string', default: '3' },
    binary: { type: 'string', default: join(import.meta.dir, '..', 'dist', 'hubbub') },
    /** Seconds of silence before the last look at the memory. */
    idle: { type: 'string', default: '60' },
  },
})
const minutes = Number(values.minutes)
const users = Number(values.users)
const paceMs = Number(values.pace) * 1_000
/** Counters are compared when everybody pauses, so often in a run. */
const quietTimes = 4
/** The last third against the first, after the warm-up. */
const flatWithin = 1.15

const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`)

/** Stops everybody between two actions. */
class Gate {
  over = false
  #open: Promise<void> = Promise.resolve()
  #release = () => {}
  active = 0

  async enter(): Promise<void> {
    await this.#open
    this.active++
  }

  leave(): void {
    this.active--
  }

  async shut(): Promise<void> {
    this.#open = new Promise((resolve) => (this.#release = resolve))
    while (this.active > 0) await Bun.sleep(20)
  }

  open(): void {
    this.#release()
  }
}

async function live(person: Person, gate: Gate, ledger: Ledger): Promise<void> {
  await Bun.sleep(Math.random() * paceMs)
  while (!gate.over) {
    await gate.enter()
    try {
      if (!gate.over) await person.act()
    } catch (error) {
      ledger.fault('a person failed', String(error))
    }
    gate.leave()
    await Bun.sleep(paceMs * (0.5 + Math.random()))
  }
}

/** Everybody pauses; what is still missing after 15 s is lost; then the counters are compared. */
async function quiet(people: Person[], gate: Gate, ledger: Ledger): Promise<void> {
  await gate.shut()
  const deadline = performance.now() + 15_000
  while (ledger.missing().length > 0 && performance.now() < deadline) await Bun.sleep(100)
  // What comes twice comes a little later.
  await Bun.sleep(500)
  ledger.settle()
  await each(people, 8, (person) => person.verify())
}

/** Everybody loses the line at once, and everybody returns at once. */
async function storm(people: Person[]): Promise<number> {
  for (const person of people) person.lose()
  await Bun.sleep(1_000)
  const startedAt = performance.now()
  await Promise.all(people.map((person) => person.back()))
  return performance.now() - startedAt
}

interface Report {
  idleMb: number
  stormMs: number[]
  afterMb: number
  cpuS: number
  wallS: number
}

async function run(server: ServerProcess, watch: Watch, ledger: Ledger): Promise<Report> {
  await Bun.sleep(2_000)
  const idleMb = rssMb(server.pid)
  say(`idle after the start: ${idleMb.toFixed(0)} MB`)
  const admin = await firstAdmin(server.url, ledger)
  const crowd = { url: server.url, ledger, admin }
  const shares: [Face, number][] =
    values.face === 'all'
      ? [
          ['mattermost', Math.round(users * 0.6)],
          ['native', Math.round(users * 0.2)],
          ['openwebui', Math.round(users * 0.2)],
        ]
      : [[values.face as Face, users]]
  const people: Person[] = []
  for (const [face, count] of shares) people.push(...(await gather(face, crowd, people.length, count)))
  say(`${people.length} people are there: ${rssMb(server.pid).toFixed(0)} MB`)
  watch.start()
  const before = server.cpuS()
  const startedAt = performance.now()
  const gate = new Gate()
  const lives = people.map((person) => live(person, gate, ledger))
  const stormMs: number[] = []
  for (let n = 1; n <= quietTimes; n++) {
    const due = startedAt + (n / quietTimes) * minutes * 60_000
    await Bun.sleep(Math.max(0, due - performance.now()))
    await quiet(people, gate, ledger)
    if (n < quietTimes) stormMs.push(await storm(people))
    gate.over = n === quietTimes
    gate.open()
    const { rssMb: mb, handles, walMb } = watch.sample()
    say(
      `${n}/${quietTimes}: ${mb} MB, ${handles} handles, WAL ${walMb} MB, ${[...ledger.faults.keys()].join('; ') || 'no fault'}`,
    )
  }
  await Promise.all(lives)
  const wallS = (performance.now() - startedAt) / 1_000
  const cpuS = server.cpuS() - before
  watch.stop()
  for (const person of people) person.close()
  await Bun.sleep(Number(values.idle) * 1_000)
  return { idleMb, stormMs, afterMb: rssMb(server.pid), cpuS, wallS }
}

function judge(report: Report, watch: Watch, ledger: Ledger, lines: string[]): boolean {
  const thirds = watch.thirds(minutes * 15)
  const flat = (thirds[2] ?? 0) <= (thirds[0] ?? 0) * flatWithin
  const { theirs, ours, worstMs, probes } = watch.stalls
  const last = watch.sample()
  console.log(`
| action | times | p50 ms | p99 ms | most ms |
| --- | --- | --- | --- | --- |
${ledger.table()}

requests ${ledger.requests()} (${(ledger.requests() / report.wallS).toFixed(0)}/s), events heard ${ledger.deliveries}, server CPU ${((report.cpuS / report.wallS) * 100).toFixed(0)} %
idle at the start ${report.idleMb.toFixed(0)} MB (≤ 100), after the soak and ${values.idle} s ${report.afterMb.toFixed(0)} MB
memory, medians of thirds: ${thirds.join(' → ')} MB: ${flat ? 'flat' : 'GROWS'}
memory over time: ${watch.samples
    .filter((_, n) => n % 6 === 0)
    .map(({ atS, rssMb: mb, handles }) => `${atS}s ${mb} MB/${handles}`)
    .join(', ')}
everybody back at once: ${report.stormMs.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}
stalls over 200 ms: ${theirs} of ${probes} (worst ${worstMs.toFixed(0)} ms; ${ours} more were this process)
files: database ${last.dbMb} MB, WAL ${last.walMb} MB, largest WAL ${Math.max(0, ...watch.samples.map(({ walMb }) => walMb))} MB; handles at the end ${last.handles}
log: ${lines.length} lines of warn and above${lines
    .slice(0, 10)
    .map((line) => `\n  ${line.slice(0, 400)}`)
    .join('')}
faults: ${ledger.faults.size === 0 ? 'none' : ''}`)
  for (const [kind, { count, examples }] of ledger.faults)
    console.log(`- ${count} × ${kind}\n    ${examples.join('\n    ')}`)
  return ledger.faults.size === 0 && flat && lines.length === 0 && report.idleMb <= 100
}

const soaked = await startSoakServer(values.binary)
let good = false
const ledger = new Ledger()
try {
  const { server, dataDir } = soaked
  const watch = new Watch(server.pid, dataDir, server.url)
  const report = await run(server, watch, ledger)
  good = judge(report, watch, ledger, soaked.log())
} catch (error) {
  console.error(error, ...ledger.faults)
} finally {
  await soaked.stop()
}
process.exit(good ? 0 : 1)
