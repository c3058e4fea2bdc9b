/** Reactions below a message; a click joins in or takes it back. */
import { react } from '../../actions/messages.ts'
import { emojiName, glyphOf } from '../../lib/emoji.ts'
import { personName } from '../../lib/names.ts'
import type { Message } from '../../lib/types.ts'
import { membersByRoom } from '../../stores/members.ts'
import { myId } from '../../stores/session.ts'

export function Reactions({ message }: { message: Message }) {
  const entries = Object.entries(message.reactions).filter(([, users]) => users.length > 0)
  if (entries.length === 0) return null
  return (
    <div class="reactions">
      {entries.map(([emoji, users]) => (
        <Reaction key={emoji} message={message} emoji={emoji} users={users} />
      ))}
    </div>
  )
}

function Reaction({ message, emoji, users }: { message: Message; emoji: string; users: string[] }) {
  const mine = users.includes(myId.value)
  const who = names(message.room_id, users)
  return (
    <button
      type="button"
      class={mine ? 'reaction reaction-mine' : 'reaction'}
      aria-pressed={mine}
      aria-label={`${emojiName(emoji)}, ${users.length}: ${who}`}
      title={`${who} reacted with ${emojiName(emoji)}`}
      onClick={() => void react(message, emoji)}
    >
      <span class="emoji">{glyphOf(emoji)}</span> {users.length}
    </button>
  )
}

const NAMED = 8

function names(roomId: string, users: string[]): string {
  const members = membersByRoom.value.get(roomId) ?? []
  const known = users.slice(0, NAMED).map((id) => {
    if (id === myId.value) return 'you'
    const member = members.find((person) => person.id === id)
    return member ? personName(member) : 'somebody'
  })
  const rest = users.length - known.length
  return rest > 0 ? `${known.join(', ')} and ${rest} more` : known.join(', ')
}
