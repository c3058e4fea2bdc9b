import { expect, test } from 'bun:test'
import type { CoreDeps } from '../deps.ts'
import { Keywords } from './keywords.ts'

function keywords(): Keywords {
  const all = async () => [
    { userId: 'ann', keys: 'deploy, coffee machine,@ann', firstName: '' },
    { userId: 'bob', keys: '', firstName: 'Bob' },
    { userId: 'eve', keys: 'deploy,c++', firstName: '' },
  ]
  const deps = { store: { read: { keywords: { all } } }, clock: { now: () => 0 } }
  return new Keywords(deps as unknown as CoreDeps)
}

test('whole words, phrases and first names call, in any case', async () => {
  const known = keywords()
  await known.read()
  expect(known.calledBy('Deploy is done').toSorted()).toEqual(['ann', 'eve'])
  expect(known.calledBy('the Coffee Machine is empty')).toEqual(['ann'])
  expect(known.calledBy('thanks, bob!')).toEqual(['bob'])
  expect(known.calledBy('I write C++')).toEqual(['eve'])
})

test('parts of words and code call nobody', async () => {
  const known = keywords()
  await known.read()
  expect(known.calledBy('redeployed bobsleigh')).toEqual([])
  expect(known.calledBy('`deploy` and\n```\nbob\n```')).toEqual([])
})
