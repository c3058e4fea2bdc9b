// The command line over a real database file: accounts, backup and restore, doctor, migrate.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api } from '../support/api.ts'
import { hubbub } from '../support/cli.ts'
import { startTestServer } from '../support/server.ts'

let dir: string
let env: Record<string, string>
const PASSWORD = 'correct horse 1'
const run = (line: string, input?: string) => hubbub(line.split(' '), env, input)

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hubbub-cli-'))
  env = { DATA_DIR: dir, WEBUI_SECRET_KEY: 'a secret for tests only, long enough' }
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

async function loginStatus(url: string, username: string, password: string): Promise<number> {
  return (await new Api(url).post('/api/auth/login', { username, password })).status
}

describe('accounts', () => {
  test('are made, given passwords and made administrators', async () => {
    expect((await run('user create ann --email=ann@example.com', `${PASSWORD}\n`)).out).toContain(
      'administrator',
    )
    expect((await run('user create bob', PASSWORD)).out).toBe('bob was made.\n')
    expect(await run('user password ann@example.com', 'another horse 2')).toMatchObject({ code: 0 })
    expect(await run('user admin bob')).toMatchObject({ code: 0 })
    const server = await startTestServer({ dataDir: dir })
    expect(await loginStatus(server.url, 'ann', PASSWORD)).toBe(401)
    expect(await loginStatus(server.url, 'ann', 'another horse 2')).toBe(200)
    const bob = new Api(server.url)
    const login = await bob.post('/api/auth/login', { username: 'bob', password: PASSWORD })
    expect(login.body.user.role).toBe('admin')
    await server.stop(true)
  })

  test.each([
    ['user create ann', PASSWORD, 'taken'],
    ['user create carl', 'short', '8 to 1000'],
    ['user create carl', '', 'standard input'],
    ['user password nobody', PASSWORD, 'no account "nobody"'],
    ['user admin nobody', '', 'no account "nobody"'],
  ])('hubbub %s with password %p is refused', async (line, input, message) => {
    const { code, out, err } = await run(line, input)
    expect(code).toBe(1)
    expect(err).toContain(message)
    if (input) expect(out + err).not.toContain(input)
  })
})

describe('backup and restore', () => {
  test('a backup made under a running server brings back what was there', async () => {
    const server = await startTestServer({ dataDir: dir })
    const ann = new Api(server.url)
    ann.token = (
      await ann.post('/api/auth/login', { username: 'ann', password: 'another horse 2' })
    ).body.token
    const room = await ann.room({ name: 'Garden', kind: 'public' })
    await ann.say(room.id, 'before the backup')
    const made = await run(`backup ${dir}/copy.db`)
    expect(made).toMatchObject({ code: 0, err: '' })
    await ann.say(room.id, 'after the backup')
    const refused = await run(`restore ${dir}/copy.db --yes`)
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('is using')
    await server.stop(true)

    expect(await run(`restore ${dir}/copy.db --yes`)).toMatchObject({ code: 0 })
    const again = await startTestServer({ dataDir: dir })
    ann.token = null
    const back = new Api(again.url)
    back.token = (
      await back.post('/api/auth/login', { username: 'ann', password: 'another horse 2' })
    ).body.token
    const { body } = await back.get(`/api/rooms/${room.id}/messages`)
    expect(body.messages.map((message: { content: string }) => message.content)).toEqual([
      'before the backup',
    ])
    await again.stop(true)
    expect(existsSync(`${dir}/hubbub.db.before-restore`)).toBe(true)

    await run(`restore ${dir}/copy.db --yes`)
    const kept = readdirSync(dir).filter((name) => /^hubbub\.db\.before-restore(\.\d{4}.*Z)?$/.test(name))
    expect(kept).toHaveLength(2)

    // What the first one put aside, with the message after the backup, comes back in the same way.
    const first = kept.find((name) => name.endsWith('Z')) ?? ''
    expect(await run(`restore ${dir}/${first} --yes`)).toMatchObject({ code: 0 })
    const third = await startTestServer({ dataDir: dir })
    const undone = new Api(third.url)
    undone.token = back.token
    const { body: all } = await undone.get(`/api/rooms/${room.id}/messages`)
    expect(all.messages.at(-1).content).toBe('after the backup')
    await third.stop(true)
    expect(await run(`restore ${dir}/hubbub.db.before-restore --yes`)).toMatchObject({ code: 0 })
  })

  test('without a name it goes to the folder of backups', async () => {
    expect(await run('backup')).toMatchObject({ code: 0 })
    expect(readdirSync(join(dir, 'backups'))).toHaveLength(1)
  })

  test('a damaged or foreign file is refused before anything is moved', async () => {
    writeFileSync(
      join(dir, 'junk.db'),
      'this is no database at all, only some text of a certain length '.repeat(99),
    )
    for (const [file, message] of [
      ['junk.db', 'damaged'],
      ['absent.db', 'does not exist'],
      ['hubbub.db', 'database itself'],
    ] as const) {
      const { code, err } = await run(`restore ${dir}/${file} --yes`)
      expect(code).toBe(1)
      expect(err).toContain(message)
    }
    expect((await run(`restore ${dir}/copy.db`)).err).toContain('add --yes')
    expect((await run(`backup ${dir}/copy.db`)).err).toContain('is there already')
  })
})

