/** Pictures of people and rooms; initials on a colour of their own when there is none. */
import { hueOf, initials, personName } from '../lib/names.ts'
import type { Sender } from '../lib/types.ts'
import { online } from '../stores/live.ts'
import { Icon } from './icon.tsx'

type Person = Pick<Sender, 'id' | 'username' | 'display_name' | 'avatar_url' | 'is_bot'>

export function Avatar({
  user,
  size = 36,
  presence = false,
}: {
  user: Person
  size?: number
  presence?: boolean
}) {
  return (
    <span class="avatar-box" style={{ width: `${size}px`, height: `${size}px` }} aria-hidden="true">
      <Face user={user} size={size} />
      {presence && online.value.has(user.id) ? <span class="presence" /> : null}
    </span>
  )
}

function Face({ user, size }: { user: Person; size: number }) {
  if (user.avatar_url) {
    return <img class="avatar" src={user.avatar_url} alt="" width={size} height={size} loading="lazy" />
  }
  if (user.is_bot) {
    return (
      <span class="avatar avatar-bot">
        <Icon name="sparkle" size={size * 0.58} />
      </span>
    )
  }
  const hue = hueOf(user.id)
  return (
    <span class="avatar" style={{ '--hue': hue, fontSize: `${size * 0.38}px` }}>
      {initials(personName(user))}
    </span>
  )
}
