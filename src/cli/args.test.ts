import { describe, expect, test } from 'bun:test'
import { type Command, helpText, parseArgs, UsageError } from './args.ts'

const parse = (line: string) => parseArgs(line.split(' ').filter((word) => word !== ''))

describe('commands', () => {
  test.each<[string, Command]>([
    ['', { name: 'serve' }],
    ['serve', { name: 'serve' }],
    ['backup', { name: 'backup', file: undefined }],
    ['backup a.db', { name: 'backup', file: 'a.db' }],
    ['restore --yes a.db', { name: 'restore', file: 'a.db', yes: true }],
    ['restore -- -odd-', { name: 'restore', file: '-odd-', yes: false }],
    ['migrate', { name: 'migrate', dryRun: false }],
    ['migrate --dry-run', { name: 'migrate', dryRun: true }],
    ['doctor', { name: 'doctor' }],
    [
      'user create ann --email=ann@a.b',
      { name: 'user', action: 'create', username: 'ann', email: 'ann@a.b' },
    ],
    ['user admin ann', { name: 'user', action: 'admin', username: 'ann', email: undefined }],
    ['import - --room=general', { name: 'import', file: '-', room: 'general' }],
    ['health http://localhost:81', { name: 'health', url: 'http://localhost:81' }],
    ['--help', { name: 'help', about: undefined }],
    ['backup -h', { name: 'help', about: 'backup' }],
    ['--version', { name: 'version' }],
  ])('hubbub %s', (line, command) => {
    expect(parse(line)).toEqual(command)
  })

  test.each([
    ['fly', 'no command "fly"'],
    ['constructor', 'no command'],
    ['serve now', 'does not take "now"'],
    ['serve --port=1', 'no option --port=1'],
    ['migrate --dry-run=1', 'no option'],
    ['restore', 'needs a file'],
    ['user', 'create, password, admin'],
    ['user create', 'needs a username'],
    ['import a.jsonl', 'needs a room'],
  ])('hubbub %s is refused', (line, message) => {
    expect(() => parse(line)).toThrow(UsageError)
    expect(() => parse(line)).toThrow(message)
  })
})

test('help names every command, or one', () => {
  for (const name of ['serve', 'backup', 'restore', 'migrate', 'doctor', 'user', 'import', 'health']) {
    expect(helpText()).toContain(`  ${name}`)
    expect(helpText(name)).toStartWith(`hubbub ${name}`)
  }
})
