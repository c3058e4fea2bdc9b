// Mattermost's two most frequent requests, over its API, in the room that the other scenarios use.
import { mattermostFanOut } from './fan-out.ts'
import type { Figure } from './figures.ts'
import { measure, shown } from './http-scenarios.ts'
import type { World } from './world.ts'

interface Channel {
  id: string
  token: string
}

/** Signs in over API v4 and finds a room among the person's channels. */
async function signIn({ hubbub }: World, username: string, name = 'Bench'): Promise<Channel> {
  const response = await fetch(`${hubbub.url}/api/v4/users/login`, {
    method: 'POST',
    body: JSON.stringify({ login_id: username, password: 'bench password 1' }),
    headers: { 'content-type': 'application/json' },
  })
  const token = response.headers.get('token') ?? ''
  const list = async (path: string) => {
    const answer = await fetch(`${hubbub.url}/api/v4${path}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return (await answer.json()) as { id: string; display_name: string }[]
  }
  const [team] = await list('/users/me/teams')
  const channels = await list(`/users/me/teams/${team?.id}/channels`)
  const channel = channels.find(({ display_name }) => display_name === name)
  if (!channel) throw new Error(`${username} does not see ${name}`)
  return { id: channel.id, token }
}

export async function mattermost(world: World): Promise<Figure[]> {
  const channel = await signIn(world, 'bench')
  const listener = await signIn(world, 'listener')
  return [
    await posting(world, channel),
    await reading(world, await writtenIn(world)),
    await mattermostFanOut(world, 200, channel, listener.token),
    await mattermostFanOut(world, 1_000, channel, listener.token),
  ]
}

/** A channel that people have written in at their own pace; in the others the bench has posted faster than time passes. */
async function writtenIn(world: World): Promise<Channel> {
  const { id } = await world.call<{ id: string }>('POST', '/api/rooms', { name: 'Reading', kind: 'public' })
  for (let n = 0; n < 200; n++)
    await world.call('POST', `/api/rooms/${id}/messages`, { content: `Message ${n} of an ordinary length.` })
  return signIn(world, 'bench', 'Reading')
}

/** The server works on one thread, so a core of its own serves one request each `cpuUs`. */
const onOneCore = ({ cpuUs }: { cpuUs: number }) => 1e6 / cpuUs

async function posting({ hubbub }: World, { id, token }: Channel): Promise<Figure> {
  const headers = { authorization: `Bearer ${token}` }
  const body = JSON.stringify({
    channel_id: id,
    message: 'A message of an ordinary length, as people write them in a chat.',
  })
  const ours = await measure(hubbub, () => ({ method: 'POST', path: '/api/v4/posts', headers, body }))
  return {
    what: 'Mattermost: POST /api/v4/posts',
    ours: shown(ours),
    floor: '',
    ratio: null,
    target: '≥ 2,500/s on one core (≤ 400 µs)',
    met: onOneCore(ours) >= 2_500,
  }
}

async function reading({ hubbub }: World, { id, token }: Channel): Promise<Figure> {
  const headers = { authorization: `Bearer ${token}` }
  const ours = await measure(hubbub, () => ({ path: `/api/v4/channels/${id}/posts?per_page=60`, headers }))
  return {
    what: 'Mattermost: GET channels/{id}/posts?per_page=60',
    ours: shown(ours),
    floor: '',
    ratio: null,
    target: '≥ 4,000/s on one core (≤ 250 µs)',
    met: onOneCore(ours) >= 4_000,
  }
}
