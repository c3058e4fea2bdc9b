// The command line: which command, with which options. What the commands do is in the files beside this one.

export type Command =
  | { readonly name: 'serve' }
  | { readonly name: 'backup'; readonly file: string | undefined }
  | { readonly name: 'restore'; readonly file: string; readonly yes: boolean }
  | { readonly name: 'migrate'; readonly dryRun: boolean }
  | { readonly name: 'doctor' }
  | {
      readonly name: 'user'
      readonly action: 'create' | 'admin' | 'password'
      readonly username: string
      readonly email: string | undefined
    }
  | { readonly name: 'import'; readonly file: string; readonly room: string }
  | { readonly name: 'open-webui'; readonly wheel: string | undefined; readonly to: string | undefined }
  | { readonly name: 'health'; readonly url: string | undefined }
  | { readonly name: 'help'; readonly about: string | undefined }
  | { readonly name: 'version' }

/** A command line that makes no sense; its message is for the person who wrote it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

interface Spec {
  /** After `hubbub`. */
  readonly usage: string
  readonly about: string
  /** Most words that may follow. */
  readonly words: number
  /** Options; those that take a value are marked by `=`. */
  readonly options: readonly string[]
  read(words: readonly string[], options: ReadonlyMap<string, string>): Command
}

const USER_ACTIONS = ['create', 'password', 'admin'] as const

const COMMANDS: Readonly<Record<string, Spec>> = {
  serve: {
    usage: 'serve',
    about: 'Run the server (also without any command).',
    words: 0,
    options: [],
    read: () => ({ name: 'serve' }),
  },
  backup: {
    usage: 'backup [file]',
    about: 'Copy the database while it is in use, and check the copy.',
    words: 1,
    options: [],
    read: ([file]) => ({ name: 'backup', file }),
  },
  restore: {
    usage: 'restore <file> [--yes]',
    about: 'Put a backup in the place of the database; what is there is kept aside.',
    words: 1,
    options: ['--yes'],
    read: ([file], options) => ({
      name: 'restore',
      file: needed(file, 'restore', 'file'),
      yes: options.has('--yes'),
    }),
  },
  migrate: {
    usage: 'migrate [--dry-run]',
    about: 'Bring the database up to date, or only say what would be done.',
    words: 0,
    options: ['--dry-run'],
    read: (_, options) => ({ name: 'migrate', dryRun: options.has('--dry-run') }),
  },
  doctor: {
    usage: 'doctor',
    about: 'Check configuration, database, files and providers.',
    words: 0,
    options: [],
    read: () => ({ name: 'doctor' }),
  },
  user: {
    usage: 'user create|password|admin <username> [--email=<address>]',
    about:
      'Make an account, set its password (asked for, or read from standard input), or make it an administrator.',
    words: 2,
    options: ['--email='],
    read: ([action, username], options) => ({
      name: 'user',
      action: userAction(action),
      username: needed(username, 'user', 'username'),
      email: options.get('--email='),
    }),
  },
  import: {
    usage: 'import <file.jsonl> --room=<id or name>',
    about:
      'Read messages, one JSON object a line (- for standard input): username, content; optional created_at, id, thread.',
    words: 1,
    options: ['--room='],
    read: ([file], options) => ({
      name: 'import',
      file: needed(file, 'import', 'file.jsonl'),
      room: needed(options.get('--room='), 'import', 'room'),
    }),
  },
  'open-webui': {
    usage: 'open-webui fetch [wheel] [--to=<folder>]',
    about: "Take Open WebUI's front end out of its Python wheel (downloaded unless named), for STATIC_DIR.",
    words: 2,
    options: ['--to='],
    read: ([action, wheel], options) => {
      if (action !== 'fetch') throw new UsageError(`hubbub open-webui needs "fetch"`)
      return { name: 'open-webui', wheel, to: options.get('--to=') }
    },
  },
  health: {
    usage: 'health [url]',
    about: 'Ask a running server how it is; fails when it is not well.',
    words: 1,
    options: [],
    read: ([url]) => ({ name: 'health', url }),
  },
  help: {
    usage: 'help [command]',
    about: 'Show this, or one command.',
    words: 1,
    options: [],
    read: ([about]) => ({ name: 'help', about }),
  },
  version: {
    usage: 'version',
    about: 'Show the version.',
    words: 0,
    options: [],
    read: () => ({ name: 'version' }),
  },
}

/** The command that a command line (without the program's name) means. Throws UsageError. */
export function parseArgs(argv: readonly string[]): Command {
  const name = argv.find((word) => !word.startsWith('-'))
  if (argv.some((word) => word === '--help' || word === '-h')) return { name: 'help', about: name }
  if (argv[0] === '--version' || argv[0] === '-v') return { name: 'version' }
  const spec = specOf(name ?? 'serve')
  const rest = [...argv]
  if (name !== undefined) rest.splice(rest.indexOf(name), 1)
  const { words, options } = split(rest, name ?? 'serve', spec)
  return spec.read(words, options)
}

/** The text of `--help`, of one command or of all. */
export function helpText(about?: string): string {
  if (about !== undefined) {
    const { usage, about: text } = specOf(about)
    return `hubbub ${usage}\n\n${text}\n`
  }
  const width = 24
  const lines = Object.values(COMMANDS).map(({ usage, about: text }) => {
    const gap = usage.length < width ? ' '.repeat(width - usage.length) : `\n  ${' '.repeat(width)}`
    return `  ${usage}${gap}${text}`
  })
  return `Hubbub, team chat in which AI is a member of the room.\n\nhubbub [command]\n\n${lines.join('\n')}\n\nConfigured by environment variables or a .env file: see docs/config.md.\n`
}

function specOf(name: string): Spec {
  const spec = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (spec === undefined)
    throw new UsageError(`There is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}`)
  return spec
}

function split(
  argv: readonly string[],
  name: string,
  spec: Spec,
): { words: string[]; options: Map<string, string> } {
  const words: string[] = []
  const options = new Map<string, string>()
  for (const [index, word] of argv.entries()) {
    if (!word.startsWith('-') || word === '-') words.push(word)
    else if (word === '--')
      return { words: checked([...words, ...argv.slice(index + 1)], name, spec), options }
    else {
      const [, flag, value] = /^(--?[a-z-]+=?)(.*)$/s.exec(word) ?? []
      if (flag === undefined || !spec.options.includes(flag))
        throw new UsageError(`hubbub ${name} has no option ${word}; it is: hubbub ${spec.usage}`)
      options.set(flag, value ?? '')
    }
  }
  return { words: checked(words, name, spec), options }
}

function checked(words: string[], name: string, spec: Spec): string[] {
  if (words.length > spec.words)
    throw new UsageError(`hubbub ${name} does not take "${words[spec.words]}"; it is: hubbub ${spec.usage}`)
  return words
}

function needed(word: string | undefined, name: string, what: string): string {
  if (word === undefined || word === '')
    throw new UsageError(`hubbub ${name} needs a ${what}; it is: hubbub ${COMMANDS[name]?.usage}`)
  return word
}

function userAction(word: string | undefined): (typeof USER_ACTIONS)[number] {
  const action = USER_ACTIONS.find((known) => known === word)
  if (action === undefined) throw new UsageError(`hubbub user needs one of ${USER_ACTIONS.join(', ')}`)
  return action
}
