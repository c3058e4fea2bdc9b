/** What stands on a line of an import: parsed and checked, with every problem told by its line. */
import { AppFault } from '../../core/faults.ts'
import { checkContent } from '../../core/messages/content-rules.ts'
import type { Millis } from '../../core/types.ts'

export interface ImportLine {
  /** From 1. */
  number: number
  /** Lower case. */
  username: string
  content: string
  createdAt: Millis | null
  id: string | null
  thread: string | null
}

/** What is wrong with a line; the message does not name it. */
export class BadLine extends Error {
  override readonly name = 'BadLine'
}

export type Reading = ImportLine | { number: number; problem: string }

/** Parsed lines, or what is wrong with each, by the piece of the file they came in; empty lines are left out. */
export async function* readLines(file: string, maxChars: number): AsyncGenerator<Reading[]> {
  let number = 0
  for await (const texts of pieces(file)) {
    const read: Reading[] = []
    for (const text of texts) {
      number += 1
      if (text.trim() !== '') read.push(readLine(text, number, maxChars))
    }
    yield read
  }
}

/** Whole lines; one that has not ended waits for the rest. A line has an end, or the memory would have none. */
async function* pieces(file: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of Bun.file(file).stream()) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_CHARS) throw new Error('A line is longer than four million characters.')
    if (lines.length > 0) yield lines
  }
  yield [rest + decoder.decode()]
}

const MAX_LINE_CHARS = 4_000_000

function readLine(text: string, number: number, maxChars: number): Reading {
  try {
    return parseLine(text, number, maxChars)
  } catch (error) {
    if (error instanceof BadLine || error instanceof AppFault) return { number, problem: error.message }
    throw error
  }
}

/** Throws BadLine, or the fault of a text that no message may have. */
export function parseLine(text: string, number: number, maxChars: number): ImportLine {
  const line = objectOf(text)
  const username = line['username'] ?? line['sender']
  if (typeof username !== 'string' || username === '') throw new BadLine('"username" is missing.')
  if (typeof line['content'] !== 'string') throw new BadLine('"content" is missing, or no text.')
  return {
    number,
    username: username.toLowerCase(),
    content: checkContent(line['content'], false, maxChars),
    createdAt: timeOf(line['created_at']),
    id: nameOf(line['id'], 'id'),
    thread: nameOf(line['thread'], 'thread'),
  }
}

function objectOf(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadLine('It is not valid JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadLine('It is not a JSON object.')
  return value as Record<string, unknown>
}

/** RFC 3339, or epoch milliseconds. */
function timeOf(value: unknown): Millis | null {
  if (value === undefined || value === null) return null
  const at = typeof value === 'string' ? Date.parse(value) : value
  if (typeof at === 'number' && Number.isInteger(at) && at > 0 && at < 8.64e15) return at
  throw new BadLine('"created_at" is neither a time like 2026-01-31T12:00:00Z nor epoch milliseconds.')
}

function nameOf(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && value !== '' && value.length <= 128) return value
  throw new BadLine(`"${field}" is not a text of 1 to 128 characters.`)
}
