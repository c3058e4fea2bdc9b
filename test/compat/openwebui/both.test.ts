// The same requests go to Open WebUI's own server and to ours, both unused before: what one does the other does, and
// what one refuses the other refuses. Needs OPEN_WEBUI_PYTHON (docs/from-open-webui.md). Where answers differ in detail
// is printed with SHOW_DIFFERENCES=1.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { dataFolder, PYTHON, SECRET, startPython } from './python-server.ts'
import { compareSteps, Recorder, type Step } from './recorder.ts'
import { PEOPLE, scenario } from './scenario.ts'

/** Where the outcome differs, and why. */
const OTHERWISE: readonly (readonly [step: RegExp, reason: string])[] = [
  [/update\/profile .*"name":""/, 'nobody is without a name here'],
  [/configs\/import .*banners/, 'a file without any known setting is a mistake'],
  [/models\/(create|model\/delete) .*bobs-other/, 'no preset on a base that one may not use'],
  [/POST \/api\/v1\/files\/ /, 'an empty file is kept'],
  [/content\/html/, 'a file that is no page is sent as it is'],
  [/rename .*""/, 'a file has a name'],
  [/chats\/new .*null/, 'a chat without a title is a new chat'],
  [/admin GET .*\/tags|admin POST .*clone\/shared/, 'administrators read the chats of others, they do not file them'],
  [/folders\/ \{"name":("projekt"|"Lost"|"")/, 'a second folder of a name is numbered; a parent has to be there'],
  [/folders\/.*\/update(\/expanded)? |admin .*\/folders\//, 'folders are their owners’, for administrators too'],
  [/channels\/create \{\}|messages\/post .*""/, 'a channel has a name, a message a text'],
  [/bob POST .*channels\/.*messages\/post/, 'who is let into a channel that was made here may write in it'],
  [/channels\/users\/nothing|messages\/nothing\/thread/, 'what is not there is not there'],
  [/admin .*\/(messages\/.*\/update|update\/members)/, 'administrators do not write in the name of others'],
]

const outcome = (status: number): string => (status < 300 ? 'done' : status < 500 ? 'refused' : 'failed')
const describeStep = ({ who, method, path, body }: Step): string =>
  `${who} ${method} ${path} ${typeof body === 'string' ? body : JSON.stringify(body ?? '')}`

let upstream: Upstream
beforeAll(async () => void (upstream = await startUpstream()))
afterAll(() => upstream.close())

function start(dataDir: string): Promise<TestServer> {
  return startTestServer({
    dataDir,
    env: {
      WEBUI_SECRET_KEY: SECRET,
      DATABASE_URL: `sqlite:///${join(dataDir, 'webui.db')}`,
      OPENAI_API_BASE_URL: upstream.url,
      OPENAI_API_KEY: 'key',
      ENABLE_OLLAMA_API: 'false',
      WEBUI_NAME: 'Open WebUI',
    },
  })
}

async function record(base: string): Promise<Step[]> {
  const recorder = new Recorder(base)
  await scenario(recorder)
  return recorder.steps
}

describe.skipIf(PYTHON === undefined)('both servers', () => {
  test('do and refuse the same', async () => {
    const [one, other] = [dataFolder(), dataFolder()]
    const python = await startPython(one.path, upstream.url)
    const theirs = await record(python.url)
    await python.stop()
    const server = await start(other.path)
    const ours = await record(server.url)
    expect(server.errors).toEqual([])
    await server.stop()
    one.remove()
    expect(ours.length).toBe(theirs.length)
    const different = theirs.flatMap((step, at) => {
      const said = ours[at]!.status
      const name = describeStep(step)
      if (said === 501 || outcome(said) === outcome(step.status)) return []
      return OTHERWISE.some(([place]) => place.test(name)) ? [] : [`${name}: ${step.status} became ${said}`]
    })
    if (process.env['SHOW_DIFFERENCES']) console.log(compareSteps(theirs, ours).join('\n'))
    expect(different).toEqual([])
  }, 300_000)

  test('take each other’s tokens, and neither takes one from before a new password', async () => {
    const folder = dataFolder()
    const [email, password] = PEOPLE.admin
    const tokens: Record<string, string> = {}
    const signIn = async (base: string, name: string, secret: string) => {
      const recorder = new Recorder(base)
      await recorder.signIn(name, email, secret)
      tokens[name] = recorder.tokens.get(name) ?? ''
    }
    const ask = async (base: string, name: string, path = '/api/v1/auths/', body?: unknown) => {
      const recorder = new Recorder(base)
      recorder.tokens.set(name, tokens[name]!)
      await recorder.send(name, body ? 'POST' : 'GET', path, body)
      return recorder.steps[0]!.status
    }
    const change = (before: string, after: string) => ({ password: before, new_password: after })
    const ours = await start(folder.path)
    await new Recorder(ours.url).post('nobody', '/api/v1/auths/signup', { name: 'Admin', email, password })
    await signIn(ours.url, 'first', password)
    await ours.stop(true)
    const theirs = await startPython(folder.path, upstream.url)
    expect(await ask(theirs.url, 'first')).toBe(200)
    await signIn(theirs.url, 'second', password)
    await theirs.stop()
    const again = await start(folder.path)
    expect([await ask(again.url, 'first'), await ask(again.url, 'second')]).toEqual([200, 200])
    const body = change(password, 'N3wPassword!')
    expect(await ask(again.url, 'second', '/api/v1/auths/update/password', body)).toBe(200)
    expect([await ask(again.url, 'first'), await ask(again.url, 'second')]).toEqual([401, 401])
    await signIn(again.url, 'third', 'N3wPassword!')
    await again.stop(true)
    const last = await startPython(folder.path, upstream.url)
    const found = [await ask(last.url, 'first'), await ask(last.url, 'second'), await ask(last.url, 'third')]
    expect(found).toEqual([401, 401, 200])
    await last.stop()
    folder.remove()
  }, 300_000)
})
