// The accounts, channels and rooms of a soak: everybody is in one large place and in a few small ones.
import { Caller, each, type Ledger, type Person, pick } from './soak-ledger.ts'
import { MattermostPerson } from './soak-mattermost.ts'
import { MattermostModel } from './soak-mattermost-model.ts'
import { NativePerson } from './soak-native.ts'
import { OpenwebuiPerson } from './soak-openwebui.ts'

const password = 'soak password 1'
/** Passwords are hashed by the server: more at once only wait. */
const lanes = 6
/** Small places for each person, besides the large one. */
const places = 3
const peoplePerPlace = 20

export type Face = 'mattermost' | 'native' | 'openwebui'
export interface Crowd {
  url: string
  ledger: Ledger
  admin: Caller
}

/** Registers the administrator, who must be the first. */
export async function firstAdmin(url: string, ledger: Ledger): Promise<Caller> {
  const admin = new Caller(url, ledger)
  admin.token = (await register(admin, 'soakadmin')).token
  return admin
}

export function gather(face: Face, crowd: Crowd, from: number, count: number): Promise<Person[]> {
  const numbers = Array.from({ length: count }, (_, n) => from + n)
  if (face === 'mattermost') return mattermost(crowd, numbers)
  return face === 'native' ? native(crowd, numbers) : openwebui(crowd, numbers)
}

interface Account {
  token: string
  user: { id: string }
}

async function register(caller: Caller, username: string): Promise<Account> {
  return must(
    await caller.call<Account>('register', 'POST', '/api/auth/register', { username, password }),
    username,
  )
}

function must<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`the soak could not begin: ${what}`)
  return value
}

/** Who is where: the first place holds everybody. */
function spread(numbers: readonly number[]): number[][] {
  const small = Math.max(1, Math.ceil((numbers.length * places) / peoplePerPlace))
  const rooms = Array.from({ length: small }, () => new Set<number>())
  for (const n of numbers) for (let k = 0; k < places; k++) pick(rooms).add(n)
  return [[...numbers], ...rooms.map((room) => [...room]).filter(({ length }) => length > 1)]
}

/** In one channel, all of them, each account with `devices` sockets to open. */
export async function mattermostDevices(
  crowd: Crowd,
  accounts: number,
  devices: number,
): Promise<MattermostPerson[]> {
  const { url, ledger, admin } = crowd
  const model = new MattermostModel()
  const first = Array.from({ length: accounts }, (_, n) => new MattermostPerson(url, n, ledger, model))
  await each(first, lanes, async (person) => {
    await register(person.api, person.username)
    await person.signIn(password)
  })
  const { channelIds, teamId } = await onePlace(admin, first)
  const all = first.flatMap((person, n) =>
    Array.from({ length: devices }, (_, k) => {
      const device = k === 0 ? person : new MattermostPerson(url, n + k * accounts, ledger, model)
      device.userId = person.userId
      device.api.token = person.api.token
      device.place = { teamId, channels: channelIds }
      return device
    }),
  )
  for (const id of channelIds)
    ledger.room(
      id,
      Array.from({ length: all.length }, (_, n) => n),
    )
  return all
}

async function onePlace(
  admin: Caller,
  people: MattermostPerson[],
): Promise<{ teamId: string; channelIds: string[] }> {
  const post = (path: string, body: object) =>
    admin.call<{ id: string }>('set up', 'POST', `/api/v4${path}`, body)
  const team = must(await post('/teams', { name: 'soak', display_name: 'Soak', type: 'O' }), 'team')
  const named = { team_id: team.id, name: 'soak-0', display_name: 'Soak', type: 'P' }
  const channel = must(await post('/channels', named), 'channel')
  await each(people, lanes, async ({ userId }) => {
    await post(`/teams/${team.id}/members`, { team_id: team.id, user_id: userId })
    await post(`/channels/${channel.id}/members`, { user_id: userId })
  })
  return { teamId: team.id, channelIds: [channel.id] }
}

