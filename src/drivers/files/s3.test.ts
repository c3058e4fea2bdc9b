// Goal: the S3 driver conforms. Method: the small S3 of test/support; with S3_TEST_ENDPOINT (and a bucket named
// `hubbub-test` there) against a real service as well.
import { afterAll, expect, test } from 'bun:test'
import { fileStoreConformance } from '../../../test/conformance/file-store.ts'
import { startS3Upstream } from '../../../test/support/s3-upstream.ts'
import { S3FileStore } from './s3.ts'

const upstream = startS3Upstream()
afterAll(() => upstream.close())
let count = 0
const ids = { secret: () => `${process.pid}-${++count}` }

function store(keyPrefix: string, endpoint = upstream.url, bucket = upstream.bucket): S3FileStore {
  const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' }
  return new S3FileStore(
    { bucket, endpoint, region: 'us-east-1', ...keys, keyPrefix, virtualHosted: false },
    ids,
  )
}

fileStoreConformance('S3', async () => store(`run-${++count}/`))

const real = process.env['S3_TEST_ENDPOINT']
if (real)
  fileStoreConformance(`S3 at ${real}`, async () =>
    store(`run-${process.pid}-${++count}/`, real, 'hubbub-test'),
  )

test('stays within its prefix', async () => {
  const mine = store('mine/')
  await mine.put('k', new TextEncoder().encode('x'), 'text/plain')
  expect(upstream.objects.has('mine/k')).toBe(true)
  expect(await store('other/').stat('k')).toBeNull()
})

test('an outage is an error and not "not there"', async () => {
  await expect(store('', 'http://127.0.0.1:1').stat('k')).rejects.toThrow()
  await expect(
    store('', upstream.url, 'no-such-bucket').put('k', new Uint8Array(1), 'text/plain'),
  ).rejects.toThrow()
})
