/** `hubbub migrate`: brings the database up to date without serving it, or says what that would do. */
import type { Config } from '../config/index.ts'
import { openDatabase, planDatabase } from '../db/open.ts'

export async function migrate(dryRun: boolean, { data: { database } }: Config): Promise<number> {
  const plan = await planDatabase(database)
  const steps = [...(plan.createsTables ? ['create the tables of Open WebUI'] : []), ...plan.migrations]
  if (steps.length === 0) {
    console.log('The database is up to date.')
    return 0
  }
  for (const step of steps) console.log(`${dryRun ? 'would apply' : 'applying'}: ${step}`)
  if (dryRun) {
    if (database.dialect === 'sqlite' && !plan.createsTables) console.log('A backup would be made first.')
    return 0
  }
  const opened = await openDatabase(database, { note: (message) => console.log(message) })
  await opened.close()
  console.log('The database is up to date.')
  return 0
}
