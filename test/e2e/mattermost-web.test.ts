// Mattermost's own web app 11.6, unmodified, in a browser against our server: what a person does with it, step after
// step, each without a failed request, an error in the console or a page that broke. MATTERMOST_WEB names the folder of
// its build (faces/mattermost/README.md); without it nothing here runs, and nothing counts as passed.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { TINY_PNG } from '../support/test-images.ts'
import { PASSWORD, PATIENCE, type Person } from './mattermost/person.ts'
import { MATTERMOST_WEB, openWorld, type World } from './mattermost/world.ts'

let world: World
let admin: Person
let bob: Person
/** Where things were left for later steps. */
const places = { invite: '', link: '' }

/** A step that leaves no fault behind. A step that fails leaves pictures of both browsers. */
function step(name: string, work: () => Promise<void>): void {
  test(name, async () => {
    try {
      await work()
    } catch (error) {
      await Promise.all([admin, bob].map((one) => one.picture(name)))
      throw new Error(`${name}: ${[...(await admin.takeFaults()), ...(await bob.takeFaults())].join('\n')}`, {
        cause: error,
      })
    }
    const errors = world.server.errors.splice(0)
    expect([...(await admin.takeFaults()), ...(await bob.takeFaults()), ...errors]).toEqual([])
  })
}

