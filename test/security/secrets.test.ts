// Nothing secret is written to the log, whatever the level, nor told in an error.
import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/index.ts'
import { createLogger } from '../../src/drivers/log.ts'
import { Api, eventually, Frames, type Json } from '../support/api.ts'
import { startUpstream } from '../support/upstream.ts'

test('the log of a day at the most talkative level holds no password, token, key or invite', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hubbub-secrets-'))
  const lines: string[] = []
  const upstream = await startUpstream({ key: 'sk-provider-key-0123456789' })
  const env = {
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'debug',
    WEBUI_SECRET_KEY: 'signing-secret-0123456789-0123456789',
    OPENAI_API_BASE_URL: upstream.url,
    OPENAI_API_KEY: 'sk-wrong-provider-key',
    DEFAULT_MODEL: 'test-echo',
    METRICS_TOKEN: 'metrics-token-0123456789',
    TAVILY_API_KEY: 'tvly-0123456789abcdef',
  }
  const log = createLogger({ level: 'debug', format: 'json', write: (line) => void lines.push(line) })
  const running = await startServer(loadConfig(env, dataDir), log)
  const url = `http://127.0.0.1:${running.server.port}`
  const told: string[] = []
  const atRest: string[] = []
  try {
    const password = 'Passw0rd-that-nobody-knows'
    const ann = await Api.register(url, 'ann', password)
    const bad = 'Wr0ng-but-close-Passw0rd'
    const answers = [
      await new Api(url).post('/api/auth/login', { username: 'ann', password: bad }),
      await new Api(url).post('/api/v1/auths/signin', { email: 'ann', password: bad }),
      await new Api(url).post('/api/v4/users/login', { login_id: 'ann', password: bad }),
      await new Api(url).post('/api/auth/login', { username: { password: bad }, password: [bad] }),
      await new Api(url).call('POST', '/api/auth/login', `{"username":"ann","password":"${bad}"`),
      await new Api(url).post('/api/auth/register', { username: 'ann', password: bad }),
      await ann.patch('/api/auth/profile', { current_password: bad, new_password: 'Another-Passw0rd-1' }),
      await ann.get(`/metrics?token=metrics-token-0123456780`),
    ]
    told.push(...answers.map(({ body }) => JSON.stringify(body)))
    const login: Json = await new Api(url).post('/api/v4/users/login', { login_id: 'ann', password })
    const { key } = (await ann.post('/api/auth/keys', { name: 'k' })).body
    const room = await ann.room({ name: 'R', kind: 'private' })
    const { token: invite } = (await ann.post('/api/invites', { room_id: room.id })).body
    await ann.get(`/api/invites/${invite}`)
    await ann.post(`/api/invites/${invite}/accept`)
    const frames = await Frames.open(`${url.replace('http', 'ws')}/ws?token=${ann.token}`)
    await frames.join(room.id)
    frames.send('{"type":"auth","token":"half-a-token-0123')
    const refused = await Frames.open(`${url.replace('http', 'ws')}/ws?token=no-token-0123456789`)
    await refused.untilClosed()
    // The provider refuses our key: said in the room, in words of ours.
    await ann.say(room.id, '@test-echo and @ai hello')
    await eventually(async () => {
      const { body } = await ann.get(`/api/rooms/${room.id}/messages`)
      told.push(JSON.stringify(body))
      return body.messages.length > 1 && body.messages.every(({ ai }: Json) => ai?.state !== 'running')
    })
    await fetch(`${url}/api/v1/chats/%E0%A4%A?token=${ann.token}`, {
      headers: { cookie: `token=${ann.token}` },
    })
    await ann.post('/api/auth/logout')
    frames.close()
    const secrets = [
      password,
      bad,
      'Another-Passw0rd-1',
      ann.token,
      login.headers.get('token'),
      key,
      invite,
      env.WEBUI_SECRET_KEY,
      env.OPENAI_API_KEY,
      env.METRICS_TOKEN,
      env.TAVILY_API_KEY,
      'half-a-token-0123',
      'no-token-0123456789',
    ]
    atRest.push(
      password,
      'Another-Passw0rd-1',
      ann.token ?? '',
      String(login.headers.get('token')),
      key,
      env.WEBUI_SECRET_KEY,
    )
    expect(lines.length).toBeGreaterThan(0)
    for (const secret of secrets) {
      expect(typeof secret).toBe('string')
      expect(lines.filter((line) => line.includes(String(secret)))).toEqual([])
    }
    for (const secret of [password, bad, env.WEBUI_SECRET_KEY, env.OPENAI_API_KEY, env.METRICS_TOKEN]) {
      expect(told.filter((text) => text.includes(secret))).toEqual([])
    }
  } finally {
    await running.stop()
    await upstream.close()
  }
  // At rest: passwords are hashed; tokens, keys and our own secrets are of no use to who reads the database.
  const files = readdirSync(dataDir).filter((name) => name.includes('.db'))
  expect(files.length).toBeGreaterThan(0)
  const bytes = files.map((name) => readFileSync(join(dataDir, name), 'latin1')).join()
  expect(bytes).toContain('ann')
  for (const secret of atRest) expect(bytes.includes(secret)).toBe(false)
  rmSync(dataDir, { recursive: true, force: true })
}, 30_000)
