// The server with the unmodified front end, a model provider and a browser, for the steps of openwebui.test.ts.
import { type Browser, chromium } from 'playwright-core'
import { frontEndFolder } from '../../support/openwebui-front-end.ts'
import { chromiumPath } from '../../support/packages.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Person } from './person.ts'

export interface World {
  readonly upstream: Upstream
  readonly server: TestServer
  readonly browser: Browser
  readonly admin: Person
  readonly bob: Person
  close(): Promise<void>
}

/** OPEN_WEBUI_E2E=<url> drives a server that runs already (its own Python one: then the steps are what is tested). */
export async function openWorld(env: Record<string, string> = {}): Promise<World> {
  const upstream = await startUpstream()
  const server = await startTestServer({
    env: {
      STATIC_DIR: await frontEndFolder(),
      OPENAI_API_BASE_URL: upstream.url,
      OPENAI_API_KEY: 'key',
      ...env,
    },
  })
  const executablePath = chromiumPath()
  if (executablePath === null) throw new Error('The browser tests need chromium')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  return {
    upstream,
    server,
    browser,
    admin: await Person.open(browser, 'admin', server.url),
    bob: await Person.open(browser, 'bob', server.url),
    close: async () => {
      await browser.close()
      await server.stop()
      await upstream.close()
    },
  }
}
