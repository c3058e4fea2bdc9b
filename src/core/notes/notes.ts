/** Notes: rich texts of one person, opened to others by grants, pinned for oneself. Times are nanoseconds. */
import { jsonOf, toTopic, type OpenwebuiContext } from '../chats/context.ts'
import type { GrantRow, Json, NoteRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import { arranged, type Arrangement } from '../support/arranged.ts'
import type { Actor, Uuid } from '../types.ts'

export interface NoteInput {
  title?: string
  data?: unknown
  meta?: unknown
  grants?: unknown
}

export type NoteView = NoteRow & { grants: GrantRow[]; pinned: boolean; writable: boolean }

export type Notes = ReturnType<typeof createNotes>

const NOTES_PER_PAGE = 60

export function createNotes(context: OpenwebuiContext) {
  const { read, deps } = context

  async function allowed(actor: Actor, note: NoteRow, permission: 'read' | 'write'): Promise<boolean> {
    if (note.userId === actor.user.id || actor.user.role === 'admin') return true
    return context.own.grants.allows(actor.user.id, 'note', note.id, permission)
  }

  async function readable(actor: Actor, id: Uuid): Promise<NoteRow | null> {
    const note = await read.notes.get({ id })
    if (!note) return null
    return (await allowed(actor, note, 'read')) || (await allowed(actor, note, 'write')) ? note : null
  }

  async function writable(actor: Actor, id: Uuid): Promise<NoteRow> {
    const note = await read.notes.get({ id })
    if (!note) throw fault.notFound('note.not_found')
    if (!(await allowed(actor, note, 'write'))) throw fault.forbidden('note.forbidden')
    return note
  }

  async function pinnedIds(userId: Uuid): Promise<Set<Uuid>> {
    return new Set(
      (await read.pinnedNotes.pick(['noteId'], { where: { userId } })).map(({ noteId }) => noteId),
    )
  }

  async function view(actor: Actor, note: NoteRow): Promise<NoteView> {
    return {
      ...note,
      grants: await context.own.grants.list('note', note.id),
      pinned: (await pinnedIds(actor.user.id)).has(note.id),
      writable: await allowed(actor, note, 'write'),
    }
  }

  async function visible(actor: Actor): Promise<NoteRow[]> {
    const granted = await context.own.grants.grantedIds(actor.user.id, 'note', 'read')
    return read.notes.find({
      where: { any: [{ userId: actor.user.id }, { id: { in: [...granted] } }] },
      order: [['updatedAt', 'desc']],
    })
  }

  return {
    readable,

    async search(actor: Actor, query: { q: string; page: number | null; arrangement?: Arrangement }) {
      await context.own.permissions.require(actor, 'features.notes')
      const words = query.q.split(/\s+/).map(squeezed)
      const all = arranged(await visible(actor), actor.user.id, query.arrangement ?? {})
      const found = all.filter((note) => words.every((word) => searchable(note).includes(word)))
      const start = query.page === null ? 0 : (Math.max(1, query.page) - 1) * NOTES_PER_PAGE
      const end = query.page === null ? undefined : start + NOTES_PER_PAGE
      return { items: found.slice(start, end), total: found.length, pinned: await pinnedIds(actor.user.id) }
    },

    async pinned(actor: Actor): Promise<NoteRow[]> {
      await context.own.permissions.require(actor, 'features.notes')
      const ids = await pinnedIds(actor.user.id)
      if (ids.size === 0) return []
      return (await visible(actor)).filter((note) => ids.has(note.id))
    },

    async get(actor: Actor, id: Uuid): Promise<NoteView> {
      await context.own.permissions.require(actor, 'features.notes')
      const note = await readable(actor, id)
      if (!note) throw fault.notFound('note.not_found')
      return view(actor, note)
    },

    async create(actor: Actor, input: NoteInput): Promise<NoteView> {
      await context.own.permissions.require(actor, 'features.notes')
      const { nanos } = context.now()
      const row: NoteRow = {
        id: deps.ids.next(),
        userId: actor.user.id,
        title: input.title ?? '',
        data: input.data ?? null,
        meta: input.meta ?? null,
        createdAt: nanos,
        updatedAt: nanos,
      }
      const grants = await context.own.grants.permitted(actor, input.grants, 'note')
      await context.write(async (tables) => {
        await tables.notes.insert(row)
        await context.own.grants.replace(tables, 'note', row.id, grants)
      })
      return view(actor, row)
    },

    async update(actor: Actor, id: Uuid, input: NoteInput): Promise<NoteView> {
      const note = await writable(actor, id)
      const change: Partial<NoteRow> = {
        ...(input.title === undefined ? {} : { title: input.title }),
        ...(input.data ? { data: { ...jsonOf(note.data), ...(input.data as Json) } } : {}),
        ...(input.meta ? { meta: { ...jsonOf(note.meta), ...(input.meta as Json) } } : {}),
        updatedAt: context.now().nanos,
      }
      const grants =
        input.grants === undefined
          ? null
          : await context.own.grants.permittedChange(actor, input.grants, 'note')
      await context.write(async (tables) => {
        await tables.notes.update({ id }, change)
        if (grants && (note.userId === actor.user.id || actor.user.role === 'admin')) {
          await context.own.grants.replace(tables, 'note', id, grants)
        }
      })
      const shown = await view(actor, { ...note, ...change })
      const data = jsonOf(shown.data)
      const said = Object.keys(jsonOf(input.data)).filter((key) => key in data)
      const told = input.data
        ? { ...shown, data: Object.fromEntries(said.map((key) => [key, data[key]])) }
        : shown
      deps.events.emit(toTopic(`note:${id}`, 'events:note', told))
      if (grants) deps.events.emit(toTopic(`note:${id}`, 'note:access', null))
      return shown
    },

    async togglePinned(actor: Actor, id: Uuid): Promise<NoteView> {
      const note = await readable(actor, id)
      if (!note) throw fault.notFound('note.not_found')
      const where = { userId: actor.user.id, noteId: id }
      await context.write(async (tables) => {
        if ((await tables.pinnedNotes.remove(where)) > 0) return
        await tables.pinnedNotes.insert({ ...where, id: deps.ids.next(), createdAt: context.now().nanos })
      })
      return view(actor, note)
    },

    async remove(actor: Actor, id: Uuid): Promise<void> {
      await writable(actor, id)
      await context.write(async (tables) => {
        await tables.pinnedNotes.remove({ noteId: id })
        await tables.grants.remove({ resourceType: 'note', resourceId: id })
        await tables.notes.remove({ id })
      })
    },
  }
}

function searchable(note: NoteRow): string {
  const md = jsonOf(jsonOf(note.data)['content'])['md']
  return squeezed(`${note.title ?? ''}\n${typeof md === 'string' ? md : ''}`)
}

/** Hyphens and blanks do not count: "todo" finds "to-do". */
const squeezed = (text: string): string => text.toLowerCase().replaceAll(/[- ]/g, '')
