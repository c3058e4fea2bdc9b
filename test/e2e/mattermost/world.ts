// The server with Mattermost's own web app, a model provider and a browser, for the steps of mattermost-web.test.ts.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { freePort } from '../../support/free-port.ts'
import { chromiumPath } from '../../support/packages.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Person } from './person.ts'

/** The folder of a build of Mattermost's web app (the `client` folder of its server), where there is one. */
export const MATTERMOST_WEB = process.env['MATTERMOST_WEB']

export interface World {
  readonly upstream: Upstream
  readonly browser: Browser
  readonly admin: Person
  readonly bob: Person
  server: TestServer
  /** Stops the server and starts another one on the same data and port. */
  restart(): Promise<void>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  if (MATTERMOST_WEB === undefined || !existsSync(join(MATTERMOST_WEB, 'root.html')))
    throw new Error('MATTERMOST_WEB names no folder with a root.html')
  const executablePath = chromiumPath()
  if (executablePath === null) throw new Error('The browser tests need chromium')
  const upstream = await startUpstream()
  const env = {
    STATIC_DIR: MATTERMOST_WEB,
    OPENAI_API_BASE_URL: upstream.url,
    OPENAI_API_KEY: 'key',
    PORT: String(await freePort()),
  }
  const server = await startTestServer({ env })
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const world: World = {
    upstream,
    browser,
    server,
    admin: await Person.open(browser, 'admin', server.url),
    bob: await Person.open(browser, 'bob', server.url),
    async restart() {
      const { dataDir } = world.server
      await world.server.stop(true)
      world.server = await startTestServer({ env, dataDir })
    },
    async close() {
      await browser.close()
      await world.server.stop()
      await upstream.close()
    },
  }
  return world
}
