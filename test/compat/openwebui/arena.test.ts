// Goal: an arena answers through one of its models, says which when it answers, and is open to whom its grants name.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import type { TestServer } from '../../support/server.ts'
import type { Upstream } from '../../support/upstream.ts'
import { startPair } from './pair.ts'
import type { Owui } from './person.ts'

bothDialects('arena models', (fixture) => {
  let upstream: Upstream
  let server: TestServer
  let admin: Owui
  let bob: Owui

  const configure = async (models: Json[], on = true): Promise<void> => {
    const saved = await admin.post('/api/v1/evaluations/config', {
      ENABLE_EVALUATION_ARENA_MODELS: on,
      EVALUATION_ARENA_MODELS: models,
    })
    expect(saved.status).toBe(200)
  }
  const arenas = async (person: Owui): Promise<Json[]> =>
    (await person.get('/api/models')).body.data.filter(({ owned_by }: Json) => owned_by === 'arena')
  const forBob = (who = bob) => [{ principal_type: 'user', principal_id: who.user.id, permission: 'read' }]
  const askedLast = (): string => upstream.requests.at(-1)!.body.model

  beforeAll(async () => {
    ;({ upstream, server, admin, bob } = await startPair(fixture, forBob))
    await Promise.all([admin.connect(), bob.connect()])
  })

  afterAll(async () => {
    admin.close()
    bob.close()
    await Promise.all([server.stop(), upstream.close()])
  })

  beforeEach(() => void (bob.events.length = 0))

  test('are listed when they are on, for those whom they are open to', async () => {
    await configure([], false)
    expect(await arenas(admin)).toEqual([])
    await configure([])
    expect(await arenas(admin)).toMatchObject([{ id: 'arena-model', arena: true, name: 'Arena Model' }])
    expect(await arenas(bob)).toEqual([])
    await configure([
      { id: 'duel', name: 'Duel', meta: { access_grants: forBob(), model_ids: ['test-long'] } },
      { id: 'closed', name: 'Closed', meta: {} },
    ])
    expect(await arenas(bob)).toMatchObject([{ id: 'duel', name: 'Duel', info: { meta: {} } }])
  })

  test('answer through a model that the arena names, and say which', async () => {
    const { chatId, answerId, answer } = await bob.ask('hello', { model: 'duel' })
    expect(answer.status).toBe(200)
    await bob.idle(chatId)
    expect(askedLast()).toBe('test-long')
    expect(bob.events.some((event) => event.data.data?.selected_model_id === 'test-long')).toBe(true)
    const message = (await bob.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId]
    expect(message).toMatchObject({ model: 'duel', selectedModelId: 'test-long', done: true })
  })

  test('do not open a model by themselves', async () => {
    expect((await bob.ask('hello', { model: 'test-long' })).answer.status).toBe(400)
    expect((await bob.ask('hello', { model: 'closed' })).answer.status).toBe(400)
  })

  test('without names choose among what the person may use', async () => {
    await configure([
      { id: 'any', name: 'Any', meta: { access_grants: forBob() } },
      {
        id: 'none',
        name: 'None',
        meta: { access_grants: forBob(), model_ids: ['test-echo'], filter_mode: 'exclude' },
      },
    ])
    for (let n = 0; n < 3; n++) {
      const { body } = await bob.post('/api/chat/completions', {
        model: 'any',
        messages: [{ role: 'user', content: 'hello' }],
      })
      expect(body).toMatchObject({ selected_model_id: 'test-echo', model: 'any' })
    }
    expect((await bob.ask('hello', { model: 'none' })).answer.status).toBe(400)
  })

  test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
})
