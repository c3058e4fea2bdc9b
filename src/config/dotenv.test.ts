import { expect, test } from 'bun:test'
import { parseDotEnv } from './dotenv.ts'

const values = (text: string, env = {}) => parseDotEnv(text, env).values

test('names, comments, export and blank lines', () => {
  expect(values('\uFEFF# hello\n\nA=1\r\nexport B = two words # not this\n  C=\n')).toEqual({
    A: '1',
    B: 'two words',
    C: '',
  })
})

test('quotes keep spaces, hashes and escapes', () => {
  expect(values(`A="a # b\\n\\"c\\"" # note\nB='raw \\n \${A}'`)).toEqual({
    A: 'a # b\n"c"',
    B: 'raw \\n ${A}',
  })
})

test('a hash within a word is part of it', () => {
  expect(values('PASSWORD=abc#def')).toEqual({ PASSWORD: 'abc#def' })
})

test('${NAME} takes the environment first, then the file, else nothing', () => {
  expect(values('A=file\nB=${A}/${HOME}/${NONE}x', { HOME: '/root' })).toEqual({
    A: 'file',
    B: 'file//root/x',
  })
})

test('a line that is not understood is named by its number', () => {
  const { problems } = parseDotEnv('A=1\nnonsense\nB="open', {})
  expect(problems.map(({ message }) => message.slice(0, 6))).toEqual(['line 2', 'line 3'])
})
