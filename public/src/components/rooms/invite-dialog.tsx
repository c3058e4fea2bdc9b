/** Making and revoking invite links of a room; inviting a Nostr key. */
import { useEffect, useState } from 'preact/hooks'
import { invites as api } from '../../api/endpoints.ts'
import type { Invite } from '../../lib/types.ts'
import { fullTime } from '../../lib/time.ts'
import { roomById } from '../../stores/rooms.ts'
import { attempt, toast } from '../../stores/ui.ts'
import { Field, IconButton } from '../controls.tsx'
import { Dialog } from '../dialog.tsx'

const lifetimes: [label: string, seconds: number | null][] = [
  ['1 day', 86_400],
  ['7 days', 604_800],
  ['30 days', 2_592_000],
  ['Never', null],
]
const limits: [label: string, uses: number | null][] = [
  ['1 person', 1],
  ['10 people', 10],
  ['100 people', 100],
  ['No limit', null],
]

/** The link as people paste it: always on the address that they see. */
export function inviteLink(invite: Pick<Invite, 'token'>): string {
  return `${location.origin}/invite/${encodeURIComponent(invite.token)}`
}

export function InviteDialog({ roomId }: { roomId: string }) {
  const room = roomById(roomId)
  const [list, setList] = useState<Invite[]>([])
  const [lifetime, setLifetime] = useState<number | null>(604_800)
  const [uses, setUses] = useState<number | null>(null)
  const load = async () => {
    setList((await api.mine()).filter((invite) => invite.room_id === roomId && usable(invite)))
  }
  useEffect(() => void attempt(load()), [roomId])
  const create = async () => {
    const invite = await api.create({
      room_id: roomId,
      ...(uses ? { max_uses: uses } : {}),
      ...(lifetime ? { expires_in: lifetime } : {}),
    })
    setList([invite, ...list])
    await copyLink(invite)
  }
  return (
    <Dialog title={`Invite people to ${room?.name ?? 'the room'}`}>
      <div class="form">
        <p class="muted">Whoever opens the link can join, also without an account yet.</p>
        <div class="form-row">
          <Field label="Works for">
            {(ids) => (
              <select
                {...ids}
                value={uses ?? ''}
                onChange={(event) => setUses(Number(event.currentTarget.value) || null)}
              >
                {limits.map(([label, value]) => (
                  <option key={label} value={value ?? ''}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label="Expires after">
            {(ids) => (
              <select
                {...ids}
                value={lifetime ?? ''}
                onChange={(event) => setLifetime(Number(event.currentTarget.value) || null)}
              >
                {lifetimes.map(([label, value]) => (
                  <option key={label} value={value ?? ''}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <button type="button" class="button button-primary" onClick={() => void attempt(create())}>
            Create link
          </button>
        </div>
        <ul class="invites">
          {list.map((invite) => (
            <li key={invite.token}>
              <input readOnly value={inviteLink(invite)} aria-label="Invite link" data-testid="invite-link" />
              <IconButton icon="copy" label="Copy link" onClick={() => void copyLink(invite)} />
              <IconButton
                icon="trash"
                label="Revoke link"
                onClick={() => void attempt(api.revoke(invite.token).then(load))}
              />
              <small>{describe(invite)}</small>
            </li>
          ))}
        </ul>
        <NostrInvite roomId={roomId} />
      </div>
    </Dialog>
  )
}

function usable(invite: Invite): boolean {
  const used = invite.max_uses != null && (invite.uses ?? 0) >= invite.max_uses
  const expired = invite.expires_at != null && Date.parse(invite.expires_at) < Date.now()
  return !used && !expired && !invite.revoked_at
}

function describe(invite: Invite): string {
  const used = `${invite.uses ?? 0}${invite.max_uses ? ` of ${invite.max_uses}` : ''} used`
  return invite.expires_at ? `${used}, until ${fullTime(invite.expires_at)}` : `${used}, does not expire`
}

async function copyLink(invite: Invite): Promise<void> {
  if (!navigator.clipboard) return
  if (await attempt(navigator.clipboard.writeText(inviteLink(invite)))) toast('Invite link copied.')
}

function NostrInvite({ roomId }: { roomId: string }) {
  const [npub, setNpub] = useState('')
  const invite = async () => {
    if (!(await attempt(api.nostr(roomId, npub.trim())))) return
    setNpub('')
    toast('That key is let in when it signs in.')
  }
  return (
    <details class="more">
      <summary>Invite somebody by Nostr key</summary>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          void invite()
        }}
      >
        <input
          value={npub}
          placeholder="npub1…"
          aria-label="Nostr public key"
          onInput={(event) => setNpub(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={!npub.trim()}>
          Invite
        </button>
      </form>
    </details>
  )
}
