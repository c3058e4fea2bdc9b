// The model provider of the bench, in a process of its own: each answer is 200 words, 10 ms apart.
import { startUpstream } from '../test/support/upstream.ts'

const answer = { chunks: Array.from({ length: 200 }, (_, n) => `word${n} `), delayMs: 10 }

await startUpstream({ port: Number(process.env['PORT']), reply: () => answer })
