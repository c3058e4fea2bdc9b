/** A new password; it ends all other sessions. */
import { useState } from 'preact/hooks'
import { ApiError, messageOf } from '../../api/client.ts'
import { auth } from '../../api/endpoints.ts'
import { toast } from '../../stores/ui.ts'
import { Field } from '../controls.tsx'

export function PasswordForm() {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [error, setError] = useState<unknown>(null)
  const save = async () => {
    try {
      await auth.profile({ current_password: current, new_password: next })
      setCurrent('')
      setNext('')
      setError(null)
      toast('Password changed. Your other devices are signed out.')
    } catch (problem) {
      setError(problem)
    }
  }
  const fields = error instanceof ApiError ? error.fields : {}
  const general = error && Object.keys(fields).length === 0 ? messageOf(error) : undefined
  return (
    <form
      class="form card-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Field label="Current password" error={fields.current_password ?? general}>
        {(ids) => (
          <input
            {...ids}
            type="password"
            autocomplete="current-password"
            value={current}
            onInput={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field
        label="New password"
        hint="At least 8 characters."
        error={fields.new_password ?? fields.password}
      >
        {(ids) => (
          <input
            {...ids}
            type="password"
            autocomplete="new-password"
            required
            value={next}
            onInput={(event) => setNext(event.currentTarget.value)}
          />
        )}
      </Field>
      <p class="muted">A new password signs you out everywhere else.</p>
      <div class="form-actions">
        <button type="submit" class="button button-primary" disabled={!next}>
          Change password
        </button>
      </div>
    </form>
  )
}
