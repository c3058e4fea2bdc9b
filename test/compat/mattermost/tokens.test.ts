import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import { openFixture } from '../../support/database.ts'
import { bothDialects } from '../../support/postgres.ts'
import { listen } from './listener.ts'
import { clientFor, type Rig, signUp, startRig } from './rig.ts'

// Goal: a personal access token opens what its owner may, is switched off at once and on again, and only its owner
// and administrators know of it.

bothDialects('personal access tokens', (fixture) => {
  let rig: Rig
  let admin: Client4
  let bob: Client4
  let bobId: string
  let eve: Client4
  let token: { id: string; token?: string }

  beforeAll(async () => {
    rig = await startRig({ database: await openFixture(fixture) })
    ;({ client: admin } = await signUp(rig, 'admin'))
    ;({ client: bob, id: bobId } = await signUp(rig, 'bob_100'))
    ;({ client: eve } = await signUp(rig, 'eve'))
    token = await admin.createUserAccessToken(bobId, 'for tests')
  }, 60_000)
  afterAll(async () => {
    expect(rig.errors).toEqual([])
    await rig[Symbol.asyncDispose]()
  })

  const withToken = () => {
    const client = clientFor(rig.url)
    client.setToken(token.token!)
    return client
  }
  /** The client has no word for it. */
  const search = async (client: Client4, term: string) => {
    const answer = await fetch(`${rig.url}/api/v4/users/tokens/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.getToken()}` },
      body: JSON.stringify({ term }),
    })
    return answer.ok ? ((await answer.json()) as unknown[]) : answer.status
  }
  const refusal = (status_code: number) => expect.objectContaining({ status_code })

  test('is shown once, and listed for its owner and administrators', async () => {
    expect((await withToken().getMe()).id).toBe(bobId)
    const shown = { id: token.id, user_id: bobId, description: 'for tests', is_active: true }
    expect(await bob.getUserAccessToken(token.id)).toEqual(shown as never)
    expect(await admin.getUserAccessToken(token.id)).toEqual(shown as never)
    expect(await admin.getUserAccessTokensForUser(bobId)).toEqual([shown] as never)
    expect(await admin.getUserAccessTokens()).toEqual([shown] as never)
    for (const term of ['bob_1', bobId, token.id])
      expect(await search(admin, term)).toEqual([shown] as never)
    for (const term of ['b%b', 'nobody']) expect(await search(admin, term)).toEqual([])
  })

  test('nobody else sees or touches it', async () => {
    await expect(eve.getUserAccessToken(token.id)).rejects.toEqual(refusal(404))
    await expect(eve.disableUserAccessToken(token.id)).rejects.toEqual(refusal(404))
    await expect(eve.enableUserAccessToken(token.id)).rejects.toEqual(refusal(404))
    await expect(eve.revokeUserAccessToken(token.id)).rejects.toEqual(refusal(404))
    await expect(eve.getUserAccessTokens()).rejects.toEqual(refusal(403))
    expect(await search(bob, 'bob')).toBe(403)
    // A token makes no tokens, nor does it switch them on.
    await expect(withToken().enableUserAccessToken(token.id)).rejects.toEqual(refusal(403))
  })

  test('switched off it opens nothing, and its socket ends; switched on it opens again', async () => {
    const program = withToken()
    await program.getMe()
    const ear = await listen(rig, token.token!)
    const closed = new Promise<void>((resolve) => ear.socket.addCloseListener(() => resolve()))
    await bob.disableUserAccessToken(token.id)
    await expect(program.getMe()).rejects.toEqual(refusal(401))
    await closed
    expect((await bob.getUserAccessToken(token.id)).is_active).toBe(false)
    await admin.enableUserAccessToken(token.id)
    expect((await program.getMe()).id).toBe(bobId)
    ear[Symbol.dispose]()
  })

  test('revoked it is gone', async () => {
    await bob.revokeUserAccessToken(token.id)
    await expect(withToken().getMe()).rejects.toEqual(refusal(401))
    await expect(admin.enableUserAccessToken(token.id)).rejects.toEqual(refusal(404))
    expect(await admin.getUserAccessTokens()).toEqual([])
  })
})
