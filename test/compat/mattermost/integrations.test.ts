import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import type { Outside } from '../../../src/core/mattermost/outside.ts'
import { openFixture } from '../../support/database.ts'
import { bothDialects } from '../../support/postgres.ts'
import { TINY_PNG } from '../../support/test-images.ts'
import { inner, listen } from './listener.ts'
import { clientFor, PASSWORD, type Rig, signUp, startRig } from './rig.ts'

// Goal: what joins other programs to channels, and what administrators do, works by the official client.
// Method: the client against a server whose way out is a recorder.

interface Sent {
  method: string
  url: string
  body: string
}

bothDialects('programs and administrators', (fixture) => {
  let rig: Rig
  let admin: Client4
  let adminId: string
  let user: Client4
  let userId: string
  let teamId: string
  let channel: string
  const sent: Sent[] = []
  const PAGE = {
    url: 'https://pages.example.com/news',
    html: '<meta property="og:title" content="The news"><meta property="og:image" content="/n.png">',
  }
  let answer = '{"text":"the program answers"}'

  const outside: Outside = {
    async send({ method, url, body = '' }) {
      sent.push({ method, url, body })
      if (url === PAGE.url) return { status: 200, contentType: 'text/html', text: PAGE.html, url }
      return { status: 200, contentType: 'application/json', text: answer, url }
    },
  }

  beforeAll(async () => {
    rig = await startRig({ outside, database: await openFixture(fixture) })
    ;({ client: admin, id: adminId } = await signUp(rig, 'admin1'))
    ;({ client: user, id: userId } = await signUp(rig, 'user1'))
    teamId = (await admin.getMyTeams())[0]!.id
    channel = (await admin.getAllTeamsChannels()).find((one) => one.name === 'off-topic')!.id
  }, 60_000)
  afterAll(async () => {
    expect(rig.errors).toEqual([])
    await rig[Symbol.asyncDispose]()
  })

  const say = (client: Client4, message: string) =>
    client.createPost({ channel_id: channel, message } as Parameters<Client4['createPost']>[0])

  test('an incoming webhook posts text and attachments', async () => {
    await expect(user.createIncomingWebhook({ channel_id: channel } as never)).rejects.toMatchObject({
      status_code: 403,
    })
    const hook = await admin.createIncomingWebhook({ channel_id: channel, display_name: 'Builds' } as never)
    using ear = await listen(rig, user.getToken())
    const body = {
      text: 'build <https://example.com|done>',
      attachments: [{ title: 'Log', text: 'all green' }],
    }
    const reply = await fetch(`${rig.url}/hooks/${hook.id}`, { method: 'POST', body: JSON.stringify(body) })
    expect([reply.status, await reply.text()]).toEqual([200, 'ok'])
    const heard = inner((await ear.next('posted')).data.post)
    expect(heard).toMatchObject({
      message: 'build [done](https://example.com)',
      props: { from_webhook: 'true' },
    })
    expect(heard.props.attachments[0]).toMatchObject({ title: 'Log', text: 'all green' })
    const form = new FormData()
    form.append('payload', '{"text":"by form"}')
    expect((await fetch(`${rig.url}/hooks/${hook.id}`, { method: 'POST', body: form })).status).toBe(200)
    await admin.removeIncomingWebhook(hook.id)
    expect(
      (await fetch(`${rig.url}/hooks/${hook.id}`, { method: 'POST', body: '{"text":"x"}' })).status,
    ).toBe(400)
  })

  test('an outgoing webhook is told, and its answer is posted once', async () => {
    await admin.createOutgoingWebhook({
      team_id: teamId,
      channel_id: channel,
      display_name: 'Out',
      trigger_words: ['deploy'],
      callback_urls: ['https://hooks.example.com/in'],
    } as never)
    using ear = await listen(rig, user.getToken())
    sent.length = 0
    await say(user, 'deploy now')
    await ear.next('posted', (one) => inner(one.data.post).message === 'the program answers')
    expect(sent).toHaveLength(1)
    expect(new URLSearchParams(sent[0]!.body).get('text')).toBe('deploy now')
    expect(new URLSearchParams(sent[0]!.body).get('trigger_word')).toBe('deploy')
  })

  test('a link in a post gets its preview', async () => {
    using ear = await listen(rig, admin.getToken())
    const made = await say(user, `read ${PAGE.url}`)
    const edited = await ear.next('post_edited', (one) => inner(one.data.post).id === made.id)
    const post = inner(edited.data.post)
    expect(post.edit_at).toBe(0)
    expect(post.metadata.embeds[0]).toMatchObject({
      type: 'opengraph',
      url: PAGE.url,
      data: { title: 'The news', images: [{ url: 'https://pages.example.com/n.png' }] },
    })
  })

  test('slash commands: built in, of the team, and none', async () => {
    const args = { channel_id: channel, team_id: teamId } as Parameters<Client4['executeCommand']>[1]
    using ear = await listen(rig, user.getToken())
    await user.executeCommand('/me waves', args)
    expect(inner((await ear.next('posted')).data.post)).toMatchObject({ type: 'me', message: '*waves*' })
    await admin.addCommand({
      team_id: teamId,
      trigger: 'ask',
      method: 'P',
      url: 'https://example.com/ask',
    } as never)
    answer = '{"response_type":"in_channel","text":"an answer for all"}'
    await user.executeCommand('/ask what is it', args)
    await ear.next('posted', (one) => inner(one.data.post).message === 'an answer for all')
    expect(new URLSearchParams(sent.at(-1)!.body).get('text')).toBe('what is it')
    answer = '{"text":"for you alone"}'
    await user.executeCommand('/ask quietly', args)
    await ear.next('ephemeral_message', (one) => inner(one.data.post).message === 'for you alone')
    await expect(user.executeCommand('/nothing', args)).rejects.toMatchObject({
      status_code: 404,
      server_error_id: 'api.command.execute_command.not_found.app_error',
    })
    const offered = await user.getCommandAutocompleteSuggestionsList('/as', teamId, {
      channel_id: channel,
    } as never)
    expect(Array.isArray(offered)).toBe(true)
  })

  test('words are offered while a command is typed, and its free text is left alone', async () => {
    const offers = async (typed: string) => {
      const list = await user.getCommandAutocompleteSuggestionsList(typed, teamId, {
        channel_id: channel,
      } as never)
      return (list as unknown as { Complete: string }[]).map((one) => one.Complete)
    }
    expect(await offers('/sh')).toEqual(['shortcuts', 'shrug'])
    expect(await offers('/shrug oh')).toEqual([])
    expect(await offers('/ask me')).toEqual([])
    expect(await offers('/ai mo')).toEqual(['ai model', 'ai models'])
    expect(await offers('/ai respond ')).toEqual(['ai respond always', 'ai respond mention', 'ai respond never'])
    expect(await offers('/ai respond never')).toEqual([])
    expect(await offers('/ai model test')).toEqual([])
  })

  test('a button asks the program, which rewrites the post', async () => {
    const bot = await admin.createBot({ username: 'buttons' } as never)
    const { token } = await admin.createUserAccessToken(bot.user_id, 'test')
    const program = clientFor(rig.url)
    program.setToken(token!)
    await admin.addToChannel(bot.user_id, channel)
    const action = {
      id: 'yes',
      name: 'Yes',
      type: 'button',
      integration: { url: 'https://example.com/act', context: { a: 1 } },
    }
    const made = await program.createPost({
      channel_id: channel,
      message: '',
      props: { attachments: [{ text: 'Shall we?', actions: [action] }] },
    } as never)
    expect(JSON.stringify(made.props)).not.toContain('example.com')
    using ear = await listen(rig, user.getToken())
    answer = '{"update":{"message":"we shall","props":{}},"ephemeral_text":"thanks"}'
    await user.doPostActionWithCookie(made.id, 'yes', '')
    expect(JSON.parse(sent.at(-1)!.body)).toMatchObject({
      user_id: userId,
      post_id: made.id,
      context: { a: 1 },
    })
    await ear.next('post_edited', (one) => inner(one.data.post).message === 'we shall')
    await ear.next('ephemeral_message', (one) => inner(one.data.post).message === 'thanks')
  })

  test('custom emoji are made, told, used and deleted', async () => {
    using ear = await listen(rig, user.getToken())
    const form = { name: 'party_blob', creator_id: adminId }
    const made = await admin.createCustomEmoji(
      form as never,
      new File([TINY_PNG], 'e.png', { type: 'image/png' }),
    )
    expect(inner((await ear.next('emoji_added')).data.emoji).name).toBe('party_blob')
    const post = await say(user, 'look :party_blob:')
    expect(post.metadata.emojis?.[0]?.name).toBe('party_blob')
    const picture = await fetch(`${rig.url}/api/v4/emoji/${made.id}/image`, {
      headers: { Authorization: `Bearer ${user.getToken()}` },
    })
    expect(picture.headers.get('content-type')).toStartWith('image/')
    await expect(user.deleteCustomEmoji(made.id)).rejects.toMatchObject({ status_code: 403 })
    await admin.deleteCustomEmoji(made.id)
    await expect(user.getCustomEmojiByName('party_blob')).rejects.toMatchObject({ status_code: 404 })
  })

  test('the configuration round-trips whole, with its secrets masked', async () => {
    const before = await admin.getConfig()
    expect(before.SqlSettings.DataSource).toBe('*'.repeat(32))
    await expect(user.getConfig()).rejects.toMatchObject({ status_code: 403 })
    using ear = await listen(rig, user.getToken())
    const changed = structuredClone(before)
    changed.TeamSettings.SiteName = 'Ours'
    changed.GitLabSettings.Secret = 'secret'
    const after = await admin.updateConfig(changed)
    expect(after.GitLabSettings.Secret).toBe('*'.repeat(32))
    expect({ ...after, GitLabSettings: null, TeamSettings: null }).toEqual({
      ...before,
      GitLabSettings: null,
      TeamSettings: null,
    } as never)
    expect((await ear.next('config_changed')).data.config.SiteName).toBe('Ours')
    await admin.updateConfig(after)
    const kept: string = rig.face.config.value('GitLabSettings.Secret', '')
    expect(kept).toBe('secret')
    expect((await user.getClientConfig()).SiteName).toBe('Ours')
    expect(JSON.stringify(await user.getClientConfig())).not.toContain('secret')
  })

  test('closing the sign-up closes it', async () => {
    await admin.patchConfig({ TeamSettings: { EnableUserCreation: false } } as never)
    expect((await user.getClientConfig()).EnableUserCreation).toBe('false')
    await expect(signUp(rig, 'too-late')).rejects.toMatchObject({ status_code: 501 })
    await admin.patchConfig({ TeamSettings: { EnableUserCreation: true } } as never)
    expect((await user.getClientConfig()).EnableUserCreation).toBe('true')
  })

  test('an upload in parts becomes one file', async () => {
    const words = new TextEncoder().encode('first half, second half')
    const headers = { Authorization: `Bearer ${user.getToken()}` }
    const open = await fetch(`${rig.url}/api/v4/uploads`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ channel_id: channel, filename: 'parts.txt', file_size: words.length }),
    })
    const { id } = (await open.json()) as { id: string }
    const part = (bytes: Uint8Array) =>
      fetch(`${rig.url}/api/v4/uploads/${id}`, {
        method: 'POST',
        headers,
        body: bytes as Uint8Array<ArrayBuffer>,
      })
    expect((await part(words.slice(0, 10))).status).toBe(204)
    const done = await part(words.slice(10))
    expect(done.status).toBe(200)
    const file = (await done.json()) as { id: string; name: string }
    expect(file.name).toBe('parts.txt')
    expect(await (await fetch(`${rig.url}/api/v4/files/${file.id}`, { headers })).text()).toBe(
      'first half, second half',
    )
  })

  test('the user pages of the system console', async () => {
    const rows = (await admin.getUsersForReporting({ page_size: 50, sort_column: 'Username' } as never)) as {
      username: string
    }[]
    expect(rows.map((row) => row.username)).toEqual(['admin1', 'user1'])
    await expect(user.getUsersForReporting({} as never)).rejects.toMatchObject({ status_code: 403 })
    const dora = await signUp(rig, 'dora')
    await admin.updateUserActive(dora.id, false)
    await expect(dora.client.getMe()).rejects.toMatchObject({ status_code: 401 })
    await expect(clientFor(rig.url).login('dora', PASSWORD)).rejects.toMatchObject({ status_code: 401 })
    await admin.updateUserActive(dora.id, true)
    await admin.updateUserRoles(dora.id, 'system_user system_admin')
    expect((await admin.getUser(dora.id)).roles).toContain('system_admin')
  })

  test('what needs a licence says so, and what is not there is not there', async () => {
    await expect(admin.getDataRetentionCustomPolicies(0, 10)).rejects.toMatchObject({ status_code: 501 })
    await expect(admin.getCustomProfileAttributeFields()).rejects.toMatchObject({ status_code: 403 })
    const missing = await fetch(`${rig.url}/api/v4/users/me/nonsense`, {
      headers: { Authorization: `Bearer ${user.getToken()}` },
    })
    expect(missing.status).toBe(404)
  })

  test('a reminder comes as a direct message', async () => {
    const post = await say(user, 'remember this')
    using ear = await listen(rig, user.getToken())
    const target_time = Math.floor(Date.now() / 1000) + 60
    await user.addPostReminder(userId, post.id, target_time)
    const confirmed = await ear.next('ephemeral_message')
    expect(inner(confirmed.data.post)).toMatchObject({
      root_id: post.id,
      props: { type: 'reminder', target_time, post_id: post.id, username: 'user1' },
    })
    const { reminders } = rig.face.mm
    await rig.core.presence.of([])
    // The clock of this rig is the real one: what is due in a minute is asked for as if it had passed.
    const real = Date.now
    Date.now = () => real() + 120_000
    try {
      expect(await reminders.tick((id) => `link-to-${id}`)).toBe(1)
    } finally {
      Date.now = real
    }
    const told = await ear.next('posted', (one) =>
      String(one.data.post).includes('reminder about this message'),
    )
    expect(told.data.channel_type).toBe('D')
  })

  test('the dialog about the server has its number', async () => {
    expect(await user.getLicenseLoadMetric()).toEqual({ load: 0 })
  })

  test('a test notification comes as a direct message', async () => {
    using ear = await listen(rig, user.getToken())
    await user.sendTestNotificaiton()
    const told = await ear.next('posted', (one) => String(one.data.post).includes('it worked!'))
    expect(told.data).toMatchObject({ channel_type: 'D', sender_name: '@system-bot' })
  })
})
