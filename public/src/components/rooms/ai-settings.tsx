/** How the AI behaves in a room: model, when it answers, its instructions, tools, budget. */
import { useEffect, useState } from 'preact/hooks'
import { rooms as api } from '../../api/endpoints.ts'
import { compact } from '../../lib/time.ts'
import type { AiSettings, Room } from '../../lib/types.ts'
import { loadModels, models, modelsProblem } from '../../stores/models.ts'
import { putRoom } from '../../stores/rooms.ts'
import { attempt, toast } from '../../stores/ui.ts'
import { Field, Switch } from '../controls.tsx'

const fallback: AiSettings = {
  model: null,
  respond: 'mention',
  system_prompt: '',
  temperature: null,
  history_limit: 50,
  tools: [],
  budget: { tokens_per_day: null, per: 'room' },
}

const tools: [name: string, label: string, hint: string][] = [
  ['web_search', 'Search the web', 'Needs a search key on the server.'],
  ['read_page', 'Read web pages', 'Opens links that people or searches name.'],
  ['search_room', 'Search this room', 'Finds earlier messages that the person who asks may read.'],
]

export function AiSettingsForm({ room, editable }: { room: Room; editable: boolean }) {
  const [ai, setAi] = useState<AiSettings>({ ...fallback, ...room.ai })
  useEffect(() => loadModels(true), [])
  const set = (change: Partial<AiSettings>) => setAi({ ...ai, ...change })
  const save = async () => {
    if (await attempt(api.update(room.id, { ai }).then(putRoom))) toast('Saved.')
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <BudgetToday roomId={room.id} />
      <fieldset disabled={!editable}>
        <ModelField ai={ai} set={set} />
        <Field label="It answers">
          {(ids) => (
            <select
              {...ids}
              value={ai.respond}
              onChange={(event) => set({ respond: event.currentTarget.value as AiSettings['respond'] })}
            >
              <option value="mention">when somebody mentions it</option>
              <option value="always">every message</option>
              <option value="never">never</option>
            </select>
          )}
        </Field>
        <Field label="Instructions" hint="How it should behave here. Sent before the conversation.">
          {(ids) => (
            <textarea
              {...ids}
              rows={4}
              maxLength={20_000}
              value={ai.system_prompt}
              onInput={(event) => set({ system_prompt: event.currentTarget.value })}
            />
          )}
        </Field>
        <div class="form-row">
          <NumberField
            label="Temperature"
            hint="0 is strict, 2 is wild."
            value={ai.temperature}
            step={0.1}
            max={2}
            onChange={(temperature) => set({ temperature })}
          />
          <NumberField
            label="Messages it sees"
            hint="Newest first, as far as they fit."
            value={ai.history_limit}
            step={1}
            max={500}
            onChange={(value) => set({ history_limit: value ?? 50 })}
          />
        </div>
        <div class="form-group" role="group" aria-label="Tools">
          <p class="form-legend">Tools</p>
          {tools.map(([name, label, hint]) => (
            <Switch
              key={name}
              label={label}
              hint={hint}
              checked={ai.tools.includes(name)}
              disabled={!editable}
              onChange={(on) =>
                set({ tools: on ? [...ai.tools, name] : ai.tools.filter((tool) => tool !== name) })
              }
            />
          ))}
        </div>
        <div class="form-row">
          <NumberField
            label="Tokens a day"
            hint="Empty: no limit."
            value={ai.budget.tokens_per_day}
            step={1000}
            max={1_000_000_000}
            onChange={(tokens_per_day) => set({ budget: { ...ai.budget, tokens_per_day } })}
          />
          <Field label="For">
            {(ids) => (
              <select
                {...ids}
                value={ai.budget.per}
                onChange={(event) =>
                  set({ budget: { ...ai.budget, per: event.currentTarget.value as 'room' | 'user' } })
                }
              >
                <option value="room">the whole room</option>
                <option value="user">each person</option>
              </select>
            )}
          </Field>
        </div>
      </fieldset>
      {editable ? (
        <div class="form-actions">
          <button type="submit" class="button button-primary">
            Save
          </button>
        </div>
      ) : (
        <p class="muted">Owners and moderators can change this.</p>
      )}
    </form>
  )
}

function ModelField({ ai, set }: { ai: AiSettings; set: (change: Partial<AiSettings>) => void }) {
  const known = models.value.some((model) => model.id === ai.model)
  return (
    <Field label="Model" hint={modelsProblem.value ?? 'Others can be asked by their name, e.g. @gpt-4o.'}>
      {(ids) => (
        <select
          {...ids}
          value={ai.model ?? ''}
          onChange={(event) => set({ model: event.currentTarget.value || null })}
        >
          <option value="">The server’s default</option>
          {ai.model && !known ? <option value={ai.model}>{ai.model}</option> : null}
          {models.value.map((model) => (
            <option key={model.id} value={model.id}>
              {model.name || model.id}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

function NumberField({
  label,
  hint,
  value,
  step,
  max,
  onChange,
}: {
  label: string
  hint: string
  value: number | null
  step: number
  max: number
  onChange: (value: number | null) => void
}) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          min={0}
          max={max}
          step={step}
          value={value ?? ''}
          placeholder="default"
          onInput={(event) => {
            const { value: text, valueAsNumber } = event.currentTarget
            onChange(text === '' || Number.isNaN(valueAsNumber) ? null : valueAsNumber)
          }}
        />
      )}
    </Field>
  )
}

function BudgetToday({ roomId }: { roomId: string }) {
  const [today, setToday] = useState<{ used: number; limit: number | null } | null>(null)
  useEffect(() => {
    api.budget(roomId).then(setToday, () => undefined)
  }, [roomId])
  if (!today) return null
  return (
    <p class="budget">
      Used today: <strong>{compact(today.used)}</strong>
      {today.limit === null ? ' tokens' : ` of ${compact(today.limit)} tokens`}
      {today.limit ? <progress value={Math.min(today.used, today.limit)} max={today.limit} /> : null}
    </p>
  )
}
