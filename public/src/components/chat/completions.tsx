/** Suggestions while writing: people and models after @, emoji after a colon. */
import type { RefObject } from 'preact'
import { useId, useState } from 'preact/hooks'
import { findEmoji } from '../../lib/emoji.ts'
import { personName } from '../../lib/names.ts'
import type { Sender } from '../../lib/types.ts'
import { loadModels, models } from '../../stores/models.ts'
import { membersByRoom } from '../../stores/members.ts'
import { Avatar } from '../avatar.tsx'
import { Icon } from '../icon.tsx'
import { findTrigger } from './triggers.ts'

interface Item {
  key: string
  /** What replaces the trigger and the text after it. */
  insert: string
  title: string
  note: string
  user?: Sender
  glyph?: string
}

const MOST = 8

function people(roomId: string, query: string): Item[] {
  const ai: Item = { key: 'ai', insert: '@ai ', title: 'ai', note: 'The AI of this room' }
  const bots = models.value.map((model) => ({
    key: model.id,
    insert: `@${model.id} `,
    title: model.id,
    note: model.owned_by,
  }))
  const members = (membersByRoom.value.get(roomId) ?? [])
    .filter((member) => !member.is_bot)
    .map((member) => ({
      key: member.id,
      insert: `@${member.username} `,
      title: personName(member),
      note: `@${member.username}`,
      user: member,
    }))
  const wanted = query.toLowerCase()
  return [...members, ai, ...bots]
    .filter(({ title, insert }) => `${title} ${insert}`.toLowerCase().includes(wanted))
    .toSorted((a, b) => rank(a, wanted) - rank(b, wanted))
    .slice(0, MOST)
}

const rank = (item: Item, wanted: string) => (item.insert.slice(1).toLowerCase().startsWith(wanted) ? 0 : 1)

function emoji(query: string): Item[] {
  return findEmoji(query, MOST).map(({ char, names }) => ({
    key: char,
    insert: char,
    title: `:${names[0]}:`,
    note: '',
    glyph: char,
  }))
}

export interface Completions {
  items: Item[]
  active: number
  listId: string
  activeId: string | undefined
  update: () => void
  close: () => void
  pick: (item: Item) => void
  /** True when the key was for the list. */
  onKey: (event: KeyboardEvent) => boolean
}

export function useCompletions(
  roomId: string,
  area: RefObject<HTMLTextAreaElement | null>,
  change: (text: string) => void,
): Completions {
  const listId = useId()
  const [items, setItems] = useState<Item[]>([])
  const [active, setActive] = useState(0)
  const close = () => setItems([])
  const trigger = () => (area.current ? findTrigger(area.current.value, area.current.selectionStart) : null)
  const update = () => {
    const found = trigger()
    if (!found) return close()
    if (found.kind === 'person') loadModels()
    setItems(found.kind === 'person' ? people(roomId, found.query) : emoji(found.query))
    setActive(0)
  }
  const pick = (item: Item) => {
    const found = trigger()
    const element = area.current
    if (!found || !element) return
    const text = element.value
    change(text.slice(0, found.start) + item.insert + text.slice(element.selectionStart))
    const caret = found.start + item.insert.length
    requestAnimationFrame(() => {
      element.focus()
      element.setSelectionRange(caret, caret)
    })
    close()
  }
  const onKey = (event: KeyboardEvent): boolean => {
    const item = items[active]
    if (!item) return false
    // A name that is written out needs no completing: Enter sends.
    if (
      event.key === 'Enter' &&
      item.insert.slice(1).trim().toLowerCase() === trigger()?.query.toLowerCase()
    ) {
      close()
      return false
    }
    if (event.key === 'ArrowDown') setActive((active + 1) % items.length)
    else if (event.key === 'ArrowUp') setActive((active + items.length - 1) % items.length)
    else if (event.key === 'Enter' || event.key === 'Tab') pick(item)
    else if (event.key === 'Escape') close()
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  const activeId = items.length > 0 ? `${listId}-${active}` : undefined
  return { items, active, listId, activeId, update, close, pick, onKey }
}

export function CompletionList({ completions }: { completions: Completions }) {
  return (
    <ul class="completions" role="listbox" id={completions.listId} aria-label="Suggestions">
      {completions.items.map((item, index) => (
        <li
          key={item.key}
          id={`${completions.listId}-${index}`}
          role="option"
          aria-selected={index === completions.active}
          onMouseDown={(event) => {
            event.preventDefault()
            completions.pick(item)
          }}
        >
          {item.glyph ? (
            <span class="emoji">{item.glyph}</span>
          ) : item.user ? (
            <Avatar user={item.user} size={22} presence />
          ) : (
            <span class="completion-ai">
              <Icon name="sparkle" size={15} />
            </span>
          )}
          <span>{item.title}</span>
          <small>{item.note}</small>
        </li>
      ))}
    </ul>
  )
}
