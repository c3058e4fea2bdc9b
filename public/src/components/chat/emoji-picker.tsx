/** A grid of emoji with a search field; arrow keys move in it. */
import { useState } from 'preact/hooks'
import { type Emoji, emojiGroups, findEmoji } from '../../lib/emoji.ts'

const COLUMNS = 8

export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const [query, setQuery] = useState('')
  const found = query.trim() ? findEmoji(query.trim().replaceAll(' ', '_'), 64) : null
  return (
    <div class="emoji-picker" onKeyDown={gridKeys}>
      <input
        type="search"
        placeholder="Find emoji"
        aria-label="Find emoji"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = found?.[0]
          if (event.key === 'Enter' && first) onPick(first.char)
        }}
      />
      <div class="emoji-scroll">
        {found ? (
          <Grid emoji={found} onPick={onPick} />
        ) : (
          emojiGroups.map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <Grid emoji={group.emoji} onPick={onPick} />
            </section>
          ))
        )}
        {found?.length === 0 ? <p class="muted">No emoji by that name.</p> : null}
      </div>
    </div>
  )
}

function Grid({ emoji, onPick }: { emoji: Emoji[]; onPick: (emoji: string) => void }) {
  return (
    <div class="emoji-grid">
      {emoji.map(({ char, names }) => (
        <button
          type="button"
          key={char}
          title={`:${names[0]}:`}
          aria-label={names[0]?.replaceAll('_', ' ') ?? char}
          onClick={() => onPick(char)}
        >
          {char}
        </button>
      ))}
    </div>
  )
}

const steps: Record<string, number> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: COLUMNS,
  ArrowUp: -COLUMNS,
}

function gridKeys(event: KeyboardEvent): void {
  const step = steps[event.key]
  if (!step || !(event.currentTarget instanceof HTMLElement)) return
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('.emoji-grid button')]
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  if (at < 0 && event.key !== 'ArrowDown') return
  event.preventDefault()
  buttons[at < 0 ? 0 : Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus()
}
