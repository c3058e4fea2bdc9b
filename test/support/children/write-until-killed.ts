// Writes rows as fast as it can and prints the number of each once it is acknowledged, until it is killed.
// argv: path of the database.
import { openDatabase } from '../../../src/db/open.ts'

const db = await openDatabase({ dialect: 'sqlite', path: process.argv[2] ?? '' })
process.stdout.write('ready\n')
let next = 0

async function writer(): Promise<never> {
  for (;;) {
    const n = next++
    await db.tx((tx) =>
      Promise.resolve(
        tx.db
          .insert(tx.tables.hbSetting)
          .values({ key: String(n), value: 'x'.repeat(n % 5000), updatedAt: n }),
      ),
    )
    process.stdout.write(`${n}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, writer))