describe('migrate', () => {
  test('says what it would do, and does it', async () => {
    const fresh = { ...env, DATABASE_URL: `sqlite:${dir}/fresh.db` }
    const dry = await hubbub(['migrate', '--dry-run'], fresh)
    expect(dry.out).toContain('would apply: create the tables')
    expect(existsSync(join(dir, 'fresh.db'))).toBe(false)
    expect((await hubbub(['migrate'], fresh)).out).toContain('up to date')
    expect((await hubbub(['migrate', '--dry-run'], fresh)).out).toBe('The database is up to date.\n')
  })
})

describe('doctor', () => {
  test('finds nothing wrong, and says so', async () => {
    const { code, out } = await run('doctor')
    expect(out).toContain('Nothing is wrong.')
    expect(code).toBe(0)
  })

  test('asks the providers, tells what fails, and prints no key', async () => {
    const upstream = Bun.serve({
      port: 0,
      fetch: (request) =>
        request.headers.get('authorization') === 'Bearer sk-good-good-good'
          ? Response.json({ object: 'list', data: [{ id: 'm', object: 'model' }] })
          : Response.json({ error: { message: 'bad key' } }, { status: 401 }),
    })
    try {
      const url = `http://127.0.0.1:${upstream.port}`
      const { code, out } = await hubbub(['doctor'], {
        ...env,
        OPENAI_API_BASE_URLS: `${url}/v1;http://127.0.0.1:9/v1;${url}/v1`,
        OPENAI_API_KEYS: 'sk-good-good-good;sk-none-none-none;sk-bad-bad-bad',
        DATABASE_URL: `sqlite:${dir}/junk.db`,
      })
      expect(code).toBe(1)
      expect(out).toMatch(/ok +OpenAI API +127.0.0.1:\d+ lists 1 models in \d+ ms/)
      expect(out).toMatch(/WRONG +OpenAI API 2/)
      expect(out).toMatch(/WRONG +OpenAI API 3/)
      expect(out).toMatch(/WRONG +database/)
      expect(out).not.toContain('sk-')
    } finally {
      await upstream.stop(true)
    }
  })
})

test('writing while a server holds the database is refused, and says who has it', async () => {
  const server = await startTestServer({ dataDir: dir })
  try {
    for (const line of ['user create zed', 'import - --room=garden']) {
      const { code, err } = await run(line, PASSWORD)
      expect(code).toBe(1)
      expect(err).toContain(`Another Hubbub (process ${process.pid}) is using`)
    }
  } finally {
    await server.stop(true)
  }
})

test('an uploads folder that cannot be written is found', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-cli-'))
  writeFileSync(join(folder, 'uploads'), 'a file where a folder should be')
  chmodSync(join(folder, 'uploads'), 0o400)
  const { code, out } = await hubbub(['doctor'], { ...env, DATA_DIR: folder })
  expect(code).toBe(1)
  expect(out).toMatch(/WRONG +uploads/)
  rmSync(folder, { recursive: true, force: true })
})
