// A server with one very large and one small room, filled by `hubbub import`.
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { binary, createWorld, type World } from './world.ts'

const smallSize = 1_000
const words =
  'the quick brown fox jumps over a lazy dog while people chat about ordinary things of some length'.split(
    ' ',
  )
const cjk = ['日本語のメッセージ', '数据库查询很快', '한국어 메시지']

export async function fillRooms(size: number): Promise<{ world: World; large: string; small: string }> {
  const world = await createWorld()
  const { id: large } = await world.call<{ id: string }>('POST', '/api/rooms', {
    name: 'Large',
    kind: 'public',
  })
  const { id: small } = await world.call<{ id: string }>('POST', '/api/rooms', {
    name: 'Small',
    kind: 'public',
  })
  // Who only listens is in the small room alone.
  await fetch(`${world.hubbub.url}/api/rooms/${small}/join`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.listener}` },
  })
  await world.hubbub.stop()
  await importInto(world, large, size)
  await importInto(world, small, smallSize)
  const again = await world.restart()
  return { world: again, large, small }
}

async function importInto({ dataDir, env }: World, room: string, size: number): Promise<void> {
  const file = join(dataDir, `${room}.jsonl`)
  const out = createWriteStream(file)
  for (let n = 0; n < size; n++) {
    if (!out.write(`${JSON.stringify({ username: 'bench', content: textOf(n) })}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  const child = Bun.spawn([binary, 'import', file, `--room=${room}`], {
    env,
    stdout: 'ignore',
    stderr: 'inherit',
  })
  if ((await child.exited) !== 0) throw new Error('the import failed')
}

/** Plain sentences with a rare word now and then, and some CJK: the mix that search has to live with. */
function textOf(n: number): string {
  const sentence = Array.from(
    { length: 8 + (n % 9) },
    (_, k) => words[(n * 7 + k * (1 + (n % 5))) % words.length],
  ).join(' ')
  const rare = n % 1_000 === 0 ? ' zebra' : n % 50_000 === 7 ? ' needle' : ''
  const asian = n % 20 === 0 ? ` ${cjk[n % 3]}` : ''
  return `message ${n}: ${sentence}${rare}${asian}`
}
