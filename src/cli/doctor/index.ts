/** `hubbub doctor`: looks at everything the server needs, changes nothing, prints one line a part and no secrets. */
import type { Config } from '../../config/index.ts'
import { VERSION } from '../../version.ts'
import { databaseChecks } from './database.ts'
import { diskSpace, fileStore } from './files.ts'
import { providers, webSearch } from './services.ts'

export type Verdict = 'ok' | 'note' | 'WRONG'

export interface Finding {
  part: string
  verdict: Verdict
  text: string
}

export type Check = (config: Config) => Promise<Finding[]>

export const finding = (part: string, verdict: Verdict, text: string): Finding => ({ part, verdict, text })

/** In the order in which they are told. That the configuration makes sense is known before any of them. */
const CHECKS: readonly Check[] = [configuration, databaseChecks, diskSpace, fileStore, providers, webSearch]

/** 1 when anything is wrong; notes are none. */
export async function doctor(config: Config): Promise<number> {
  const all = await Promise.all(CHECKS.map((check) => guarded(check, config)))
  const findings = all.flat()
  for (const { part, verdict, text } of findings)
    console.log(`${verdict.padEnd(5)}  ${part.padEnd(14)}  ${text}`)
  const wrong = findings.filter(({ verdict }) => verdict === 'WRONG').length
  console.log(
    wrong === 0 ? '\nNothing is wrong.' : `\n${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`,
  )
  return wrong === 0 ? 0 : 1
}

/** A check that breaks is a finding too. */
async function guarded(check: Check, config: Config): Promise<Finding[]> {
  try {
    return await check(config)
  } catch (error) {
    return [finding('doctor', 'WRONG', error instanceof Error ? error.message : String(error))]
  }
}

async function configuration({ notices, server, given }: Config): Promise<Finding[]> {
  const address = server.publicUrl ?? `port ${server.port}, no PUBLIC_URL`
  return [
    finding('configuration', 'ok', `Hubbub ${VERSION}; ${given.length} options set; ${address}`),
    ...notices.map((text) => finding('configuration', 'note', text)),
  ]
}
