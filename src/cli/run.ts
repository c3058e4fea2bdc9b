/** One command line from start to exit code. Commands that need the server's parts are imported when asked for. */
import { type Config, ConfigError, loadConfig } from '../config/index.ts'
import { VERSION } from '../version.ts'
import { type Command, helpText, parseArgs, UsageError } from './args.ts'
import { health } from './health.ts'

type Env = Readonly<Record<string, string | undefined>>

/** 0 = done, 1 = it failed, 2 = the command line or the configuration makes no sense. */
export async function runCli(argv: readonly string[], env: Env, cwd: string): Promise<number> {
  try {
    return await run(parseArgs(argv), env, cwd)
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      console.error(error.message)
      return 2
    }
    console.error(`hubbub: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

async function run(command: Command, env: Env, cwd: string): Promise<number> {
  if (command.name === 'help') return say(helpText(command.about))
  if (command.name === 'version') return say(`hubbub ${VERSION}\n`)
  if (command.name === 'open-webui') return (await import('./open-webui-fetch/index.ts')).openWebuiFetch(command)
  const config = loadConfig(env, cwd)
  if (command.name === 'serve') return (await import('./serve.ts')).serve(config)
  if (command.name === 'health') return health(command.url ?? localUrl(config))
  const { maintain } = await import('./maintain.ts')
  return maintain(command, config)
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function localUrl({ server: { host, port } }: Config): string {
  const local = ['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`
}
