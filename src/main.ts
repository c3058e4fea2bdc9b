/** argv and environment → what was asked for. Serving is the default; the other commands are in src/cli. */
import { runCli } from './cli/run.ts'

// Bun shows source code in error pages unless told so (STACK 1.4).
process.env['NODE_ENV'] ??= 'production'

process.exitCode = await runCli(process.argv.slice(2), process.env, process.cwd())
