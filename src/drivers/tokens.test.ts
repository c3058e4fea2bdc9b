// Goal: the estimate is never far below the true count and not wildly above it, in any script.
// The true counts were made once with js-tiktoken 1.0.21: the larger one of o200k_base and cl100k_base.
import { expect, test } from 'bun:test'
import { estimateTokens } from './tokens.ts'

const prose = `${'The moon pulls the sea towards it, and the sea answers twice a day with a tide. '.repeat(5)}`
const samples: [string, string, number][] = [
  ['English', prose, 96],
  ['Chinese', '月亮牵引着大海，海水每天两次以潮汐回应，自从有了水手以来，水手们就一直依赖着它。', 50],
  ['Japanese', '月は海を引き寄せ、海は一日に二度、潮の満ち引きで応える。', 33],
  ['Korean', '달은 바다를 끌어당기고, 바다는 하루에 두 번 조수로 응답합니다.', 33],
  ['German', 'Der Mond zieht das Meer zu sich, und das Meer antwortet zweimal täglich mit einer Flut.', 24],
  ['Russian', 'Луна притягивает море к себе, и море дважды в день отвечает приливом.', 36],
  ['Arabic', 'يجذب القمر البحر نحوه، ويجيب البحر مرتين في اليوم بمد.', 40],
  ['Hindi', 'चाँद समुद्र को अपनी ओर खींचता है, और समुद्र जवाब देता है।', 59],
  ['emoji', '😀🎉👍🏽❤️🔥🇩🇪👨‍👩‍👧 party 🥳🥳🥳', 46],
  [
    'code',
    'for (let i = 0; i < items.length; i++) {\n  total += items[i]?.priceUsd ?? 0\n}\n'.repeat(4),
    120,
  ],
  ['numbers', Array.from({ length: 100 }, (_, n) => n * 7919).join(' '), 298],
  ['ids', 'b5a6f3c2-7d1e-4a89-9c3b-0f1e2d3c4b5a\n'.repeat(20), 720],
  [
    'JSON',
    JSON.stringify(Array.from({ length: 20 }, (_, id) => ({ id, name: `item ${id}`, ok: true }))),
    282,
  ],
  ['capitals', 'THIS IS SHOUTING ABOUT THINGS NOBODY WANTS TO READ. '.repeat(3), 49],
]

test.each(samples)('%s', (_name, text, truth) => {
  const estimate = estimateTokens(text)
  expect(estimate).toBeGreaterThanOrEqual(Math.floor(truth * 0.85))
  expect(estimate).toBeLessThanOrEqual(Math.ceil(truth * 2))
})

test('nothing is nothing, and more text is never fewer tokens', () => {
  expect(estimateTokens('')).toBe(0)
  let last = 0
  for (let length = 0; length <= prose.length; length += 7) {
    const estimate = estimateTokens(prose.slice(0, length))
    expect(estimate).toBeGreaterThanOrEqual(last)
    last = estimate
  }
})
