// A thousand Mattermost clients lose the line at once, miss some posts, and return at once: `bun bench/soak-return.ts`.
// Each must hear what it missed, once and in order, without a new beginning; exits 1 when one does not.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { each, Ledger } from './soak-ledger.ts'
import { firstAdmin, mattermostDevices } from './soak-people.ts'
import { startSoakServer } from './soak-server.ts'
import { rssMb, Watch } from './soak-watch.ts'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '50' },
    devices: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    missed: { type: 'string', default: '20' },
    binary: { type: 'string', default: join(import.meta.dir, '..', 'dist', 'hubbub') },
  },
})

const soaked = await startSoakServer(values.binary)
const { server, dataDir } = soaked
const ledger = new Ledger()
const watch = new Watch(server.pid, dataDir, server.url)
try {
  const admin = await firstAdmin(server.url, ledger)
  const crowd = { url: server.url, ledger, admin }
  const people = await mattermostDevices(crowd, Number(values.accounts), Number(values.devices))
  const channel = people[0]?.place.channels[0] ?? ''
  await each(people, 50, (person) => person.connect())
  console.log(`${people.length} clients: ${rssMb(server.pid).toFixed(0)} MB`)
  watch.start()
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const person of people) person.lose()
    await Bun.sleep(1_000)
    for (let n = 0; n < Number(values.missed); n++) {
      const asked = performance.now()
      const body = { channel_id: channel, message: `missed ${round} ${n}` }
      const post = await admin.call<{ id: string }>('post', 'POST', '/api/v4/posts', body)
      if (post) ledger.happened(`posted ${post.id}`, channel, asked)
    }
    const cpuS = server.cpuS()
    const startedAt = performance.now()
    await Promise.all(people.map((person) => person.back()))
    const deadline = performance.now() + 15_000
    while (ledger.missing().length > 0 && performance.now() < deadline) await Bun.sleep(20)
    const ms = performance.now() - startedAt
    await Bun.sleep(500)
    ledger.settle()
    console.log(
      `all back with what they missed after ${ms.toFixed(0)} ms, ${(server.cpuS() - cpuS).toFixed(2)} s CPU, ${rssMb(server.pid).toFixed(0)} MB`,
    )
  }
  watch.stop()
  const { theirs, worstMs } = watch.stalls
  console.log(
    `events heard ${ledger.deliveries}; stalls over 200 ms: ${theirs}, worst ${worstMs.toFixed(0)} ms`,
  )
  console.log(ledger.table())
  console.log(
    'faults:',
    ledger.faults.size === 0 ? 'none' : [...ledger.faults],
    'log:',
    soaked.log().slice(0, 10),
  )
  for (const person of people) person.close()
} catch (error) {
  ledger.fault('the run failed', String(error))
  console.error(error, ...ledger.faults)
} finally {
  await soaked.stop()
}
process.exit(ledger.faults.size === 0 ? 0 : 1)
