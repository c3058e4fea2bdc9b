import { expect, test } from 'bun:test'
import { defaultAvatar } from './default-avatar.ts'

test('the picture is a PNG that decodes, the same for a name and another for another', async () => {
  const picture = defaultAvatar('alice')
  expect(await new Bun.Image(picture).metadata()).toMatchObject({ width: 128, height: 128, format: 'png' })
  expect((await new Bun.Image(picture).resize(32, 32).png().bytes()).length).toBeGreaterThan(0)
  expect(defaultAvatar('alice').equals(picture)).toBe(true)
  expect(defaultAvatar('bob').equals(picture)).toBe(false)
})
