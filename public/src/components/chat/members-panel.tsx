/** Who is in the room, who is here now, and, for moderators, roles and removal. */
import { useState } from 'preact/hooks'
import { rooms as api } from '../../api/endpoints.ts'
import { personName } from '../../lib/names.ts'
import type { Member, MemberRole, Room } from '../../lib/types.ts'
import { online } from '../../stores/live.ts'
import { loadMembers, mayModerate, membersByRoom, roleIn } from '../../stores/members.ts'
import { openDirect } from '../../actions/rooms.ts'
import { isDirect } from '../../stores/room-list.ts'
import { myId } from '../../stores/session.ts'
import { attempt, dialog, panel } from '../../stores/ui.ts'
import { Avatar } from '../avatar.tsx'
import { IconButton } from '../controls.tsx'
import { SidePanel } from './side-panel.tsx'

const order: Record<MemberRole, number> = { owner: 0, moderator: 1, member: 2 }
const roleNames: Record<MemberRole, string> = { owner: 'Owner', moderator: 'Moderator', member: '' }

export function MembersPanel({ room }: { room: Room }) {
  const members = membersByRoom.value.get(room.id) ?? []
  const sorted = members.toSorted(
    (a, b) =>
      Number(a.is_bot) - Number(b.is_bot) ||
      order[a.member_role] - order[b.member_role] ||
      personName(a).localeCompare(personName(b)),
  )
  return (
    <SidePanel title="Members" note={`${members.length}`} onClose={() => (panel.value = null)}>
      <div class="panel-scroll">
        {mayModerate(room.id, myId.value) && !isDirect(room) ? <AddMember roomId={room.id} /> : null}
        <ul class="people">
          {sorted.map((member) => (
            <MemberRow key={member.id} room={room} member={member} />
          ))}
        </ul>
      </div>
    </SidePanel>
  )
}

function MemberRow({ room, member }: { room: Room; member: Member }) {
  const self = member.id === myId.value
  const here = self || online.value.has(member.id)
  const moderator = mayModerate(room.id, myId.value) && !isDirect(room)
  return (
    <li class="person">
      <Avatar user={member} size={34} presence />
      <span class="person-name">
        {personName(member)} {self ? <small>(you)</small> : null}
        <small>
          @{member.username}
          {member.is_bot ? ' · AI' : here ? ' · here' : ''}
        </small>
      </span>
      {moderator && !self && !member.is_bot ? (
        <RoleSelect roomId={room.id} member={member} />
      ) : (
        <span class="role">{roleNames[member.member_role]}</span>
      )}
      {self || member.is_bot || isDirect(room) ? null : (
        <IconButton
          icon="thread"
          size={18}
          label={`Message ${personName(member)}`}
          onClick={() => void attempt(openDirect([member]))}
        />
      )}
      {moderator && !self ? (
        <IconButton
          icon="close"
          size={18}
          label={`Remove ${personName(member)}`}
          onClick={() => confirmRemoval(room, member)}
        />
      ) : null}
    </li>
  )
}

function RoleSelect({ roomId, member }: { roomId: string; member: Member }) {
  const owner = roleIn(roomId, myId.value) === 'owner'
  const change = async (role: MemberRole) => {
    await attempt(api.setMemberRole(roomId, member.id, role))
    await attempt(loadMembers(roomId))
  }
  return (
    <select
      class="select-small"
      aria-label={`Role of ${personName(member)}`}
      value={member.member_role}
      onChange={(event) => void change(event.currentTarget.value as MemberRole)}
    >
      <option value="owner" disabled={!owner}>
        Owner
      </option>
      <option value="moderator">Moderator</option>
      <option value="member">Member</option>
    </select>
  )
}

function confirmRemoval(room: Room, member: Member): void {
  dialog.value = {
    name: 'confirm',
    title: `Remove ${personName(member)}?`,
    text: `They leave ${room.name} at once and need a new invite to come back to a private room.`,
    action: 'Remove',
    run: async () => {
      await api.removeMember(room.id, member.id)
      await loadMembers(room.id)
    },
  }
}

function AddMember({ roomId }: { roomId: string }) {
  const [name, setName] = useState('')
  const add = async () => {
    const done = await attempt(api.addMember(roomId, name.trim().replace(/^@/, '')))
    if (!done) return
    setName('')
    await attempt(loadMembers(roomId))
  }
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <input
        value={name}
        aria-label="User name to add"
        placeholder="Add by user name"
        autocomplete="off"
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={!name.trim()}>
        Add
      </button>
    </form>
  )
}
