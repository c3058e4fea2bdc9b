/** Settings of the server that apply at once. */
import { useEffect, useState } from 'preact/hooks'
import { messageOf } from '../../api/client.ts'
import { admin as api } from '../../api/endpoints.ts'
import type { ServerSettings } from '../../lib/types.ts'
import { loadModels, models } from '../../stores/models.ts'
import { attempt, toast } from '../../stores/ui.ts'
import { Field, Problem, Spinner, Switch } from '../controls.tsx'

export function AdminSettings() {
  const [saved, setSaved] = useState<ServerSettings | null>(null)
  const [draft, setDraft] = useState<ServerSettings | null>(null)
  const [problem, setProblem] = useState('')
  const show = (settings: ServerSettings) => {
    setSaved(settings)
    setDraft(settings)
  }
  useEffect(() => {
    loadModels()
    api.settings().then(show, (error: unknown) => setProblem(messageOf(error)))
  }, [])
  if (problem) return <Problem text={problem} />
  if (!draft || !saved) return <Spinner />
  const set = (change: Partial<ServerSettings>) => setDraft({ ...draft, ...change })
  const save = async () => {
    const patch = changed(saved, draft)
    const done = await attempt(api.updateSettings(patch).then((body) => show(body?.settings ?? draft)))
    if (done) toast('Settings saved.')
  }
  return (
    <form
      class="form card-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Switch
        label="People may sign up"
        hint="Off: only those with an account can come in."
        checked={draft.signup_enabled}
        onChange={(signup_enabled) => set({ signup_enabled })}
      />
      <Field label="New accounts">
        {(ids) => (
          <select
            {...ids}
            value={draft.default_role}
            onChange={(event) =>
              set({ default_role: event.currentTarget.value as ServerSettings['default_role'] })
            }
          >
            <option value="user">can start at once</option>
            <option value="pending">wait for approval</option>
          </select>
        )}
      </Field>
      <Field label="Default model" hint="What @ai means in rooms that choose no model.">
        {(ids) => (
          <select
            {...ids}
            value={draft.default_model ?? ''}
            onChange={(event) => set({ default_model: event.currentTarget.value || null })}
          >
            <option value="">The first one available</option>
            {draft.default_model && !models.value.some((model) => model.id === draft.default_model) ? (
              <option value={draft.default_model}>{draft.default_model}</option>
            ) : null}
            {models.value.map((model) => (
              <option key={model.id} value={model.id}>
                {model.name || model.id}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Tokens a day for each person"
        hint="Empty: no limit. Rooms can set their own, lower ones."
      >
        {(ids) => (
          <input
            {...ids}
            type="number"
            min={0}
            step={1000}
            value={draft.max_tokens_per_day ?? ''}
            onInput={(event) => {
              const { value, valueAsNumber } = event.currentTarget
              set({ max_tokens_per_day: value === '' ? null : valueAsNumber })
            }}
          />
        )}
      </Field>
      <div class="form-actions">
        <button type="submit" class="button button-primary">
          Save settings
        </button>
      </div>
    </form>
  )
}

/** Only what differs: a setting that the environment decides refuses any write. */
export function changed(before: ServerSettings, after: ServerSettings): Partial<ServerSettings> {
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => before[key as keyof ServerSettings] !== value),
  )
}
