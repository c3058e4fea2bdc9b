/**
 * `hubbub import`: messages as JSON lines into one room. The whole file is checked first; then it goes in by batches,
 * each all or nothing, and lines with an `id` that is there already are left out, so that an import can be run again.
 */
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Config } from '../../config/index.ts'
import type { Core } from '../../core/core.ts'
import type { CoreDeps } from '../../core/deps.ts'
import {
  importMessages,
  type ImportedMessage,
  type ImportState,
} from '../../core/messages/import-messages.ts'
import type { Millis, Room } from '../../core/types.ts'
import { withCore } from '../with-core.ts'
import { type Checked, checkFile } from './check.ts'
import { type ImportLine, readLines } from './lines.ts'

/** Larger ones gain little and hold the writer, and all the batch, for longer. */
const BATCH = 5_000

interface Totals {
  added: number
  skipped: number
  moved: number
}

export async function importFile(file: string, roomName: string, config: Config): Promise<number> {
  if (file !== '-') return importFrom(file, roomName, config)
  // It is read twice: first checked, then written.
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-import-'))
  try {
    const spool = join(folder, 'lines.jsonl')
    await pipeline(process.stdin, createWriteStream(spool, { mode: 0o600 }))
    return await importFrom(spool, roomName, config)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function importFrom(file: string, roomName: string, config: Config): Promise<number> {
  if (!existsSync(file)) throw new Error(`${file} does not exist.`)
  return withCore(config, async ({ core, deps }) => {
    const room = await roomNamed(core, deps, roomName)
    const startedAt = performance.now()
    const now = deps.clock.now()
    const checked = await checkFile(file, core, room, deps.settings.messageMaxChars, now)
    const totals = await write(file, deps, room, checked, now)
    const seconds = (performance.now() - startedAt) / 1_000
    const rate = Math.round((totals.added + totals.skipped) / seconds)
    const left = totals.skipped > 0 ? `, ${totals.skipped} were there already` : ''
    console.log(
      `${totals.added} messages imported into ${room.name}${left} (${seconds.toFixed(1)} s, ${rate} a second).`,
    )
    if (totals.moved > 0)
      console.log(
        `${totals.moved} of them took a later time than theirs: the room had newer messages already.`,
      )
    return 0
  })
}

async function write(
  file: string,
  deps: CoreDeps,
  room: Room,
  { count, senders }: Checked,
  now: Millis,
): Promise<Totals> {
  const totals: Totals = { added: 0, skipped: 0, moved: 0 }
  // Messages without a time of their own end now, a millisecond apart, rather than run ahead of the clock.
  const state: ImportState = { roomId: room.id, startAt: now - count, byExternalId: new Map() }
  for await (const batch of batches(file, deps.settings.messageMaxChars)) {
    const messages = batch.map((line): ImportedMessage => {
      const sender = senders.get(line.username)
      if (!sender) throw new Error(`Line ${line.number} was changed while it was read.`)
      const { content, createdAt, thread, id } = line
      return { sender, content, createdAt, thread, externalId: id }
    })
    try {
      const { added, skipped, moved } = await importMessages(deps, state, messages)
      totals.added += added
      totals.skipped += skipped
      totals.moved += moved
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(
        `Lines ${batch[0]?.number} to ${batch.at(-1)?.number} could not be imported: ${reason}\n` +
          `The lines before them are in the room (${totals.added} messages), these and the rest are not.`,
        { cause: error },
      )
    }
  }
  return totals
}

async function* batches(file: string, maxChars: number): AsyncGenerator<ImportLine[]> {
  let batch: ImportLine[] = []
  for await (const lines of readLines(file, maxChars)) {
    for (const line of lines) {
      if ('problem' in line) throw new Error(`Line ${line.number} was changed while it was read.`)
      batch.push(line)
      if (batch.length < BATCH) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** By id, or by its name in an address (slug) in the first team. */
async function roomNamed(core: Core, { store }: CoreDeps, name: string): Promise<Room> {
  const team = await core.teams.first()
  const bare = name.replace(/^#/, '')
  const found = (await store.read.rooms.get(bare)) ?? (await store.read.rooms.bySlug(team.id, bare))
  if (!found || found.deletedAt !== null) throw new Error(`There is no room "${name}".`)
  return found
}
