// Goal: texts are read aloud, recordings written down and pictures made by the service of the settings, for who may, and its key stays here.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { Owui } from './person.ts'

bothDialects('media', (fixture) => {
  let service: MediaServer
  let server: TestServer
  let admin: Owui
  let bob: Owui

  const saveAudio = async (change: { tts?: Json; stt?: Json }) => {
    const { body } = await admin.get('/api/v1/audio/config')
    const saved = await admin.post('/api/v1/audio/config/update', {
      ...body,
      tts: { ...body.tts, ...change.tts },
      stt: { ...body.stt, ...change.stt },
    })
    expect(saved.status).toBe(200)
  }
  const saveImages = async (change: Json) => {
    const { body } = await admin.get('/api/v1/images/config')
    expect((await admin.post('/api/v1/images/config/update', { ...body, ...change })).status).toBe(200)
  }
  const allow = async (what: { chat?: Json; features?: Json }) => {
    const { body } = await admin.get('/api/v1/users/default/permissions')
    const saved = await admin.post('/api/v1/users/default/permissions', {
      ...body,
      chat: { ...body.chat, ...what.chat },
      features: { ...body.features, ...what.features },
    })
    expect(saved.status).toBe(200)
  }

  beforeAll(async () => {
    service = startMediaServer()
    server = await startTestServer({ env: { DATABASE_URL: await fixture.database() } })
    admin = await Owui.signUp(server.url, 'admin')
    bob = await Owui.added(admin, 'bob')
  })

  afterAll(async () => {
    expect(server.errors).toEqual([])
    await server.stop()
    await service.stop()
  })

  test('nothing is offered before an engine is chosen', async () => {
    expect((await bob.get('/api/v1/audio/voices')).body).toEqual({ voices: [] })
    expect((await bob.get('/api/v1/audio/models')).body).toEqual({ models: [] })
    expect((await bob.post('/api/v1/audio/speech', { input: 'a' })).status).toBe(404)
    const drawn = await admin.post('/api/v1/images/generations', { prompt: 'a' })
    expect(drawn.status).toBe(403)
  })

  describe('speech', () => {
    beforeAll(() =>
      saveAudio({
        tts: {
          ENGINE: 'openai',
          OPENAI_API_BASE_URL: service.url,
          OPENAI_API_KEY: 'secret-key',
          OPENAI_PARAMS: { speed: 2 },
          MODEL: 'tts-9',
          VOICE: 'vera',
        },
      }),
    )

    test('is asked for with the model, voice and parameters of the settings', async () => {
      const answer = await fetch(`${server.url}/api/v1/audio/speech`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bob.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'mine', input: 'hello' }),
      })
      expect(answer.headers.get('content-type')).toBe('audio/wav')
      expect(await answer.text()).toBe('spoken: hello')
      expect(service.requests.at(-1)).toMatchObject({
        path: '/v1/audio/speech',
        authorization: 'Bearer secret-key',
        body: { model: 'tts-9', voice: 'vera', input: 'hello', speed: 2 },
      })
    })

    test('has the voices and models of the service', async () => {
      expect((await bob.get('/api/v1/audio/voices')).body).toEqual({ voices: [{ id: 'v1', name: 'Vera' }] })
      expect((await bob.get('/api/v1/audio/models')).body).toEqual({ models: [{ id: 'm1' }] })
      service.refuse(404)
      expect((await bob.get('/api/v1/audio/voices')).body.voices).toHaveLength(6)
      expect((await bob.get('/api/v1/audio/models')).body).toEqual({
        models: [{ id: 'tts-1' }, { id: 'tts-1-hd' }],
      })
      service.refuse(null)
    })

    test('is refused to who may not, and in words when the service refuses', async () => {
      service.refuse(429)
      const refused = await bob.post('/api/v1/audio/speech', { input: 'a' })
      service.refuse(null)
      expect(refused).toMatchObject({ status: 503, body: { detail: 'External: Not today.' } })
      await allow({ chat: { tts: false } })
      expect((await bob.post('/api/v1/audio/speech', { input: 'a' })).status).toBe(403)
      await allow({ chat: { tts: true } })
      await saveAudio({ tts: { ENGINE: 'azure' } })
      expect((await bob.post('/api/v1/audio/speech', { input: 'a' })).status).toBe(501)
    })
  })

  describe('transcription', () => {
    const say = (name: string, type: string, language?: string) => {
      const form = new FormData()
      form.set('file', new File(['sound'], name, { type }))
      if (language !== undefined) form.set('language', language)
      return bob.call('POST', '/api/v1/audio/transcriptions', form)
    }

    test('is not built without a service', async () => {
      expect((await say('a.wav', 'audio/wav')).status).toBe(501)
      const stt = {
        ENGINE: 'openai',
        OPENAI_API_BASE_URL: service.url,
        OPENAI_API_KEY: 'hear',
        MODEL: 'whisper-1',
      }
      await saveAudio({ stt })
    })

    test('gives what the service heard', async () => {
      const heard = await say('../a.wav', 'audio/wav', 'de')
      expect(heard).toMatchObject({ status: 200, body: { text: 'what was said', filename: 'a.wav' } })
      expect(service.requests.at(-1)).toMatchObject({
        authorization: 'Bearer hear',
        body: { model: 'whisper-1', language: 'de', file: 'sound' },
      })
    })

    test('goes on without a language that the service does not know, and sends JSON where it is wanted', async () => {
      expect((await say('a.webm', 'video/webm', 'xx')).body.text).toBe('what was said')
      await saveAudio({ stt: { OPENAI_API_REQUEST_FORMAT: 'json' } })
      expect((await say('a.oga', 'audio/ogg')).status).toBe(400)
      expect((await say('a.ogg', 'audio/ogg')).status).toBe(200)
      expect(service.requests.at(-1)?.body['input_audio']).toEqual({ data: btoa('sound'), format: 'ogg' })
    })

    test('is refused for what is no sound, and to who may not', async () => {
      const n = service.requests.length
      expect((await say('a.txt', 'text/plain')).status).toBe(400)
      await allow({ chat: { stt: false } })
      expect((await say('a.wav', 'audio/wav')).status).toBe(403)
      expect(service.requests).toHaveLength(n)
    })
  })

  describe('pictures', () => {
    beforeAll(async () => {
      await saveImages({
        ENABLE_IMAGE_GENERATION: true,
        ENABLE_IMAGE_EDIT: true,
        IMAGE_GENERATION_ENGINE: 'openai',
        IMAGE_GENERATION_MODEL: 'dall-e-3',
        IMAGE_SIZE: '256x256',
        IMAGES_OPENAI_API_BASE_URL: service.url,
        IMAGES_OPENAI_API_KEY: 'draw',
        IMAGES_OPENAI_API_VERSION: '2026-01',
        IMAGE_EDIT_ENGINE: 'openai',
        IMAGE_EDIT_MODEL: 'gpt-image-1',
        IMAGES_EDIT_OPENAI_API_BASE_URL: service.url,
        IMAGES_EDIT_OPENAI_API_KEY: 'change',
      })
      await allow({ features: { image_generation: true } })
    })

    test('are made, and become files of who asked', async () => {
      const { status, body } = await bob.post('/api/v1/images/generations', { prompt: 'a cat' })
      expect(status).toBe(200)
      expect(body).toEqual([
        {
          id: expect.any(String),
          url: `/api/v1/files/${body[0].id}/content`,
          name: 'generated-image.png',
          content_type: 'image/png',
        },
      ])
      expect(service.requests.at(-1)).toMatchObject({
        path: '/v1/images/generations',
        search: '?api-version=2026-01',
        authorization: 'Bearer draw',
        body: { model: 'dall-e-3', prompt: 'a cat', n: 1, size: '256x256', response_format: 'b64_json' },
      })
      const picture = await bob.get(body[0].url)
      expect(picture.headers.get('content-type')).toBe('image/png')
      const carol = await Owui.added(admin, `carol-${crypto.randomUUID().slice(0, 8)}`)
      expect((await carol.get(body[0].url)).status).toBe(404)

      const changed = await bob.post('/api/v1/images/edit', { prompt: 'a dog', image: body[0].url })
      expect(changed).toMatchObject({ status: 200, body: [{ content_type: 'image/png' }] })
      const sent = service.requests.at(-1)
      expect(sent).toMatchObject({
        path: '/v1/images/edits',
        body: { model: 'gpt-image-1', prompt: 'a dog' },
      })
      expect(sent?.body['response_format']).toBeUndefined()
      expect(String(sent?.body['image'])).toContain('PNG')
      const stolen = await carol.post('/api/v1/images/edit', { prompt: 'a dog', image: body[0].url })
      expect(stolen.status).toBe(400)
    })

    test('are refused to who may not, and the list is OpenAI’s', async () => {
      expect((await bob.get('/api/v1/images/models')).body).toHaveLength(4)
      await allow({ features: { image_generation: false } })
      const n = service.requests.length
      expect((await bob.post('/api/v1/images/generations', { prompt: 'a' })).status).toBe(403)
      expect((await bob.post('/api/v1/images/edit', { prompt: 'a', image: 'x' })).status).toBe(403)
      expect(service.requests).toHaveLength(n)
    })
  })
})
