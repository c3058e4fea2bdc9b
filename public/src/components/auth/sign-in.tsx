/** Signing in, and signing up. */
import { useEffect, useState } from 'preact/hooks'
import { ApiError, messageOf } from '../../api/client.ts'
import { auth, type Signed } from '../../api/endpoints.ts'
import { navigate, route } from '../../router.ts'
import { enter } from '../../stores/session.ts'
import { Field } from '../controls.tsx'
import { Icon } from '../icon.tsx'
import { AuthCard } from './auth-card.tsx'
import { signInByNostr } from './nostr.ts'

export interface SignInProps {
  mode: 'login' | 'register'
  title?: string
  note?: string
}

export function SignIn({ mode: first, title, note }: SignInProps) {
  const [mode, setMode] = useState(first)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const offer = useOffer()
  useEffect(() => {
    if (offer.first_account) setMode('register')
  }, [offer.first_account])
  const run = async (signing: () => Promise<Signed>) => {
    setBusy(true)
    setError(null)
    try {
      enter(await signing())
      const at = route.peek().name
      if (at === 'login' || at === 'register') navigate('/', { replace: true })
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  const creating = mode === 'register'
  const general = error && !hasFields(error) ? explain(error) : null
  return (
    <AuthCard
      title={
        title ?? (creating ? (offer.first_account ? 'Welcome to Hubbub' : 'Make an account') : 'Welcome back')
      }
    >
      {note ? <p class="muted">{note}</p> : null}
      {offer.first_account ? (
        <p class="muted">Nobody is here yet. Your account will be the administrator’s.</p>
      ) : null}
      {general ? (
        <p class="form-error" role="alert">
          {general}
        </p>
      ) : null}
      <AccountForm creating={creating} busy={busy} error={error} run={run} />
      <p class="auth-or">or</p>
      <button
        type="button"
        class="button button-wide"
        disabled={busy}
        onClick={() => void run(signInByNostr)}
      >
        <Icon name="key" size={18} /> Continue with Nostr
      </button>
      {offer.signup_enabled && !offer.first_account ? (
        <p class="auth-switch">
          {creating ? 'You have an account?' : 'New here?'}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              setMode(creating ? 'login' : 'register')
              setError(null)
            }}
          >
            {creating ? 'Sign in' : 'Make an account'}
          </button>
        </p>
      ) : null}
    </AuthCard>
  )
}

/** What the server offers; until it has said so, what most servers do. */
function useOffer() {
  const [offer, setOffer] = useState({ first_account: false, signup_enabled: true })
  useEffect(() => {
    auth.options().then(setOffer, () => {})
  }, [])
  return offer
}

function hasFields(error: unknown): boolean {
  return error instanceof ApiError && Object.keys(error.fields).length > 0
}

function explain(error: unknown): string {
  if (error instanceof ApiError && error.retryAfterSeconds) {
    return `${error.message} Try again in ${error.retryAfterSeconds} seconds.`
  }
  return messageOf(error)
}

function AccountForm({
  creating,
  busy,
  error,
  run,
}: {
  creating: boolean
  busy: boolean
  error: unknown
  run: (signing: () => Promise<Signed>) => Promise<void>
}) {
  const [username, setUsername] = useState('')
  const [displayName, setDisplayName] = useState('')
  const [password, setPassword] = useState('')
  const fields = error instanceof ApiError ? error.fields : {}
  const submit = () =>
    run(() =>
      creating
        ? auth.register({
            username: username.trim(),
            password,
            ...(displayName.trim() ? { display_name: displayName.trim() } : {}),
          })
        : auth.login(username.trim(), password),
    )
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <Field label={creating ? 'User name' : 'User name or e-mail'} error={fields.username}>
        {(ids) => (
          <input
            {...ids}
            name="username"
            autocomplete="username"
            autocapitalize="none"
            required
            autofocus
            value={username}
            onInput={(event) => setUsername(event.currentTarget.value)}
          />
        )}
      </Field>
      {creating ? (
        <Field
          label="Your name"
          hint="As others will see it. You can leave it empty."
          error={fields.display_name}
        >
          {(ids) => (
            <input
              {...ids}
              name="name"
              autocomplete="name"
              maxLength={64}
              value={displayName}
              onInput={(event) => setDisplayName(event.currentTarget.value)}
            />
          )}
        </Field>
      ) : null}
      <Field
        label="Password"
        error={fields.password}
        {...(creating ? { hint: 'At least 8 characters.' } : {})}
      >
        {(ids) => (
          <input
            {...ids}
            name="password"
            type="password"
            required
            autocomplete={creating ? 'new-password' : 'current-password'}
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="button button-primary button-wide" disabled={busy}>
        {creating ? 'Create account' : 'Sign in'}
      </button>
    </form>
  )
}
