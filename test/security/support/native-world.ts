// A small world with somebody to rob: ann's private room, messages, file, invite and key; and mal, who has an
// account and a room and wants more.
import { Api, type Json } from '../../support/api.ts'
import { TINY_PNG } from '../../support/test-images.ts'

export interface World {
  url: string
  /** Administrator of the server, a stranger to ann's room. */
  root: Api
  ann: Api
  mal: Api
  /** Ann's. */
  room: Json
  message: Json
  reply: Json
  picture: Json
  freePicture: Json
  invite: Json
  key: Json
  /** Mal's. */
  own: { room: Json; message: Json }
}

export const PASSWORD = 'correct horse 1'

export async function uploadPicture(api: Api, bytes: Uint8Array | string = TINY_PNG, name = 'a.png') {
  const form = new FormData()
  form.set('file', new File([bytes as BlobPart], name, { type: 'image/png' }))
  return api.call('POST', '/api/upload', form)
}

export async function nativeWorld(url: string): Promise<World> {
  const root = await Api.register(url, 'root')
  const ann = await Api.register(url, 'ann')
  const mal = await Api.register(url, 'mal')
  await ann.patch('/api/auth/profile', { email: 'ann@secret.example' })
  const room = await ann.room({ name: 'Vault', kind: 'private', description: 'of ann' })
  const picture = (await uploadPicture(ann)).body
  const message = await ann.say(room.id, 'the crown jewels are in the cellar', { file_ids: [picture.id] })
  const reply = await ann.say(room.id, 'in a thread', { thread: message.id })
  await ann.put(`/api/rooms/${room.id}/messages/${message.id}/reactions/👍`)
  await ann.put(`/api/rooms/${room.id}/messages/${message.id}/pin`)
  const invite = (await ann.post('/api/invites', { room_id: room.id, max_uses: 5 })).body
  const key = (await ann.post('/api/auth/keys', { name: 'of ann' })).body
  const freePicture = (await uploadPicture(ann)).body
  const ownRoom = await mal.room({ name: 'Den', kind: 'private' })
  const ownMessage = await mal.say(ownRoom.id, 'mine')
  return {
    url,
    root,
    ann,
    mal,
    room,
    message,
    reply,
    picture,
    freePicture,
    invite,
    key,
    own: { room: ownRoom, message: ownMessage },
  }
}

/** Everything of ann's that an attack could have touched, as ann sees it. */
export async function annsThings({ ann, room, message }: World): Promise<Json> {
  const paths = [
    '/api/auth/me',
    '/api/auth/keys',
    `/api/rooms/${room.id}`,
    `/api/rooms/${room.id}/members`,
    `/api/rooms/${room.id}/messages`,
    `/api/rooms/${room.id}/messages?thread=${message.id}`,
    `/api/rooms/${room.id}/pins`,
    `/api/rooms/${room.id}/messages/${message.id}/edits`,
  ]
  const answers = await Promise.all(paths.map((path) => ann.get(path)))
  const { body } = await ann.get('/api/invites')
  const things = [...answers.map(({ body: each }) => each), body]
  // When a person or a key was last seen is no effect of an attack.
  return JSON.parse(JSON.stringify(things, (key, value) => (/^last_(used|active)_at$/.test(key) ? 0 : value)))
}
