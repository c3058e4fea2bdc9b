/** API keys for bots and integrations; the key itself is shown once. */
import { useEffect, useState } from 'preact/hooks'
import { auth } from '../../api/endpoints.ts'
import { fullTime } from '../../lib/time.ts'
import type { ApiKey } from '../../lib/types.ts'
import { attempt, dialog, toast } from '../../stores/ui.ts'
import { Empty, Field, IconButton } from '../controls.tsx'

const scopeNames: [scope: string, label: string][] = [
  ['rooms:read', 'see rooms'],
  ['messages:read', 'read messages'],
  ['messages:write', 'write messages'],
  ['rooms:write', 'change rooms'],
  ['files:write', 'upload images'],
  ['account:read', 'see the profile'],
]
const lifetimes: [label: string, days: number | null][] = [
  ['30 days', 30],
  ['90 days', 90],
  ['1 year', 365],
  ['Never', null],
]
const DAY_S = 86_400

export function Keys() {
  const [keys, setKeys] = useState<ApiKey[]>([])
  const [fresh, setFresh] = useState<string | null>(null)
  const load = async () => setKeys(await auth.keys())
  useEffect(() => void attempt(load()), [])
  return (
    <div class="card-form">
      <p class="muted">
        A key lets a program act as you, as far as you allow. Send it as{' '}
        <code>Authorization: Bearer hb_…</code>.{' '}
        <a href="/docs" target="_blank" rel="noopener">
          API documentation
        </a>
      </p>
      {fresh ? <FreshKey secret={fresh} onDone={() => setFresh(null)} /> : null}
      <NewKey
        onMade={(secret) => {
          setFresh(secret)
          void attempt(load())
        }}
      />
      {keys.length === 0 ? <Empty icon="key" title="No keys yet" /> : null}
      <ul class="keys">
        {keys.map((key) => (
          <li key={key.id}>
            <div>
              <strong>{key.name}</strong> {key.prefix ? <code>{key.prefix}…</code> : null}
              <small>
                {key.scopes.join(', ')} ·{' '}
                {key.expires_at ? `until ${fullTime(key.expires_at)}` : 'does not expire'} ·{' '}
                {key.last_used_at ? `last used ${fullTime(key.last_used_at)}` : 'never used'}
              </small>
            </div>
            <IconButton
              icon="trash"
              label={`Delete key ${key.name}`}
              onClick={() => confirmDelete(key, load)}
            />
          </li>
        ))}
      </ul>
    </div>
  )
}

function confirmDelete(key: ApiKey, reload: () => Promise<void>): void {
  dialog.value = {
    name: 'confirm',
    title: `Delete the key ${key.name}?`,
    text: 'Programs that use it stop working at once.',
    action: 'Delete key',
    run: () => auth.deleteKey(key.id).then(reload),
  }
}

function FreshKey({ secret, onDone }: { secret: string; onDone: () => void }) {
  const copy = async () => {
    if (navigator.clipboard && (await attempt(navigator.clipboard.writeText(secret)))) toast('Key copied.')
  }
  return (
    <div class="fresh-key" role="status">
      <p>
        <strong>Copy the key now.</strong> It is not shown again.
      </p>
      <div class="inline-form">
        <input
          readOnly
          value={secret}
          aria-label="New API key"
          onFocus={(event) => event.currentTarget.select()}
        />
        <IconButton icon="copy" label="Copy key" onClick={() => void copy()} />
        <button type="button" class="button" onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  )
}

function NewKey({ onMade }: { onMade: (secret: string) => void }) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState(['rooms:read', 'messages:read', 'messages:write'])
  const [days, setDays] = useState<number | null>(90)
  const make = async () => {
    const body = { name: name.trim(), scopes, ...(days ? { expires_in: days * DAY_S } : {}) }
    await attempt(
      auth.createKey(body).then((made) => {
        setName('')
        onMade(made.key)
      }),
    )
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void make()
      }}
    >
      <div class="form-row">
        <Field label="What is it for?">
          {(ids) => (
            <input
              {...ids}
              required
              maxLength={100}
              value={name}
              placeholder="e.g. build bot"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Expires after">
          {(ids) => (
            <select
              {...ids}
              value={days ?? ''}
              onChange={(event) => setDays(Number(event.currentTarget.value) || null)}
            >
              {lifetimes.map(([label, value]) => (
                <option key={label} value={value ?? ''}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div class="checks" role="group" aria-label="What it may do">
        {scopeNames.map(([scope, label]) => (
          <label key={scope}>
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={(event) =>
                setScopes(
                  event.currentTarget.checked
                    ? [...scopes, scope]
                    : scopes.filter((other) => other !== scope),
                )
              }
            />{' '}
            {label}
          </label>
        ))}
      </div>
      <div class="form-actions">
        <button type="submit" class="button button-primary" disabled={!name.trim() || scopes.length === 0}>
          Make key
        </button>
      </div>
    </form>
  )
}
