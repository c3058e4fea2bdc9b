/** Name, picture and a few words about oneself. */
import { useRef, useState } from 'preact/hooks'
import { ApiError, messageOf } from '../../api/client.ts'
import { auth } from '../../api/endpoints.ts'
import { IMAGE_TYPES } from '../../api/upload.ts'
import type { User } from '../../lib/types.ts'
import { me } from '../../stores/session.ts'
import { attempt, toast } from '../../stores/ui.ts'
import { Avatar } from '../avatar.tsx'
import { Field } from '../controls.tsx'

const MAX_AVATAR_BYTES = 2 * 1024 * 1024

const keep = (user: User | undefined) => {
  if (user) me.value = user
}

export function Profile() {
  const self = me.value
  return self ? <ProfileForm key={self.id} self={self} /> : null
}

function ProfileForm({ self }: { self: User }) {
  const [name, setName] = useState(self.display_name)
  const [bio, setBio] = useState(self.bio ?? '')
  const [email, setEmail] = useState(self.email ?? '')
  const [error, setError] = useState<unknown>(null)
  const save = async () => {
    try {
      const body = { display_name: name.trim(), bio: bio.trim(), email: email.trim() || null }
      keep(await auth.profile(body))
      setError(null)
      toast('Profile saved.')
    } catch (problem) {
      setError(problem)
    }
  }
  const fields = error instanceof ApiError ? error.fields : {}
  const general = error && Object.keys(fields).length === 0 ? messageOf(error) : null
  return (
    <div class="card-form">
      <AvatarPicker self={self} />
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {general ? (
          <p class="form-error" role="alert">
            {general}
          </p>
        ) : null}
        <Field label="Your name" error={fields.display_name}>
          {(ids) => (
            <input
              {...ids}
              maxLength={80}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="About you" error={fields.bio}>
          {(ids) => (
            <textarea
              {...ids}
              rows={3}
              maxLength={500}
              value={bio}
              onInput={(event) => setBio(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="E-mail" hint="Only you and administrators see it." error={fields.email}>
          {(ids) => (
            <input
              {...ids}
              type="email"
              autocomplete="email"
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          )}
        </Field>
        {self.npub ? <p class="muted npub">Nostr: {self.npub}</p> : null}
        <div class="form-actions">
          <button type="submit" class="button button-primary">
            Save profile
          </button>
        </div>
      </form>
    </div>
  )
}

function AvatarPicker({ self }: { self: User }) {
  const input = useRef<HTMLInputElement>(null)
  const upload = async (file: File | undefined) => {
    if (!file) return
    if (!IMAGE_TYPES.includes(file.type)) return toast('Choose a PNG, JPEG, WebP or GIF image.', 'error')
    if (file.size > MAX_AVATAR_BYTES) return toast('Pictures may be up to 2 MB.', 'error')
    if (await attempt(auth.setAvatar(file).then(keep))) toast('Picture saved.')
  }
  const remove = () =>
    attempt(auth.removeAvatar().then((user) => keep(user ?? { ...self, avatar_url: null })))
  return (
    <div class="avatar-picker">
      <Avatar user={self} size={84} />
      <div>
        <p>
          <strong>@{self.username}</strong>
        </p>
        <button type="button" class="button button-small" onClick={() => input.current?.click()}>
          Change picture
        </button>{' '}
        {self.avatar_url ? (
          <button type="button" class="button button-small" onClick={() => void remove()}>
            Remove
          </button>
        ) : null}
      </div>
      <input
        ref={input}
        class="sr-only"
        type="file"
        tabIndex={-1}
        aria-label="Picture"
        accept={IMAGE_TYPES.join(',')}
        onChange={(event) => {
          void upload(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}
