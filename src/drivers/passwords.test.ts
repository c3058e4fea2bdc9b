import { expect, test } from 'bun:test'
import { createPasswordHasher } from './passwords.ts'

const hasher = createPasswordHasher()
/** `Passw0rd!`, as Open WebUI's Python server stored it. */
const BCRYPT = '$2b$12$3OAsawXSc9tMymCuUohk2.3OUQFClt0P5OEDXOWTTIKogl4n1lSWG'

test('makes Argon2id with 19 MiB and two passes, and takes only the right password', async () => {
  const hash = await hasher.hash('correct horse')
  expect(hash).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(await hasher.verify('correct horse', hash)).toEqual({ ok: true, needsRehash: false })
  expect(await hasher.verify('correct horsf', hash)).toEqual({ ok: false, needsRehash: false })
})

test('takes the bcrypt hashes of old accounts, and asks for a new one', async () => {
  expect(await hasher.verify('Passw0rd!', BCRYPT)).toEqual({ ok: true, needsRehash: true })
  expect(await hasher.verify('Passw0rd?', BCRYPT)).toEqual({ ok: false, needsRehash: false })
  expect(await hasher.verify('Passw0rd!', BCRYPT.replace('$2b$', '$2a$'))).toMatchObject({ ok: true })
})

test('reads 72 bytes of a bcrypt password, as Python’s does, also in the middle of a letter', async () => {
  const long = 'ä'.repeat(35) + 'xyä and more'
  const hash = await Bun.password.hash(Buffer.from(long).subarray(0, 72), { algorithm: 'bcrypt', cost: 4 })
  expect(await hasher.verify(long, hash)).toMatchObject({ ok: true })
  expect(await hasher.verify(`${long} still`, hash)).toMatchObject({ ok: true })
  expect(await hasher.verify(long.slice(1), hash)).toMatchObject({ ok: false })
})

test('weaker Argon2 is upgraded too', async () => {
  const weak = await Bun.password.hash('correct horse', {
    algorithm: 'argon2id',
    memoryCost: 1_024,
    timeCost: 1,
  })
  expect(await hasher.verify('correct horse', weak)).toEqual({ ok: true, needsRehash: true })
})

test.each([
  null,
  '',
  '70ea46d3-4381-4233-a6bf-e390c8b21f8e',
  'plain text',
  '$2b$12$broken',
  '$argon2id$broken',
])('nothing opens an account whose hash is %p', async (hash) => {
  expect(await hasher.verify('plain text', hash)).toEqual({ ok: false, needsRehash: false })
})

test('an unknown account costs as much time as a known one', async () => {
  const hash = await hasher.hash('correct horse')
  await hasher.verify('x', null)
  const time = async (stored: string | null) => {
    const before = performance.now()
    await hasher.verify('wrong', stored)
    return performance.now() - before
  }
  // The quickest of several in turn: other work on the machine only ever makes them slower.
  let [known, unknown] = [Infinity, Infinity]
  for (let n = 0; n < 8; n += 1) {
    known = Math.min(known, await time(hash))
    unknown = Math.min(unknown, await time(null))
  }
  expect(unknown / known).toBeGreaterThan(0.4)
  expect(unknown / known).toBeLessThan(2.5)
})

test('bcrypt mode keeps good bcrypt, and gives long passwords Argon2id', async () => {
  const bcrypt = createPasswordHasher({ algorithm: 'bcrypt' })
  expect(await bcrypt.verify('Passw0rd!', BCRYPT)).toEqual({ ok: true, needsRehash: false })
  expect(await bcrypt.hash('x'.repeat(73))).toStartWith('$argon2id$')
})

test('a flood is refused rather than queued for minutes', async () => {
  const small = createPasswordHasher({ concurrency: 1, maxWaiting: 2 })
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => small.hash('correct horse')))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  const refused = results.find((result) => result.status === 'rejected')
  expect(refused?.reason).toMatchObject({ kind: 'unavailable', code: 'auth.busy', retryAfterS: 5 })
})
