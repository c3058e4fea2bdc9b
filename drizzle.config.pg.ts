import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/db/schema/kit.pg.ts',
  out: './drizzle/pg',
})