async function mattermost({ url, ledger, admin }: Crowd, numbers: number[]): Promise<Person[]> {
  const model = new MattermostModel()
  const people = new Map(numbers.map((n) => [n, new MattermostPerson(url, n, ledger, model)]))
  await each([...people.values()], lanes, async (person) => {
    await register(person.api, person.username)
    await person.signIn(password)
  })
  const team = must(
    await admin.call<{ id: string }>('set up', 'POST', '/api/v4/teams', {
      name: 'soak',
      display_name: 'Soak',
      type: 'O',
    }),
    'team',
  )
  await each([...people.values()], lanes, (person) =>
    admin.call('set up', 'POST', `/api/v4/teams/${team.id}/members`, {
      team_id: team.id,
      user_id: person.userId,
    }),
  )
  for (const [at, members] of spread(numbers).entries()) {
    const channel = must(
      await admin.call<{ id: string }>('set up', 'POST', '/api/v4/channels', {
        team_id: team.id,
        name: `soak-${at}`,
        display_name: `Soak ${at}`,
        type: 'P',
      }),
      'channel',
    )
    ledger.room(channel.id, members)
    const joining = members.map((n) => people.get(n)).filter((person) => person !== undefined)
    await each(joining, lanes, (person) =>
      admin.call('set up', 'POST', `/api/v4/channels/${channel.id}/members`, { user_id: person.userId }),
    )
    for (const person of joining) person.place.channels.push(channel.id)
  }
  await each([...people.values()], lanes, async (person) => {
    person.place.teamId = team.id
    await person.boot()
    await person.connect()
    for (const channel of person.place.channels) await person.switchChannel(channel)
  })
  return [...people.values()]
}

async function native({ url, ledger, admin }: Crowd, numbers: number[]): Promise<Person[]> {
  const people = new Map(numbers.map((n) => [n, new NativePerson(url, n, ledger)]))
  const ids = new Map<number, string>()
  await each([...people], lanes, async ([n, person]) => {
    const { token, user } = await register(person.api, `na${n}`)
    person.api.token = token
    ids.set(n, user.id)
  })
  for (const [at, members] of spread(numbers).entries()) {
    const body = { name: `Soak native ${at}`, kind: 'private', member_ids: members.map((n) => ids.get(n)) }
    const room = must(await admin.call<{ id: string }>('set up', 'POST', '/api/rooms', body), 'room')
    ledger.room(room.id, members)
    for (const n of members) people.get(n)?.rooms.push(room.id)
  }
  await each([...people.values()], lanes, (person) => person.connect())
  return [...people.values()]
}

async function openwebui({ url, ledger, admin }: Crowd, numbers: number[]): Promise<Person[]> {
  const configPath = '/api/v1/auths/admin/config'
  const config = must(await admin.call<object>('set up', 'GET', configPath), 'configuration')
  await admin.call('set up', 'POST', configPath, { ...config, ENABLE_CHANNELS: true })
  const permissions = { workspace: {}, sharing: {}, chat: {}, features: { channels: true } }
  await admin.call('set up', 'POST', '/api/v1/users/default/permissions', permissions)
  const people = new Map(numbers.map((n) => [n, new OpenwebuiPerson(url, n, ledger)]))
  const ids = new Map<number, string>()
  await each([...people], lanes, async ([n, person]) => {
    const { token, user } = await register(person.api, `ow${n}`)
    person.api.token = token
    ids.set(n, user.id)
  })
  for (const [at, members] of spread(numbers).entries()) {
    const body = { type: 'group', name: `soak-ow-${at}`, user_ids: members.map((n) => ids.get(n)) }
    const channel = must(
      await admin.call<{ id: string }>('set up', 'POST', '/api/v1/channels/create', body),
      'channel',
    )
    ledger.room(channel.id, members)
    for (const n of members) people.get(n)?.channels.push(channel.id)
  }
  await each([...people.values()], lanes, (person) => person.connect())
  return [...people.values()]
}
