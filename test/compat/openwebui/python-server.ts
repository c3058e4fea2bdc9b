// Open WebUI's own server, where it is installed: OPEN_WEBUI_PYTHON names the python of its environment.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openWebuiEnvironment } from '../../support/open-webui-environment.ts'
import { freePort } from '../../support/free-port.ts'

export const PYTHON = process.env['OPEN_WEBUI_PYTHON']
export const SECRET = 's3cret'

export interface PythonServer {
  readonly url: string
  stop(): Promise<void>
}

/** Starts it on this data folder, without telemetry, downloads of models or updates. Takes half a minute. */
export async function startPython(dataDir: string, providerUrl: string): Promise<PythonServer> {
  if (PYTHON === undefined || !existsSync(PYTHON)) throw new Error('OPEN_WEBUI_PYTHON names no python')
  const port = await freePort()
  const child = Bun.spawn(
    [join(dirname(PYTHON), 'open-webui'), 'serve', '--host', '127.0.0.1', '--port', String(port)],
    {
      cwd: dataDir,
      env: {
        PATH: process.env['PATH'],
        HOME: dataDir,
        ...openWebuiEnvironment(dataDir, SECRET, providerUrl),
      },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )
  const said: string[] = []
  void collect(child.stdout, said)
  void collect(child.stderr, said)
  const url = `http://127.0.0.1:${port}`
  const deadline = performance.now() + 120_000
  while (
    !(await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`Open WebUI did not start:\n${said.join('').slice(-3000)}`)
    }
    await Bun.sleep(200)
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await child.exited
      clearTimeout(timer)
    },
  }
}

async function collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of stream) into.push(decoder.decode(chunk, { stream: true }))
}

/** A new folder; `from` is copied into it. */
export function dataFolder(from?: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'hubbub-openwebui-'))
  if (from !== undefined) cpSync(from, path, { recursive: true })
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
