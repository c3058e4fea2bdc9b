import { expect, test } from 'bun:test'
import { createLogger, withFields } from './log.ts'

function captured(level: 'debug' | 'warn' = 'debug', format: 'json' | 'pretty' = 'json') {
  const lines: string[] = []
  const log = createLogger({ level, format, write: (line) => lines.push(line), now: () => 0 })
  return { lines, log }
}

test('writes one JSON object a line, with the fields of the request', () => {
  const { lines, log } = captured()
  withFields(log, { request_id: 'r1' }).info('done', { status: 200 })
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"done","request_id":"r1","status":200}',
  ])
})

test('leaves out what is below the level', () => {
  const { lines, log } = captured('warn')
  log.debug('no')
  log.info('no')
  log.warn('yes')
  expect(lines).toHaveLength(1)
})

test('blots out secrets by name, however deep, and in texts', () => {
  const { lines, log } = captured()
  log.error('upstream said Bearer abcdefghijklmnop', {
    password: 'hunter2',
    headers: { Authorization: 'x-hunter2', cookie: 'hunter2', accept: 'json' },
    list: [{ api_key: 'hunter2' }, { webuiSecretKey: 'hunter2' }],
    error: new Error('connect postgres://hubbub:hunter2@db/chat failed', {
      cause: { token: 'hunter2' },
    }),
    note: 'key hb_00112233445566778899 and sk-hunter2hunter2 and eyJhbGciOi.eyJpZCI6.c2ln',
    nothing: null,
    total_tokens: 77,
  })
  const text = lines.join()
  for (const secret of ['hunter2', 'abcdefghijklmnop', '0011223344', 'eyJ'])
    expect(text).not.toContain(secret)
  expect(text).toContain('"accept":"json"')
  expect(text).toContain('"total_tokens":77')
  expect(text).toContain('postgres://hubbub:[redacted]@db/chat')
})

test('writes anything: cycles, bigints, endless nesting', () => {
  const { lines, log } = captured('debug', 'pretty')
  const loop: Record<string, unknown> = { n: 1n }
  loop['self'] = loop
  log.info('odd', { loop })
  expect(lines[0]).toStartWith('00:00:00.000 INFO  odd  loop={"n":"1"')
})
