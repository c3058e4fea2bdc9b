/** Who is typing and which model is thinking; keeps its height when nobody is. */
import { personName } from '../../lib/names.ts'
import { thinking, typists } from '../../stores/live.ts'

export function TypingLine({ roomId }: { roomId: string }) {
  const names = typists.value.filter((t) => t.roomId === roomId).map((t) => personName(t.user))
  const model = thinking.value.get(roomId)
  const parts: string[] = []
  if (names.length === 1) parts.push(`${names[0]} is typing`)
  else if (names.length === 2) parts.push(`${names[0]} and ${names[1]} are typing`)
  else if (names.length > 2) parts.push('Several people are typing')
  if (model) parts.push(`${model} is thinking`)
  return (
    <p class="typing" data-testid="typing">
      {parts.length > 0 ? (
        <>
          <span class="dots dots-small" aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          {parts.join(' · ')}
        </>
      ) : null}
    </p>
  )
}
