/**
 * Emoji by short name. Open WebUI and Mattermost keep reactions as names (`+1`), people and native
 * clients write the character itself; here is the way there and back. Names that no table knows are
 * custom emoji and stay as they are.
 */
import { gemoji } from 'gemoji'

/** Mattermost's spelling of the five skin tones, U+1F3FB … U+1F3FF. */
const toneNames = ['light', 'medium_light', 'medium', 'medium_dark', 'dark'] as const
const toneStart = 0x1f3fb
const maxNameLength = 64

const nameByEmoji = new Map<string, string>()
const emojiByName = new Map<string, string>()
for (const { emoji, names } of gemoji) {
  const [first] = names
  if (first === undefined) continue
  nameByEmoji.set(plain(emoji), first)
  for (const name of names) emojiByName.set(name, emoji)
}

/** Without the "show me in colour" mark, which keyboards set or leave out as they like. */
function plain(emoji: string): string {
  return emoji.replaceAll('\ufe0f', '')
}

/** Short name of a character, a `:name:` or a bare name; null when it can be no emoji. */
export function emojiNameOf(input: string): string | null {
  const text = input.trim()
  if (text === '' || text.length > maxNameLength) return null
  const known = nameByEmoji.get(plain(text)) ?? tonedName(text)
  if (known) return known
  const bare = text.startsWith(':') && text.endsWith(':') ? text.slice(1, -1) : text
  return /^[a-z0-9_+-]+$/i.test(bare) ? bare.toLowerCase() : null
}

/** The character for a short name; a custom emoji reads `:name:`. */
export function emojiOf(name: string): string {
  return emojiByName.get(name) ?? tonedEmoji(name) ?? `:${name}:`
}

function tonedName(text: string): string | null {
  const tones = [...text].map((char) => char.codePointAt(0)! - toneStart).filter((tone) => tone >= 0 && tone < 5)
  const [tone] = tones
  // People of two colours in one picture have no name in any of the tables.
  if (tone === undefined || tones.some((other) => other !== tone)) return null
  const base = nameByEmoji.get(plain(text.replace(/[\u{1f3fb}-\u{1f3ff}]/gu, '')))
  return base ? `${base}_${toneNames[tone]}_skin_tone` : null
}

function tonedEmoji(name: string): string | null {
  const match = /^(.+?)_(light|medium_light|medium|medium_dark|dark)_skin_tone$/.exec(name)
  const base = match && emojiByName.get(match[1]!)
  if (!base) return null
  const tone = String.fromCodePoint(toneStart + toneNames.indexOf(match[2] as (typeof toneNames)[number]))
  const [head = '', ...rest] = [...base]
  return head + tone + (rest[0] === '\ufe0f' ? rest.slice(1) : rest).join('')
}
