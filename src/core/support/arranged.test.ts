// Goal: the lists of the workspace come in the order and the choice that their page asks for.
import { expect, test } from 'bun:test'
import { arranged, type Arrangement } from './arranged.ts'

const row = (name: string, userId: string, createdAt: number, updatedAt: number) => ({
  name,
  userId,
  createdAt,
  updatedAt,
})
const ROWS = [row('b', 'me', 3, 3), row('a', 'her', 1, 9), row('c', 'me', 2, 2)]

test.each<[Arrangement, string]>([
  [{}, 'bac'],
  [{ orderBy: 'name' }, 'cba'],
  [{ orderBy: 'name', ascending: true }, 'abc'],
  [{ orderBy: 'created_at', ascending: true }, 'acb'],
  [{ orderBy: 'updated_at' }, 'abc'],
  [{ view: 'created' }, 'bc'],
  [{ view: 'shared' }, 'a'],
  [{ view: 'created', orderBy: 'name', ascending: true }, 'bc'],
])('%j gives %s', (arrangement, names) =>
  expect(
    arranged(ROWS, 'me', arrangement)
      .map(({ name }) => name)
      .join(''),
  ).toBe(names),
)
