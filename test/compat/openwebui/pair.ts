// A server with a model provider, its administrator and bob, to whom one model is open. They are not connected yet.
import type { Json } from '../../support/api.ts'
import type { DialectFixture } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

export interface Pair {
  upstream: Upstream
  server: TestServer
  admin: Owui
  bob: Owui
}

/** What opens a thing to everybody who has an account. */
export const everyone = [{ principal_type: 'user', principal_id: '*', permission: 'read' }]

export async function startPair(fixture: DialectFixture, grants: (bob: Owui) => Json[]): Promise<Pair> {
  const upstream = await startUpstream()
  const server = await startTestServer({
    env: {
      DATABASE_URL: await fixture.database(),
      OPENAI_API_BASE_URL: upstream.url,
      OPENAI_API_KEY: 'key',
    },
  })
  const admin = await Owui.signUp(server.url, 'admin')
  const bob = await Owui.added(admin, 'bob')
  await admin.post('/api/v1/models/create', {
    id: 'test-echo',
    name: 'Echo',
    meta: {},
    params: {},
    access_grants: grants(bob),
  })
  return { upstream, server, admin, bob }
}
