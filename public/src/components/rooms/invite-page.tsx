/** Where an invite link leads: what it is for, then in. */
import { useEffect, useState } from 'preact/hooks'
import { ApiError, messageOf } from '../../api/client.ts'
import { invites as api } from '../../api/endpoints.ts'
import { enterRoom } from '../../actions/rooms.ts'
import { personName } from '../../lib/names.ts'
import type { InvitePreview } from '../../lib/types.ts'
import { navigate, roomPath } from '../../router.ts'
import { sessionState } from '../../stores/session.ts'
import { AuthCard } from '../auth/auth-card.tsx'
import { SignIn } from '../auth/sign-in.tsx'
import { Spinner } from '../controls.tsx'

export function InvitePage({ token }: { token: string }) {
  const [preview, setPreview] = useState<InvitePreview | null>(null)
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const signedIn = sessionState.value === 'in'
  useEffect(() => {
    api.preview(token).then(setPreview, (error: unknown) => {
      // Where the preview needs an account, the invite can still be good.
      if (error instanceof ApiError && error.status === 401) return
      setProblem(explain(error))
    })
  }, [token, signedIn])
  const accept = async () => {
    setBusy(true)
    try {
      await enterRoom(await api.accept(token))
    } catch (error) {
      if (error instanceof ApiError && error.status === 409 && preview) navigate(roomPath(preview.room.id))
      else setProblem(explain(error))
    } finally {
      setBusy(false)
    }
  }
  if (problem) {
    return (
      <AuthCard title="This invite does not work">
        <p>{problem}</p>
        <a class="button" href="/">
          To Hubbub
        </a>
      </AuthCard>
    )
  }
  const name = preview?.room.name ?? 'a room'
  const by = preview?.inviter ? `${personName(preview.inviter)} invites you.` : 'You are invited.'
  if (!signedIn)
    return <SignIn mode="register" title={`Join ${name}`} note={`${by} Make an account or sign in.`} />
  return (
    <AuthCard title={`Join ${name}?`}>
      {preview ? (
        <p>
          {by} {preview.room.description}
        </p>
      ) : (
        <Spinner />
      )}
      <button
        type="button"
        class="button button-primary button-wide"
        disabled={busy}
        onClick={() => void accept()}
      >
        Join room
      </button>
      <a class="link" href="/">
        Not now
      </a>
    </AuthCard>
  )
}

function explain(error: unknown): string {
  if (error instanceof ApiError && error.status === 410) {
    return 'It has expired, was revoked, or has been used up. Ask for a new one.'
  }
  if (error instanceof ApiError && error.status === 404) return 'There is no such invite. Check the link.'
  return messageOf(error)
}
