// The model provider of the bench, in a process of its own: each answer is 200 words, 10 ms apart. Asked "slow", it
// thinks for 300 ms first, as real ones do.
import { startUpstream } from '../test/support/upstream.ts'

const answer = { chunks: Array.from({ length: 200 }, (_, n) => `word${n} `), delayMs: 10 }

await startUpstream({
  port: Number(process.env['PORT']),
  reply: ({ messages }) => (messages.at(-1)?.content === 'slow' ? { ...answer, firstMs: 300 } : answer),
})
