/**
 * Chats beside a note, each of one person who reads it: hidden from the lists of chats, and told what the note says. What
 * marks them (`meta`) is as Open WebUI's Python server has it.
 */
import { changeChat } from '../chats/chat-store.ts'
import { jsonOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { ChatRow, Json, NoteRow } from '../chats/rows.ts'
import type { Actor, Uuid } from '../types.ts'

export type NoteChats = ReturnType<typeof createNoteChats>

/** Of a note's text, told to the model. */
const NOTE_MAX_CHARS = 40_000

export function createNoteChats(context: OpenwebuiContext) {
  const { read } = context

  async function chatsOf(actor: Actor, noteId: Uuid): Promise<ChatRow[]> {
    const metas = await read.chats.pick(['id', 'meta'], {
      where: { userId: actor.user.id },
      order: [['updatedAt', 'desc']],
    })
    const ids = metas.filter(({ meta }) => isOf(jsonOf(meta), noteId)).map(({ id }) => id)
    if (ids.length === 0) return []
    return read.chats.find({ where: { id: { in: ids } }, order: [['updatedAt', 'desc']] })
  }

  /** The chat, told what the note says now. Leaves the chat's time alone. */
  async function told(row: ChatRow, about: NoteRow): Promise<ChatRow> {
    const system = systemFor(about)
    if (jsonOf(jsonOf(row.chat)['params'])['system'] === system) return row
    return context.write(async (tables) => {
      // An answer may have been written since it was read.
      const now = (await tables.chats.getForChange({ id: row.id })) ?? row
      const chat = jsonOf(now.chat)
      return changeChat(tables, now, { chat: { ...chat, params: { ...jsonOf(chat['params']), system } } })
    })
  }

  async function make(actor: Actor, about: NoteRow): Promise<ChatRow> {
    const id = context.deps.ids.next()
    const chat: Json = {
      id,
      title: 'Chat',
      models: [''],
      params: { system: systemFor(about) },
      history: { messages: {}, currentId: null },
      messages: [],
      tags: [],
    }
    const meta = { internal: true, type: 'note', note_id: about.id }
    const { row, written } = await context.own.chats.begin(actor, { chat, meta }, id)
    await written
    return row
  }

  return {
    /** One's newest chat beside the note; made when there is none. Throws `note.not_found`. */
    async open(actor: Actor, noteId: Uuid): Promise<ChatRow> {
      const about = await context.own.notes.get(actor, noteId)
      const [newest] = await chatsOf(actor, noteId)
      return newest ? told(newest, about) : make(actor, about)
    },

    /** All of one's own, the newest first. */
    async list(actor: Actor, noteId: Uuid): Promise<ChatRow[]> {
      const about = await context.own.notes.get(actor, noteId)
      return Promise.all((await chatsOf(actor, noteId)).map((row) => told(row, about)))
    },

    create: async (actor: Actor, noteId: Uuid): Promise<ChatRow> =>
      make(actor, await context.own.notes.get(actor, noteId)),
  }
}

const isOf = (meta: Json, noteId: Uuid): boolean =>
  meta['internal'] === true && meta['type'] === 'note' && meta['note_id'] === noteId

/** The model has no tool that writes notes here: it is given the text, and its answer is put in by the person. */
function systemFor({ id, title, data }: NoteRow): string {
  const text = textOf(jsonOf(jsonOf(data)['content'])['md']) ?? ''
  return [
    `This chat is about the note "${title ?? ''}" (id ${id}), which says between the lines:`,
    '-----',
    text.slice(0, NOTE_MAX_CHARS).toWellFormed(),
    '-----',
    'You cannot change the note. When asked for a change, answer with the text as it should be, and nothing else.',
  ].join('\n')
}