describe.skipIf(MATTERMOST_WEB === undefined)("Mattermost's web app", () => {
  beforeAll(async () => {
    world = await openWorld()
    ;({ admin, bob } = world)
  }, 60_000)
  afterAll(() => world?.close())

  step('the first load asks for an account, which becomes the administrator', async () => {
    await admin.go('/')
    await admin.page.waitForURL(/signup_user_complete/)
    await admin.signUp()
    await admin.page.waitForURL(/\/channels\/town-square$/)
  })

  step('a team is made', async () => {
    await admin.teamMenu(/Create a team/)
    await admin.page.fill('#teamNameInput', 'Lab')
    await admin.page.click('#teamNameNextButton')
    await admin.page.click('#teamURLFinishButton')
    await admin.page.waitForURL(/\/lab\/channels\/town-square$/)
    await admin.page.locator('#post_textbox').waitFor()
  })

  step('a second person joins by the invite link', async () => {
    await admin.teamMenu(/Invite people/)
    places.invite = await admin.copies(() => admin.page.click('[data-testid="InviteView__copyInviteLink"]'))
    await admin.page.keyboard.press('Escape')
    await bob.signUp(new URL(places.invite).pathname + new URL(places.invite).search)
    await bob.page.waitForURL(/\/lab\/channels\/town-square$/)
  })

  step('a post arrives, is edited by the arrow key, and deleted', async () => {
    await admin.say('hello **everybody** :smile:')
    await bob.sees('hello everybody')
    await admin.page.keyboard.press('ArrowUp')
    await admin.page.locator('#edit_textbox').waitFor()
    await admin.page.keyboard.press('End')
    await admin.page.keyboard.type(' indeed')
    await admin.enter('#edit_textbox')
    await bob.sees('indeed')
    await bob.page.locator('[id^=postEdited_]').waitFor()
    await admin.say('a mistake')
    await bob.sees('a mistake')
    await admin.postMenu('a mistake', /Delete/)
    await admin.page.click('#deletePostModalButton')
    await admin.seesNot('a mistake')
  })

  step('a thread counts its replies for who looks on, and who replies follows it', async () => {
    await bob.replyTo('hello everybody', 'a first reply')
    await admin.page.locator('.ThreadFooter', { hasText: '1 reply' }).waitFor()
    await bob.page.locator('.ThreadFooter', { hasText: 'Following' }).waitFor()
    await bob.say('a second reply', '#reply_textbox')
    await admin.page.locator('.ThreadFooter', { hasText: '2 replies' }).waitFor()
    await admin.page.click('#sidebarItem_threads')
    await admin.page.locator('.ThreadItem', { hasText: '2 new replies' }).click()
    await admin.page.locator('.ThreadPane .post', { hasText: 'a second reply' }).waitFor()
  })

  step('a reaction from the picker is seen by the other', async () => {
    await admin.channel('/lab/channels/town-square')
    await admin.post('hello everybody').hover()
    await admin.post('hello everybody').locator('[id^=CENTER_reaction_]').first().click()
    await admin.page.fill('#emojiPickerSearch', 'rocket')
    await admin.page
      .locator('#emojiPicker [data-testid=rocket], #emojiPicker [aria-label^=rocket]')
      .first()
      .waitFor()
    await admin.during('POST', /reactions$/, () => admin.page.keyboard.press('Enter'))
    await bob.post('hello everybody').locator('.Reaction').first().waitFor()
  })

  step('a picture is uploaded, previewed and opened', async () => {
    const file = { name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(TINY_PNG) }
    await admin.during('POST', /\/files$/, () => admin.page.setInputFiles('#fileUploadInput', [file]))
    await admin.page.locator('.file-preview .post-image').waitFor()
    await admin.say('a picture')
    const shown = bob.post('a picture').locator('img[src*="/api/v4/files/"]').first()
    await shown.waitFor()
    await shown.click()
    await bob.page.locator('.file-preview-modal__content img').waitFor()
    await bob.page.keyboard.press('Escape')
  })

  step('channels are made, browsed, joined, described and renamed', async () => {
    await admin.addMenu(/Create new channel/i)
    await admin.page.fill('#input_new-channel-modal-name', 'Projects')
    await admin.page.getByRole('button', { name: 'Create channel' }).click()
    await admin.page.waitForURL(/channels\/projects$/)
    await bob.addMenu(/Browse channels/i)
    await bob.page.locator('#ChannelRow-projects').hover()
    await bob.page.locator('#ChannelRow-projects').getByText('Join').click()
    await bob.page.waitForURL(/channels\/projects$/)
    await bob.page.keyboard.press('Escape')
    await admin.sees('joined the channel')
    await admin.channelMenu(/Channel Settings/)
    await admin.page.fill('#input_channel-settings-name', 'Big Projects')
    await admin.page.fill('#channel_settings_header_textbox', 'What is to be done')
    await admin.page.click('[data-testid="SaveChangesPanel__save-btn"]')
    await bob.page.locator('#channelHeaderTitle', { hasText: 'Big Projects' }).waitFor()
    await bob.sees('updated the channel header to')
    await admin.page.locator('.GenericModal button[aria-label="Close"]').click()
    await admin.page.click('#toggleFavorite')
    await admin.page
      .locator('.SidebarChannelGroup', { hasText: /favorites/i })
      .first()
      .waitFor()
  })

  step('a direct message arrives live, with who is typing and a badge', async () => {
    await admin.page.click('button[aria-label="Write a direct message"]')
    await admin.page.locator('#moreDmModal input').fill('bob')
    await admin.page.locator('#moreDmModal .more-modal__row', { hasText: 'bob' }).first().click()
    await admin.page.click('#saveItems')
    await admin.page.waitForURL(/messages\/@bob/)
    await admin.say('only for you')
    const room = bob.page.locator('.SidebarChannel.unread', { hasText: 'admin' })
    await room.locator('#unreadMentions').waitFor()
    await room.click()
    await bob.sees('only for you')
    await bob.page.click('#post_textbox')
    await bob.page.keyboard.type('wait for it')
    await admin.page.locator('.msg-typing', { hasText: 'bob is typing' }).waitFor()
    await bob.enter('#post_textbox')
    await admin.sees('wait for it')
  })

  step('unread channels are bold, mentions are counted, reading ends both', async () => {
    await bob.channel('/lab/channels/off-topic')
    await bob.say('for whom it concerns')
    const room = admin.page.locator('.SidebarChannel.unread', { hasText: 'Off-Topic' })
    await room.waitFor()
    await bob.say('and you, @admin')
    await room.locator('#unreadMentions', { hasText: '1' }).waitFor()
    await room.click()
    await admin.sees('and you,')
    await room.waitFor({ state: 'detached' })
    await admin.postMenu('and you,', /Mark as Unread/)
    await room.waitFor()
  })

  step('posts are pinned, saved and linked to, and a link shows its post at once', async () => {
    await admin.postMenu('and you,', /^Pin/)
    await bob.post('and you,').locator('.post-pre-header, [class*=pre-header]').first().waitFor()
    await admin.postMenu('and you,', /^Save/)
    await admin.page.click('button[aria-label="Saved messages"]')
    await admin.page.locator('#searchContainer .post', { hasText: 'and you,' }).waitFor()
    places.link = await admin.copies(() => admin.postMenu('for whom', /Copy Link/))
    expect(places.link).toMatch(/\/lab\/pl\/[a-z0-9]{26}$/)
    await bob.channel('/lab/channels/projects')
    await admin.channel('/lab/channels/projects')
    await admin.say(`see ${places.link}`)
    await bob.post('see http').locator('.attachment--permalink', { hasText: 'for whom' }).waitFor()
    await admin.post('see http').locator('.attachment--permalink', { hasText: 'for whom' }).waitFor()
  })

  step('links lead to their posts, also after a reload, and pages by address', async () => {
    await admin.go(new URL(places.link).pathname)
    await admin.sees('for whom it concerns')
    await admin.go(new URL(places.link).pathname.replace('/lab/', '/_redirect/'))
    await admin.sees('for whom it concerns')
    await admin.page.reload()
    await admin.sees('for whom it concerns')
    await admin.go('/lab/messages/@bob')
    await admin.sees('only for you')
  })

  step('search finds by words and by modifiers', async () => {
    await admin.page.locator('#searchFormContainer').click()
    await admin.page.keyboard.type('from:bob concerns')
    await admin.page.keyboard.press('Enter')
    await admin.page.locator('#searchContainer .post', { hasText: 'for whom it' }).waitFor()
    expect(await admin.page.locator('#searchContainer .post').count()).toBe(1)
    await admin.page.locator('#searchResultsCloseButton, #rhsCloseButton').first().click()
  })

  step('the channel switcher finds a channel', async () => {
    await admin.page.keyboard.press('Control+k')
    await admin.page.fill('#quickSwitchInput', 'big')
    await admin.page.locator('.suggestion-list__item', { hasText: 'Big Projects' }).first().click()
    await admin.page.waitForURL(/channels\/projects$/)
  })

  step('slash commands do what they say', async () => {
    await admin.command('/header Made by a command')
    await bob.sees('Made by a command')
    await admin.command('/ai model test-stepped')
    await admin.sees('test-stepped')
  })

  step('@ai answers piece by piece, is stopped by its button, and answers to the end', async () => {
    const before = world.upstream.requests.length
    await admin.say('@ai tell a long story')
    const first = await world.upstream.request(before)
    await first.step(2)
    await bob.sees('You said:')
    await admin.during('POST', /\/actions\//, () => admin.page.getByRole('button', { name: 'Stop' }).click())
    expect(await first.ended).toBe('aborted')
    await bob.sees('stopped')
    await admin.say('@ai tell a short one')
    await (await world.upstream.request(before + 1)).finish()
    await bob.sees('tell a short one')
    await bob.page.locator('.post', { hasText: 'You said: admin: @ai tell a short one' }).waitFor()
  })

  step('a model that is written to directly answers', async () => {
    await bob.page.click('button[aria-label="Write a direct message"]')
    await bob.page.locator('#moreDmModal input').fill('test-echo')
    await bob.page.locator('#moreDmModal .more-modal__row', { hasText: 'test-echo' }).first().click()
    await bob.page.click('#saveItems')
    await bob.page.waitForURL(/messages\/@test-echo/)
    await bob.say('are you there')
    await bob.page.locator('.post', { hasText: /You said: (bob: )?are you there/ }).waitFor()
  })

  step('theme, profile, picture and status change', async () => {
    await admin.page.click('button[aria-label="Settings"]')
    await admin.page.click('#displayButton')
    await admin.page.click('#themeEdit')
    await admin.page.locator('#premadeThemeOnyx').click()
    await admin.during('PUT', /preferences$/, () => admin.page.click('#saveSetting'))
    await admin.channel('/lab/channels/projects')
    expect(
      await admin.page.evaluate(() =>
        getComputedStyle(document.body).getPropertyValue('--center-channel-bg'),
      ),
    ).toBe('#191b1f')
    await admin.ownMenu(/^Profile/)
    await admin.page.click('#nicknameEdit')
    await admin.page.fill('#nickname', 'The Boss')
    await admin.during('PUT', /patch$/, () => admin.page.click('#saveSetting'))
    await admin.page.click('#pictureEdit')
    const file = { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(TINY_PNG) }
    await admin.page.setInputFiles('input[data-testid="uploadPicture"]', file)
    await admin.during('POST', /image$/, () =>
      admin.page.locator('[data-testid="saveSettingPicture"], #saveSetting').first().click(),
    )
    await admin.page.keyboard.press('Escape')
    await admin.channel('/lab/channels/projects')
    await admin.during('PUT', /status$/, () => admin.ownMenu(/^Away/))
    await admin.during('PUT', /status$/, () => admin.ownMenu(/^Online/))
  })

  step('the system console lists people, finds, deactivates and activates them', async () => {
    await admin.go('/admin_console/user_management/users')
    await admin.page.getByText('bob@example.com').waitFor()
    await admin.during('GET', /reports\/users$/, () =>
      admin.page.getByPlaceholder('Search users').fill('bob'),
    )
    await admin.page.getByText('admin@example.com').waitFor({ state: 'detached' })
    const menu = admin.page.locator('[id^="actionMenuButton"]').first()
    await bob.expecting(401, async () => {
      await menu.click()
      await admin.page.getByRole('menuitem', { name: /Deactivate/ }).click()
      await admin.page.click('#confirmModalButton')
      await bob.page.waitForURL(/\/login/)
    })
    await admin.page.locator('[id^="actionMenuButton"]', { hasText: 'Deactivated' }).click()
    await admin.during('PUT', /active$/, () => admin.page.getByRole('menuitem', { name: /Activate/ }).click())
  })

  step('other pages of the console, integrations and emoji open', async () => {
    for (const page of [
      ...[
        'about/license',
        'reporting/system_analytics',
        'reporting/team_statistics',
        'reporting/server_logs',
      ],
      ...['user_management/teams', 'user_management/channels', 'environment/web_server'],
      ...['site_config/customization', 'authentication/signup', 'integrations/bot_accounts'],
    ]) {
      await admin.go(`/admin_console/${page}`)
      await admin.page.locator('.admin-console__header').first().waitFor()
    }
    for (const page of [
      'integrations/incoming_webhooks',
      'integrations/commands',
      'integrations/bots',
      'emoji',
    ]) {
      await admin.go(`/lab/${page}`)
      await admin.page.locator('.backstage-content').waitFor()
    }
  })

  step('a wrong password is refused, the right one leads back', async () => {
    await bob.page.fill('#input_loginId', 'bob')
    await bob.page.fill('#input_password-input', 'wrong')
    await bob.expecting(401, async () => {
      await bob.during('POST', /login$/, () => bob.page.click('#saveSetting'))
      await bob.page.getByText('The email/username or password is invalid.').waitFor()
    })
    await bob.page.fill('#input_password-input', PASSWORD)
    await bob.page.click('#saveSetting')
    await bob.page.locator('#post_textbox').waitFor()
  })

  step('after a restart of the server the socket comes back, and nothing is missed', async () => {
    await admin.channel('/lab/channels/projects')
    await bob.channel('/lab/channels/projects')
    const back = [admin, bob].map((one) => one.page.waitForEvent('websocket', { timeout: 30_000 }))
    await world.restart()
    await Promise.all(back)
    await bob.say('after the restart')
    await admin.sees('after the restart')
    await admin.say('heard')
    await bob.sees('heard')
  })

  step('another language is shown at once', async () => {
    await bob.channel('/lab/channels/projects')
    await bob.page.click('button[aria-label="Settings"]')
    await bob.page.click('#displayButton')
    await bob.page.click('#languagesEdit')
    const choice = bob.page.locator('#displayLanguage input, .react-select__control input').first()
    await choice.click()
    await choice.pressSequentially('Deutsch')
    await bob.page.keyboard.press('Enter')
    await bob.page.click('#saveSetting')
    await bob.page.locator('#post_textbox[placeholder*=schreiben]').waitFor({ state: 'attached' })
    await bob.channel('/lab/channels/projects')
  })

  step('who logs out is out', async () => {
    // What was still on its way is refused.
    await bob.expecting(401, async () => {
      await bob.ownMenu(/Log out|Abmelden/)
      await bob.page.locator('#input_loginId').waitFor(PATIENCE)
    })
    expect((await bob.page.request.get(`${bob.base}/api/v4/users/me`)).status()).toBe(401)
  })
})
